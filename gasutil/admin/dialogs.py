"""The dialogs that the verbs of a service request are done through, and how each is offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gasutil.admin.verb_forms import (
    AssignForm,
    JoinForm,
    PrioritiseForm,
    ReclassifyForm,
    RecordForm,
    ReplyForm,
    ResolveForm,
    VerbForm,
)
from gasutil.workflow import incidents, requests

SEEN = _("The customer sees the note, unless it is internal.")


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """How one verb is offered and asked for."""

    verb: str
    button: Any
    title: Any
    icon: str
    done: Any
    description: Any = SEEN
    form_class: type[VerbForm] = VerbForm
    is_grave: bool = False


_ALL = (
    Dialog(verb="start", button=_("Start work"), title=_("Start work"), icon="play_arrow", done=_("Work on {} has started.")),
    Dialog(verb="resume", button=_("Resume"), title=_("Resume work"), icon="play_arrow", done=_("Work on {} goes on.")),
    Dialog(
        verb="resolve",
        button=_("Resolve"),
        title=_("Resolve request"),
        icon="check_circle",
        done=_("{} is resolved."),
        form_class=ResolveForm,
    ),
    Dialog(verb="reopen", button=_("Reopen"), title=_("Reopen request"), icon="replay", done=_("{} is open again.")),
    Dialog(
        verb="record",
        button=_("Record a step"),
        title=_("Record a step"),
        icon="where_to_vote",
        done=_("It is recorded on {}."),
        description=_("What comes before it is recorded with it. The customer sees the note, unless it is internal."),
        form_class=RecordForm,
    ),
    Dialog(verb="hold", button=_("Put on hold"), title=_("Put on hold"), icon="pause", done=_("{} is on hold.")),
    Dialog(
        verb="assign",
        button=_("Assign"),
        title=_("Assign request"),
        icon="person_add",
        done=_("{} is assigned."),
        form_class=AssignForm,
    ),
    Dialog(
        verb="prioritise",
        button=_("Prioritise"),
        title=_("Set the priority"),
        icon="flag",
        done=_("{} has its priority."),
        form_class=PrioritiseForm,
    ),
    Dialog(
        verb="reclassify",
        button=_("Reclassify"),
        title=_("Make it another type"),
        icon="category",
        done=_("{} is of another type now."),
        description=_("Its clocks begin anew by the other type's limits, from when it was filed. Its answers stay."),
        form_class=ReclassifyForm,
    ),
    Dialog(
        verb="join",
        button=_("Join an incident"),
        title=_("Join an incident"),
        icon="hub",
        done=_("{} is joined to an incident."),
        description=_("Several reports of one thing: each keeps its reporter, its clocks and its history. Customers do not see it."),
        form_class=JoinForm,
    ),
    Dialog(
        verb="leave",
        button=_("Take out of the incident"),
        title=_("Take out of the incident"),
        icon="call_split",
        done=_("{} stands for itself again."),
    ),
    Dialog(
        verb="cancel",
        button=_("Cancel request"),
        title=_("Cancel request"),
        icon="block",
        done=_("{} is cancelled."),
        description=_("A cancelled request can't be opened again. The customer sees the note, unless it is internal."),
        is_grave=True,
    ),
)
COMMENT = Dialog(verb="comment", button=_("Send"), title=_("Write"), icon="chat", done=_("Your words are on {}."), form_class=ReplyForm)
DIALOGS: Mapping[str, Dialog] = {dialog.verb: dialog for dialog in (*_ALL, COMMENT)}
VERBS: Mapping[str, Any] = {
    **requests.MOVES,
    "assign": requests.assign,
    "prioritise": requests.prioritise,
    "reclassify": requests.reclassify,
    "comment": requests.reply,
    "record": requests.record_milestone,
    "join": incidents.gather,
    "leave": incidents.leave,
}
NEXT_STEPS = ("start", "resume", "resolve", "reopen")  # the first of these that is allowed is the button that stands out
