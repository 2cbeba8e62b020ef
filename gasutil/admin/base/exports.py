"""Exports: the rows of a list as a CSV or XLSX file, and the record of who has exported what."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from unfold.contrib.import_export.forms import ExportForm
from unfold.decorators import display

from gasutil.admin.base.export_cells import cell
from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.base.step_up import step_up_to_open
from gasutil.identity.security_log import record_event
from gasutil.models import (
    AccessReview,
    Export,
    RequestUpdate,
    SecurityEvent,
    SecurityEventType,
    ServiceRequest,
    User,
)
from gasutil.tables import xlsx_writer

EXPORTABLE = {
    model._meta.label_lower: model
    for model in (ServiceRequest, RequestUpdate, User, SecurityEvent, AccessReview)
}


class XLSX(base_formats.XLSX):
    """An XLSX file."""

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        """Return the file."""
        return xlsx_writer.write(_("Export"), dataset.headers, dataset)


class ExportResource(ModelResource):
    """The rows of a model in the format of an export."""

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> Any:
        """Return one cell."""
        return cell(field.get_value(instance))


class Exported(ExportMixin):
    """Add an export of the rows of a list, with its filters, for users with the permission."""

    formats = (CSV, XLSX)
    export_form_class = ExportForm
    export_template_name = "gasutil/export.html"
    to_encoding = "utf-8-sig"  # by which spreadsheets know what it is
    export_rows: Callable[[QuerySet[Any]], QuerySet[Any]] = staticmethod(lambda rows: rows)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may export rows.

        They may if they may view the rows and have the permission to export.
        """
        return bool(super().has_export_permission(request) and self.has_view_permission(request))

    def get_export_formats(self) -> list[Any]:
        """Return the file formats."""
        return list(self.formats)

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: QuerySet[Any], **kwargs: Any
    ) -> Any:
        """Return the file, and record the export."""
        number = queryset.order_by()[: settings.EXPORT_LIMIT + 1].count()
        if number > settings.EXPORT_LIMIT:
            raise ValueError(
                _("This export has more than %(limit)d rows. Filter the list first.")
                % {"limit": settings.EXPORT_LIMIT}
            )
        data = super().get_export_data(
            file_format, request, type(self).export_rows(queryset), **kwargs
        )
        export = Export.objects.create(
            author=actor_of(request).person,
            what=queryset.model._meta.label_lower,
            filters=request.GET.urlencode(),
            file_format=file_format.get_extension(),
            rows=number,
        )
        about: dict[str, Any] = {"export": export.pk, "what": export.what, "rows": number}
        record_event(
            SecurityEventType.EXPORT, user=export.author, request=request, is_required=True, **about
        )
        return data

    def init_request_context_data(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        """Return the context of the export page."""
        shown: dict[str, Any] = super().init_request_context_data(request, form)
        return shown | {"limit": settings.EXPORT_LIMIT, "narrowed": request.GET.urlencode()}

    @step_up_to_open
    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Show the form; on POST, return the file."""
        response: HttpResponse = super().export_action(request)
        response["Cache-Control"] = "no-store"
        return response


def exported_name(label: str) -> str:
    """Return the name of what was exported, by the label of its model."""
    return str(
        EXPORTABLE[label]._meta.verbose_name_plural if label in EXPORTABLE else label
    ).capitalize()


@admin.register(Export)
class ExportAdmin(ReadOnly, DeskAdmin):
    """The log of exports."""

    list_display = ("when", "author_name", "title", "rows", "kind", "narrowed")
    fields = list_display
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
        """Return the time."""
        return datetime_seconds(timezone.localtime(obj.created_at))

    @display(description=gettext_lazy("Who"))
    def author_name(self, obj: Export) -> str:
        """Return the user."""
        return str(obj.author)

    @display(description=gettext_lazy("What"))
    def title(self, obj: Export) -> str:
        """Return the exported model."""
        return exported_name(obj.what)

    @display(description=gettext_lazy("File format"))
    def kind(self, obj: Export) -> str:
        """Return the format of the file."""
        return obj.file_format.upper()

    @display(description=gettext_lazy("Filters"))
    def narrowed(self, obj: Export) -> str:
        """Return the filters of the exported list."""
        return obj.filters or EMPTY_VALUE
