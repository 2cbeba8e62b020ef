"""The review on the page of a closed request, for those who may see reviews."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gasutil.access import Actor
from gasutil.admin.base.formatting import datetime_minutes
from gasutil.admin.requests.dialogs import DIALOGS, Dialog
from gasutil.admin.requests.reviews import missed_deadlines, signed_text
from gasutil.admin.requests.tickets import url
from gasutil.models import Review, ServiceRequest, Status
from gasutil.proof import proof_status
from gasutil.workflow import review_queue


@dataclass(frozen=True, kw_only=True)
class TicketReview:
    """The review that a request waits for, in words, and what the user can do about it."""

    reason: str
    due: str
    is_overdue: bool
    missed: str
    signed: str
    own_work: str
    offers: list[dict[str, Any]]


def review_of(request: HttpRequest, actor: Actor, obj: ServiceRequest, now: dt.datetime) -> Any:
    """Return the review that a request waits for, or None."""
    if obj.is_open or not request.user.has_perm("gasutil.view_review"):
        return None
    review = Review.objects.waiting().filter(service_request=obj).first()
    if review is None:
        return None
    may_review = request.user.has_perm(review_queue.REVIEW)
    is_own = may_review and review_queue.has_worked_on(obj, actor.id)
    is_closed_to_them = is_own and review_queue.other_reviewers(obj, actor.id).exists()
    dialogs = _dialogs(obj) if may_review and not is_closed_to_them else []
    return TicketReview(
        reason=review.get_reason_display(),
        due=datetime_minutes(review.due_at),
        is_overdue=review.due_at < now,
        missed=missed_deadlines(obj, with_reasons=True),
        signed=signed_text(proof_status.signed_rows([obj.pk])[obj.pk]),
        own_work=_own_work(is_own, is_closed_to_them),
        offers=[_offer(dialog, obj) for dialog in dialogs],
    )


def _own_work(is_own: bool, is_closed_to_them: bool) -> str:
    if is_closed_to_them:
        return _("You worked on this request. Someone else has to review it.")
    if is_own:
        return _("You worked on this request. No one else can review it: the history will say so.")
    return ""


def _dialogs(obj: ServiceRequest) -> list[Dialog]:
    """Return the dialogs of a review. Nothing reopens a cancelled request."""
    verbs = ("review", "return_for_work") if obj.status == Status.RESOLVED else ("review",)
    return [DIALOGS[verb] for verb in verbs]


def _offer(dialog: Dialog, obj: ServiceRequest) -> dict[str, Any]:
    return {"dialog": dialog, "url": f"{url(obj.pk, dialog.verb)}?version={obj.version}"}
