"""The forms of the verbs that say who does the work, how soon, and of which type it is."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
)

from gasutil import figures
from gasutil.access import representatives
from gasutil.admin.requests.verb_forms.base import VerbForm
from gasutil.models import ConsoleSession, Priority, RequestType

ACTIVE = dt.timedelta(minutes=5)  # of a use of the console
LONG_LIST = 8  # representatives


class PeopleSelect(UnfoldAdminSelectWidget):
    """A list of representatives, with a search if it is long."""

    template_name = "gasutil/people_select.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the context, and whether the list is long."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        number = sum(len(options) for _group, options, _index in context["widget"]["optgroups"])
        context["widget"]["is_long"] = number > LONG_LIST
        return context


class RepresentativeField(forms.ModelChoiceField[Any]):
    """The representatives, each with their teams and requests, and whether they are active."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            representatives().none(),
            label=_("Representative"),
            widget=PeopleSelect(),
            **kwargs,
        )

    def offer(self, *always: int | None) -> None:
        """Offer those on duty, with what they have open, as of a few seconds ago.

        Those with the ids of `always` are offered off duty as well.
        """
        people = representatives().order_by("first_name", "last_name", "pk")
        people = people.filter(Q(is_off_duty=False) | Q(pk__in=list(filter(None, always))))
        self.help_text = _("Representatives who are off duty are not listed.")
        self.queryset = people.prefetch_related("teams")
        self.stats = figures.open_stats()
        now = timezone.now()
        sessions = ConsoleSession.objects.active(now).filter(last_used_at__gt=now - ACTIVE)
        self.active = set(sessions.values_list("user_id", flat=True))

    def label_from_instance(self, user: Any) -> str:
        """Return the name, the load and the teams of a representative, and if they are active."""
        late = self.stats.late_by_person[user.pk]
        load = ngettext("%(number)d open", "%(number)d open", self.stats.by_person[user.pk])
        parts = [load % {"number": self.stats.by_person[user.pk]}]
        parts += [gettext("%(number)d late") % {"number": late}] if late else []
        parts += [gettext("off duty")] if user.is_off_duty else []
        parts += [gettext("in the console now")] if user.pk in self.active else []
        parts += [", ".join(team.name for team in user.teams.all())] if user.teams.all() else []
        return f"{user} ({' · '.join(parts)})"


class AssignForm(VerbForm):
    """The new assignee."""

    sets = ("assigned_to",)

    assigned_to = RepresentativeField(required=False, empty_label=_("Unassigned"))
    field_order = ("assigned_to", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_to"].offer(self.ticket.assigned_to_id, self.request.user.pk)

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, with the id of the representative."""
        values = super().arguments()
        return values | {"assigned_to": values["assigned_to"] and values["assigned_to"].pk}


class PrioritiseForm(VerbForm):
    """The new priority."""

    sets = ("priority",)

    priority = forms.ChoiceField(
        label=_("Priority"), choices=Priority.choices, widget=UnfoldAdminSelectWidget()
    )
    field_order = ("priority", "notes")


class ReclassifyForm(VerbForm):
    """The new type."""

    sets = ("request_type",)

    request_type = forms.ModelChoiceField(
        RequestType.objects.none(),
        label=_("Type"),
        empty_label=None,
        to_field_name="code",
        widget=UnfoldAdminSelectWidget(),
    )
    field_order = ("request_type", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_type"].queryset = RequestType.objects.filter(
            is_active=True, version__gt=0
        ).order_by("name")

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, with the code of the type."""
        values = super().arguments()
        return values | {"request_type": values["request_type"].code}
