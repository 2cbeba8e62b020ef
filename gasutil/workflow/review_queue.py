"""Which closed requests a manager reviews, until when, and who may."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from gasutil.errors import Conflict
from gasutil.models import (
    OPEN_STATUSES,
    Event,
    Priority,
    RequestUpdate,
    Review,
    ReviewOutcome,
    ReviewReason,
    ServiceRequest,
    Status,
    User,
    UserType,
)
from gasutil.models.calendars import office_clock
from gasutil.notify.notices import BACKEND
from gasutil.workflow.change import Change

REVIEW = "gasutil.review_servicerequest"
# What shows that a representative worked on a request. A manager who reopens it did not.
WORKED = (
    Q(event__in=[Event.MILESTONE, Event.PRIORITISED, Event.RECLASSIFIED, Event.ATTACHED])
    | Q(event=Event.ASSIGNED, assigned_to=F("history_user"))
    | Q(event=Event.COMMENTED, is_internal=False, status__in=OPEN_STATUSES)
    | Q(event=Event.STATUS_CHANGED) & ~Q(previous_status=Status.RESOLVED)
)


def sync_review(change: Change, before: str) -> None:
    """Open the review of a request that was closed, or end that of one that was reopened.

    `before` is its former status.
    """
    obj, was_open = change.obj, before in OPEN_STATUSES
    if was_open is (obj.status in OPEN_STATUSES):
        return
    reason = _reason(obj) if was_open else None
    reviews = Review.objects.filter(service_request=obj)
    if reason is not None or not was_open:  # the previous release reopens without ending it
        reviews.waiting().update(outcome=ReviewOutcome.REOPENED, ended_at=change.now)
    if reason is not None:
        now, due = change.now, review_due_at(change.now)
        number = reviews.count() + 1
        reviews.create(service_request=obj, round=number, reason=reason, opened_at=now, due_at=due)


def _reason(obj: ServiceRequest) -> ReviewReason | None:
    """Return why a request is reviewed, or None. Lowering an emergency avoids no review."""
    if obj.is_pressing:
        return ReviewReason.EMERGENCY
    rows = RequestUpdate.objects.filter(id=obj.pk, priority=Priority.EMERGENCY)
    if rows.exists():
        return ReviewReason.FORMER_EMERGENCY
    return ReviewReason.BREACH if obj.is_breached else None


def review_due_at(now: dt.datetime) -> dt.datetime:
    """Return until when a request that is closed now is reviewed: the next business day."""
    clock = office_clock()
    day = clock.next_working_day(now.astimezone(clock.zone).date())
    return dt.datetime.combine(day, _review_time(), clock.zone).astimezone(dt.UTC)


def summary_at(now: dt.datetime) -> dt.datetime:
    """Return when the summary of overdue reviews is due on the present day."""
    zone = office_clock().zone
    return dt.datetime.combine(now.astimezone(zone).date(), _review_time(), zone)


def _review_time() -> dt.time:
    return dt.time.fromisoformat(settings.REVIEW_TIME)


def has_worked_on(obj: ServiceRequest, user_id: Any) -> bool:
    """Return whether a user worked on a request, in any of its rounds."""
    return bool(RequestUpdate.objects.filter(WORKED, id=obj.pk, history_user=user_id).exists())


def other_reviewers(obj: ServiceRequest, user_id: Any) -> QuerySet[User]:
    """Return the other users who can review a request: they did not work on it."""
    holders = User.objects.with_perm(REVIEW, include_superusers=True, backend=BACKEND)
    approved = Q(user_type=UserType.SUPPORT, is_approved=True) | Q(is_superuser=True)
    workers = RequestUpdate.objects.filter(WORKED, id=obj.pk, history_user__isnull=False)
    return (
        holders.filter(approved).exclude(pk=user_id).exclude(pk__in=workers.values("history_user"))
    )


def find_review(change: Change) -> Review:
    """Return the review that a request waits for, which its actor is about to end.

    Raise `Conflict` if there is none, or if they worked on the request and someone else can
    review it.
    """
    obj, user_id = change.obj, change.actor.id
    review = Review.objects.waiting().filter(service_request=obj).first()
    params = {"reference": obj.reference}
    if review is None:
        raise Conflict(_("%(reference)s does not wait for a review.") % params)
    review.is_own_work = has_worked_on(obj, user_id)
    if review.is_own_work and other_reviewers(obj, user_id).exists():
        raise Conflict(_("You worked on %(reference)s. Someone else has to review it.") % params)
    return review


def end_review(review: Review, outcome: ReviewOutcome, change: Change) -> None:
    """End a review."""
    review.outcome, review.ended_at, review.reviewer = outcome, change.now, change.actor.user
    review.save(update_fields=["outcome", "ended_at", "reviewer", "is_own_work"])
