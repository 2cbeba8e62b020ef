"""The history of accounts and request types: read-only, for users with the permission."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds
from gasutil.admin.base.http import pk_of


class Readable(HistoricalRecordContextHelper):
    """Changes in words: labels of choices, yes and no, or empty."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        """Return one value of a change in words."""
        field = self.model._meta.get_field(change.field)
        choices: Mapping[Any, Any] = dict(field.flatchoices)
        if isinstance(value, list) and not hasattr(
            field, "several"
        ):  # of those that it is joined with
            return super().prepare_delta_change_value(change, value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, list):
            return (
                ", ".join(str(dict(field.several).get(choice, choice)) for choice in value)
                or EMPTY_VALUE
            )
        if value in (None, ""):
            return EMPTY_VALUE
        if value in choices:
            return choices[value]
        return (
            datetime_seconds(value)
            if hasattr(value, "tzinfo")
            else super().prepare_delta_change_value(change, value)
        )


class WithHistory(SimpleHistoryAdmin):
    """Add the history to a model's pages, without simple-history's page of one row.

    A POST to that page would restore the row.
    """

    object_history_list_template = "gasutil/history_list.html"
    history_list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        """Leave out simple-history's page that restores a version."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_simple_history"
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) != name]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Raise `Http404` for an id that is no number, at which simple-history fails."""
        return super().history_view(request, str(pk_of(object_id)), extra_context)  # type: ignore[no-any-return]

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> Readable:
        """Return the helper that formats changes in words."""
        return Readable(self.model, historical_record)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the link to the history to users who may read it."""
        shown = {"show_history": self.has_view_history_permission(request)}
        return super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))  # type: ignore[no-any-return]


class EditorsReadHistory(WithHistory):
    """Allow users who may edit an object to read its history."""

    def has_view_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may edit the object."""
        return bool(self.has_change_permission(request, obj))
