"""The dialogs that the verbs of a service request are done through: what each asks, and how a refusal is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil import deadlines, duplicates
from gasutil.admin.site import actor_of
from gasutil.admin.wording import first_line
from gasutil.errors import DeskError, Invalid, StaleVersion
from gasutil.models import Incident, Priority, ServiceRequest
from gasutil.workflow import incidents, requests
from gasutil.workflow.steps import NO_ACCESS, representatives

STALE = "Somebody was faster: this request has changed since you opened it. Your words are still here. Look at it again, or send once more to go ahead."


class SafeDialogForm(BaseDialogForm):
    """A dialog that shows what is wrong with the whole of it; Unfold's own shows faults of fields alone."""

    form_before_template = "gasutil/dialog_errors.html"

    def get_before_template_context(self, request: HttpRequest, object_id: Any = None) -> dict[str, Any]:
        """Return what the template of the faults needs."""
        return {"errors": self.non_field_errors() if self.is_bound else []}

    def refuse(self, error: DeskError) -> None:
        """Tell in the form why something was refused."""
        for fault in error.faults if isinstance(error, Invalid) else []:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)
        if not isinstance(error, Invalid):
            self.add_error(None, error.message)


class WordForm(SafeDialogForm):
    """A word on something, and whether only staff may read it."""

    notes = forms.CharField(label="Note", required=False, strip=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))
    is_internal = forms.BooleanField(label="Internal: only staff can read the note", required=False, widget=UnfoldBooleanSwitchWidget())

    def arguments(self) -> dict[str, Any]:
        """Return what the verb is called with, beside what it is done to and the actor."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("_")}


class VerbForm(WordForm):
    """What every verb of a request takes: a word on it, and the version that the agent saw."""

    data: QueryDict

    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, ticket: ServiceRequest, **kwargs: Any) -> None:
        self.ticket = ticket
        super().__init__(*args, object_id=ticket.pk, **kwargs)

    def arguments(self) -> dict[str, Any]:
        """Return what the verb is called with, beside the request and the actor."""
        said = super().arguments()
        version = said.pop("version")
        return said | {"versions": (version,) if version else ()}

    def refuse(self, error: DeskError) -> None:
        """Tell in the form why something was refused; whoever has read that it is stale may send it again."""
        if not isinstance(error, StaleVersion):
            return super().refuse(error)
        self.add_error(None, STALE)
        newest = ServiceRequest.objects.values_list("version", flat=True).get(pk=self.ticket.pk)
        data = self.data.copy()
        data["version"] = str(newest)
        self.data = data
        return None


class AssignForm(VerbForm):
    """Whom a request is handed to."""

    assigned_to = forms.ModelChoiceField(
        representatives().none(), label="Representative", required=False, empty_label="Nobody", widget=UnfoldAdminSelectWidget()
    )
    field_order = ("assigned_to", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_to"].queryset = representatives().order_by("first_name", "last_name", "pk")

    def arguments(self) -> dict[str, Any]:
        """Return the representative as the verb takes him: by his id."""
        said = super().arguments()
        return said | {"assigned_to": said["assigned_to"] and said["assigned_to"].pk}


class PrioritiseForm(VerbForm):
    """How urgent a request is."""

    priority = forms.ChoiceField(choices=Priority.choices, widget=UnfoldAdminSelectWidget())
    field_order = ("priority", "notes")


class RecordForm(VerbForm):
    """Which step a request has come to."""

    milestone = forms.ChoiceField(label="What has been reached", widget=UnfoldAdminSelectWidget())
    field_order = ("milestone", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unmet = [one for one in deadlines.milestones_of(self.ticket) if one.met_at is None and one.name != deadlines.RESOLVED]
        self.fields["milestone"].choices = [(one.name, one.label) for one in unmet] + [(NO_ACCESS, "Nobody could get in")]


class JoinForm(VerbForm):
    """Which incident a report is of, and what else is."""

    notes = is_internal = version = None  # type: ignore[assignment]  # joining says nothing to anybody, and undoes nothing

    incident = forms.ModelChoiceField(
        Incident.objects.none(), label="Incident", required=False, empty_label="A new incident", widget=UnfoldAdminSelectWidget()
    )
    title = forms.CharField(
        label="Title of a new incident", required=False, max_length=200, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )
    reports = forms.MultipleChoiceField(label="Join these with it", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = Incident.objects.filter(closed_at=None)
        self.initial.setdefault("title", first_line(self.ticket.address, 200))
        alike = [one for one in duplicates.likely(actor_of(self.request), self.ticket) if one.is_open and one.incident_id is None]
        self.fields["reports"].choices = [(one.pk, f"{one.reference}: {first_line(one.address, 60)}") for one in alike]
        if not alike:
            del self.fields["reports"]

    def arguments(self) -> dict[str, Any]:
        """Return what joining takes."""
        given = self.cleaned_data
        return {
            "incident": given["incident"] and given["incident"].pk,
            "title": given["title"],
            "reports": map(int, given.get("reports", [])),
        }


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """How one verb is offered and asked for."""

    verb: str
    button: str
    title: str
    icon: str
    done: str
    description: str = "The customer sees the note, unless it is internal."
    form_class: type[VerbForm] = VerbForm
    is_grave: bool = False


_ALL = (
    Dialog(verb="start", button="Start work", title="Start work", icon="play_arrow", done="Work on {} has started."),
    Dialog(verb="resume", button="Resume", title="Resume work", icon="play_arrow", done="Work on {} goes on."),
    Dialog(verb="resolve", button="Resolve", title="Resolve request", icon="check_circle", done="{} is resolved."),
    Dialog(verb="reopen", button="Reopen", title="Reopen request", icon="replay", done="{} is open again."),
    Dialog(
        verb="record",
        button="Record a step",
        title="Record a step",
        icon="where_to_vote",
        done="It is recorded on {}.",
        description="What comes before it is recorded with it. The customer sees the note, unless it is internal.",
        form_class=RecordForm,
    ),
    Dialog(verb="hold", button="Put on hold", title="Put on hold", icon="pause", done="{} is on hold."),
    Dialog(verb="assign", button="Assign", title="Assign request", icon="person_add", done="{} is assigned.", form_class=AssignForm),
    Dialog(
        verb="prioritise",
        button="Prioritise",
        title="Set the priority",
        icon="flag",
        done="{} has its priority.",
        form_class=PrioritiseForm,
    ),
    Dialog(
        verb="join",
        button="Join an incident",
        title="Join an incident",
        icon="hub",
        done="{} is joined to an incident.",
        description="Several reports of one thing: each keeps its reporter, its clocks and its history. Customers do not see it.",
        form_class=JoinForm,
    ),
    Dialog(
        verb="leave",
        button="Take out of the incident",
        title="Take out of the incident",
        icon="call_split",
        done="{} stands for itself again.",
    ),
    Dialog(
        verb="cancel",
        button="Cancel request",
        title="Cancel request",
        icon="block",
        done="{} is cancelled.",
        description="A cancelled request can't be opened again. The customer sees the note, unless it is internal.",
        is_grave=True,
    ),
)
COMMENT = Dialog(verb="comment", button="Send", title="Write", icon="chat", done="Your words are on {}.")
DIALOGS: Mapping[str, Dialog] = {dialog.verb: dialog for dialog in (*_ALL, COMMENT)}
VERBS: Mapping[str, Any] = {
    **requests.MOVES,
    "assign": requests.assign,
    "prioritise": requests.prioritise,
    "comment": requests.comment,
    "record": requests.record_milestone,
    "join": incidents.gather,
    "leave": incidents.leave,
}
NEXT_STEPS = ("start", "resume", "resolve", "reopen")  # the first of these that is allowed is the button that stands out
