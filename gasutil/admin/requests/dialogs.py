"""The dialogs of the verbs of a service request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gasutil.admin.requests.verb_forms.base import VerbForm
from gasutil.admin.requests.verb_forms.connections import JoinForm, ReferForm
from gasutil.admin.requests.verb_forms.progress import (
    ExplainForm,
    HoldForm,
    RecordForm,
    ResolveForm,
    ReturnForm,
    ReviewForm,
)
from gasutil.admin.requests.verb_forms.replies import ReplyForm
from gasutil.admin.requests.verb_forms.routing import AssignForm, PrioritiseForm, ReclassifyForm
from gasutil.workflow import external_references, incidents, requests, reviews
from gasutil.workflow.review_queue import REVIEW


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """The dialog of one verb."""

    verb: str
    button: Any
    title: Any
    icon: str
    done: Any
    description: Any = ""
    form_class: type[VerbForm] = VerbForm
    is_grave: bool = False
    permission: str = ""  # of its own; the verbs without one need that to work on requests


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
        description=_("Earlier steps are recorded too."),
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
        verb="refer",
        button=_("ID in another system"),
        title=_("ID in another system"),
        icon="link",
        done=_("IDs of {} updated."),
        description=_("For example its work order. Customers do not see it."),
        form_class=ReferForm,
    ),
    Dialog(
        verb="cancel",
        button=_("Cancel request"),
        title=_("Cancel request"),
        icon="block",
        done=_("{} cancelled."),
        description=_("You can't reopen a cancelled request."),
        is_grave=True,
    ),
)
_REVIEWS = (
    Dialog(
        verb="review",
        button=_("Review"),
        title=_("Review request"),
        icon="fact_check",
        done=_("{} reviewed."),
        description=_("You sign off how this request was handled."),
        form_class=ReviewForm,
        permission=REVIEW,
    ),
    Dialog(
        verb="return_for_work",
        button=_("Return for work"),
        title=_("Return for work"),
        icon="assignment_return",
        done=_("{} returned for work."),
        description=_(
            "The request is open again. The customer is notified of that, but can't read your"
            " comment. The assignee is sent it. The deadlines of an emergency start again."
        ),
        form_class=ReturnForm,
        permission=REVIEW,
    ),
)
_REASON = Dialog(
    verb="explain_breach",
    button=_("Save reason"),
    title=_("Reason for a missed deadline"),
    icon="assignment_late",
    done=_("Reason for the missed deadline of {} saved."),
    description=_("The report on missed deadlines counts the reasons."),
    form_class=ExplainForm,
)
COMMENT_DIALOG = Dialog(
    verb="comment",
    button=_("Send"),
    title=_("Write"),
    icon="chat",
    done=_("Reply sent on {}."),
    form_class=ReplyForm,
)
DIALOGS: Mapping[str, Dialog] = {
    dialog.verb: dialog for dialog in (*_ALL, _REASON, *_REVIEWS, COMMENT_DIALOG)
}
DIALOG_VERBS: Mapping[str, Any] = {
    **requests.MOVES,
    "resolve": requests.finish,
    "assign": requests.assign,
    "prioritise": requests.prioritise,
    "reclassify": requests.reclassify,
    "comment": requests.reply,
    "record": requests.record_milestone,
    "explain_breach": requests.explain_breach,
    "join": incidents.gather,
    "leave": incidents.leave,
    "refer": external_references.refer,
    "review": reviews.review,
    "return_for_work": reviews.return_for_work,
}
# The first of these that is allowed is the button that stands out.
NEXT_STEPS = ("start", "resume", "resolve", "reopen")
