"""Teams: who handles which types. Managers edit them; the queue can be narrowed to one."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from gasutil.admin.base.history import EditorsReadHistory
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.models import Team


@admin.register(Team)
class TeamAdmin(EditorsReadHistory, DeskAdmin):
    """The teams of representatives."""

    list_display = ("name", "people", "types")
    search_fields = ("name",)
    fields = ("name", "members", "request_types")
    show_full_result_count = False
    actions = None
    warn_unsaved_form = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return checkboxes for many-to-many fields: each has its name, for screen readers too."""
        if db_field.many_to_many:
            return db_field.formfield(widget=UnfoldAdminCheckboxSelectMultipleWidget())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Return the teams with their number of members."""
        rows: QuerySet[Team] = super().get_queryset(request)
        return rows.annotate(n_members=Count("members", distinct=True)).prefetch_related(
            "request_types"
        )

    @display(description=_("Members"))
    def people(self, obj: Any) -> int:
        """Return the number of members."""
        return int(obj.n_members)

    @display(description=_("Request types"))
    def types(self, obj: Team) -> str:
        """Return the request types."""
        return ", ".join(
            request_type.localised_name for request_type in obj.request_types.all()
        ) or str(_("None"))
