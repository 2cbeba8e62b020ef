"""The dialogs that the verbs of a service request are done through, and how each is offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gasutil.admin.requests.verb_forms import (
    AssignForm,
    HoldForm,
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
    """The dialog of one verb."""

    verb: str
    button: Any
    title: Any
    icon: str
    done: Any
    description: Any = SEEN
    form_class: type[VerbForm] = VerbForm
    is_grave: bool = False


_ALL = (
    Dialog(
        verb="start",
        button=_("Start work"),
        title=_("Start work"),
        icon="play_arrow",
        done=_("Work on {} started."),
    ),
    Dialog(
        verb="resume",
        button=_("Resume"),
        title=_("Resume work"),
        icon="play_arrow",
        done=_("Work on {} resumed."),
    ),
    Dialog(
        verb="resolve",
        button=_("Resolve"),
        title=_("Resolve request"),
        icon="check_circle",
        done=_("{} resolved."),
        form_class=ResolveForm,
    ),
    Dialog(
        verb="reopen",
        button=_("Reopen"),
        title=_("Reopen request"),
        icon="replay",
        done=_("{} reopened."),
    ),
    Dialog(
        verb="record",
        button=_("Record step"),
        title=_("Record step"),
        icon="where_to_vote",
        done=_("Step recorded on {}."),
        description=_(
            "Earlier steps are recorded too. The customer sees the note, unless it is internal."
        ),
        form_class=RecordForm,
    ),
    Dialog(
        verb="hold",
        button=_("Put on hold"),
        title=_("Put on hold"),
        icon="pause",
        done=_("{} put on hold."),
        description=_(
            "The customer is notified now, and again when work continues. Their reply resumes the"
            " request."
        ),
        form_class=HoldForm,
    ),
    Dialog(
        verb="assign",
        button=_("Assign"),
        title=_("Assign request"),
        icon="person_add",
        done=_("{} assigned."),
        form_class=AssignForm,
    ),
    Dialog(
        verb="prioritise",
        button=_("Prioritise"),
        title=_("Change priority"),
        icon="flag",
        done=_("Priority of {} updated."),
        form_class=PrioritiseForm,
    ),
    Dialog(
        verb="reclassify",
        button=_("Reclassify"),
        title=_("Change type"),
        icon="category",
        done=_("{} reclassified."),
        description=_(
            "The request gets the milestones of the new type. Its time on hold, recorded milestones"
            " and answers are kept."
        ),
        form_class=ReclassifyForm,
    ),
    Dialog(
        verb="join",
        button=_("Add to incident"),
        title=_("Add to incident"),
        icon="hub",
        done=_("{} added to an incident."),
        description=_(
            "An incident groups reports of the same event. Each report keeps its "
            "customer, deadlines and history. Customers do not see the incident."
        ),
        form_class=JoinForm,
    ),
    Dialog(
        verb="leave",
        button=_("Remove from incident"),
        title=_("Remove from incident"),
        icon="call_split",
        done=_("{} removed from its incident."),
    ),
    Dialog(
        verb="cancel",
        button=_("Cancel request"),
        title=_("Cancel request"),
        icon="block",
        done=_("{} cancelled."),
        description=_(
            "You can't reopen a cancelled request. The customer sees the note, unless it is"
            " internal."
        ),
        is_grave=True,
    ),
)
COMMENT_DIALOG = Dialog(
    verb="comment",
    button=_("Send"),
    title=_("Write"),
    icon="chat",
    done=_("Reply sent on {}."),
    form_class=ReplyForm,
)
DIALOGS: Mapping[str, Dialog] = {dialog.verb: dialog for dialog in (*_ALL, COMMENT_DIALOG)}
DIALOG_VERBS: Mapping[str, Any] = {
    **requests.MOVES,
    "resolve": requests.finish,
    "assign": requests.assign,
    "prioritise": requests.prioritise,
    "reclassify": requests.reclassify,
    "comment": requests.reply,
    "record": requests.record_milestone,
    "join": incidents.gather,
    "leave": incidents.leave,
}
# The first of these that is allowed is the button that stands out.
NEXT_STEPS = ("start", "resume", "resolve", "reopen")
