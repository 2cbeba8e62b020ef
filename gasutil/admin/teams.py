"""Teams: who handles which types. Managers edit them; the queue can be narrowed to one."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from gasutil import teams
from gasutil.admin.filters import choices
from gasutil.admin.history import WithHistory
from gasutil.admin.site import actor_of, pk_of
from gasutil.models import RequestType, Team

MINE = "mine"


class EditorsReadHistory(WithHistory):
    """Let whoever may edit a thing read who changed it."""

    def has_view_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether somebody may edit it."""
        return bool(self.has_change_permission(request, obj))


@admin.register(Team)
class TeamAdmin(EditorsReadHistory, ModelAdmin):
    """The teams of the desk."""

    list_display = ("name", "people", "types")
    search_fields = ("name",)
    fields = ("name", "members", "request_types")
    show_full_result_count = False
    actions = None
    warn_unsaved_form = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return boxes to tick for what a team has several of: each has its name, for whoever can't see them too."""
        if db_field.many_to_many:
            return db_field.formfield(widget=UnfoldAdminCheckboxSelectMultipleWidget())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Return the teams with how many are in each."""
        rows: QuerySet[Team] = super().get_queryset(request)
        return rows.annotate(n_members=Count("members", distinct=True)).prefetch_related("request_types")

    @display(description=_("Members"))
    def people(self, obj: Any) -> int:
        """Return how many are in it."""
        return int(obj.n_members)

    @display(description=_("Request types"))
    def types(self, obj: Team) -> str:
        """Return what it handles."""
        return ", ".join(kind.name for kind in obj.request_types.all()) or str(_("None of its own"))


class TeamFilter(DropdownFilter):
    """The requests of a team's types, or of one's own teams': as “Take next” has them."""

    title = _("team")
    parameter_name = "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return one's own teams, where there are any, and every team."""
        self.actor = actor_of(request)
        every = choices()["team"]
        return [(MINE, _("My teams")), *every] if every else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what a team handles."""
        value = self.value()
        if value == MINE:
            return queryset.filter(teams.within_reach(self.actor))
        return queryset.filter(request_type__in=RequestType.objects.filter(teams=pk_of(value)).values("code")) if value else queryset
