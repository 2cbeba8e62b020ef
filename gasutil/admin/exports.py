"""Files of rows: what of the desk may be taken away, by whom, and the record of who has.

A file has codes and times as the API has them (ISO 8601, UTC), so that programs read it and requests of one desk can be
imported into another. A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

import datetime as dt
import json
import types
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm
from unfold.decorators import display

from gasutil.admin.queue import CappedPaginator
from gasutil.admin.readonly import ReadOnly
from gasutil.admin.site import actor_of
from gasutil.admin.wording import NOTHING, exact
from gasutil.models import Export, RequestUpdate, ServiceRequest, User
from gasutil.workflow.imports import FORMULA


def cell(value: Any) -> Any:
    """Return a value as a file has it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
    return f"'{text}" if text.startswith(FORMULA) else text


class Rows(ModelResource):
    """Rows of a model as a file has them."""

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> Any:
        """Return one cell."""
        return cell(field.get_value(instance))


def _columns(**paths: str) -> dict[str, Field]:
    """Return the columns of a file, each with where its value comes from."""
    return {name: Field(attribute=path, column_name=name) for name, path in paths.items()}


def _rows(model: Any, **paths: str) -> type[Rows]:
    """Return the resource of a model with these columns, in this order."""
    meta = type("Meta", (), {"model": model, "fields": tuple(paths), "export_order": tuple(paths)})
    made: type[Rows] = types.new_class(f"{model.__name__}Rows", (Rows,), exec_body=lambda own: own.update(_columns(**paths), Meta=meta))
    return made


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


REQUESTS = _rows(
    ServiceRequest,
    reference="reference",
    customer="customer__username",
    request_type="request_type_id",
    **_same("description", "address", "details", "status", "priority", "is_emergency"),
    assigned_to="assigned_to__username",
    **_same("created_at", "updated_at", "respond_by", "resolve_by", "resolved_at", "version"),
)
HISTORY = _rows(
    RequestUpdate,
    id="history_id",
    at="history_date",
    reference="reference",
    **_same("event", "subject"),
    author="history_user__username",
    **_same("channel", "is_internal", "previous_status", "status", "priority"),
    assigned_to="assigned_to__username",
    **_same("respond_by", "resolve_by", "changed", "notes"),
)
ACCOUNTS = _rows(
    User,
    **_same("id", "username", "first_name", "last_name", "email", "email_confirmed", "phone_number", "address", "user_type"),
    **_same("is_approved", "is_active", "date_joined", "last_login"),
)


def with_references(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows of the log with the references of their requests, and the names of whom they speak of."""
    tickets = ServiceRequest.objects.filter(pk=OuterRef("id")).values("reference")[:1]
    named: QuerySet[Any] = rows.annotate(reference=Subquery(tickets)).select_related("history_user", "assigned_to")
    return named


class Exported(ExportMixin):
    """Let whoever has the permission for it take the rows of a list away, as the list is narrowed."""

    formats = (CSV, XLSX)
    export_form_class = ExportForm
    export_template_name = "gasutil/export.html"
    to_encoding = "utf-8-sig"  # by which spreadsheets know what it is
    export_rows: Callable[[QuerySet[Any]], QuerySet[Any]] = staticmethod(lambda rows: rows)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may take rows away: whoever may look at them, and has the permission for that alone."""
        return bool(super().has_export_permission(request) and self.has_view_permission(request))

    def get_export_formats(self) -> list[Any]:
        """Return the kinds of file."""
        return list(self.formats)

    def get_export_data(self, file_format: Any, request: HttpRequest, queryset: QuerySet[Any], **kwargs: Any) -> Any:
        """Return the file, and record who has taken what."""
        number = queryset.order_by()[: settings.EXPORT_LIMIT + 1].count()
        if number > settings.EXPORT_LIMIT:
            raise ValueError(
                _("These are more than %(limit)d rows. Narrow the list by its filters first.") % {"limit": settings.EXPORT_LIMIT}
            )
        data = super().get_export_data(file_format, request, type(self).export_rows(queryset), **kwargs)
        Export.objects.create(
            author=actor_of(request).person,
            what=queryset.model._meta.label_lower,
            filters=request.GET.urlencode(),
            file_format=file_format.get_extension(),
            rows=number,
        )
        return data

    def init_request_context_data(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        """Return what the page of the export shows."""
        shown: dict[str, Any] = super().init_request_context_data(request, form)
        return shown | {"limit": settings.EXPORT_LIMIT, "narrowed": request.GET.urlencode()}

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or give the file: by POST alone."""
        response: HttpResponse = super().export_action(request)
        response["Cache-Control"] = "no-store"
        return response


@admin.register(Export)
class ExportAdmin(ReadOnly, ModelAdmin):
    """Who has taken what away."""

    list_display = ("when", "author_name", "title", "rows", "file_format", "narrowed")
    list_display_links = None
    list_select_related = ("author",)
    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()
    actions = None

    @display(description=gettext_lazy("When"))
    def when(self, obj: Export) -> str:
        """Return when it was."""
        return exact(timezone.localtime(obj.created_at))

    @display(description=gettext_lazy("Who"))
    def author_name(self, obj: Export) -> str:
        """Return who it was."""
        return str(obj.author)

    @display(description=gettext_lazy("What"))
    def title(self, obj: Export) -> str:
        """Return what was taken."""
        names = {one._meta.label_lower: one._meta.verbose_name_plural for one in (ServiceRequest, RequestUpdate, User)}
        return str(names.get(obj.what, obj.what)).capitalize()

    @display(description=gettext_lazy("Narrowed by"))
    def narrowed(self, obj: Export) -> str:
        """Return by what the list was narrowed."""
        return obj.filters or NOTHING
