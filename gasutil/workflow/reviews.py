"""The verbs of managers who review closed requests, and the summary of overdue reviews."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from typing_extensions import Unpack

from gasutil.access import REPRESENTATIVES, Actor
from gasutil.models import Delivery, Event, Notice, Review, ReviewOutcome, ServiceRequest, Status
from gasutil.notify import deliveries, overdue_reviews
from gasutil.workflow import engine, review_queue, steps
from gasutil.workflow.change import Change, LogEvent, Step
from gasutil.workflow.requests import VerbOptions

OWN_WORK = "own_work"  # the subject of such a row
# The log is in English.
OWN_WORK_NOTE = "By someone who worked on this request: no one else could review it."


def review(pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
    """Sign off a closed request, with or without a comment that customers can't read.

    Raises `Conflict` if it does not wait for a review, or if the actor worked on it and someone
    else can review it, and `PermissionRequired` without the permission.
    """
    return _change(pk, _end(ReviewOutcome.REVIEWED, Event.REVIEWED), actor=actor, **options)


def return_for_work(pk: int, *, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
    """Reopen a resolved request instead of signing it off, with a comment that says why.

    Customers can't read the comment: for them, support has reopened the request. Raises what
    `review` raises, `Invalid` without a comment, and `TransitionRefused` for a cancelled request.
    """
    engine.clean_notes(options.get("notes", ""), required=True)
    reopen = steps.move(Status.IN_PROGRESS, "reopen")
    step = _end(ReviewOutcome.RETURNED, Event.RETURNED)
    return _change(pk, reopen, step, actor=actor, **options)


def _change(pk: int, *taken: Step, actor: Actor, **options: Unpack[VerbOptions]) -> ServiceRequest:
    """Change a request as a reviewer."""
    permission = review_queue.REVIEW
    return engine.change(
        pk, *taken, actor=actor, allowed=REPRESENTATIVES, permission=permission, **options
    )


def _end(outcome: ReviewOutcome, event: Event) -> Step:
    """Return the step that ends the review of a request; its row has the comment."""

    def step(change: Change) -> LogEvent:
        review = review_queue.find_review(change)
        review_queue.end_review(review, outcome, change)
        parts = (OWN_WORK_NOTE if review.is_own_work else "", change.notes)
        return LogEvent(
            event,
            subject=OWN_WORK if review.is_own_work else "",
            notes="\n\n".join(filter(None, parts)),
            is_internal=True,
        )

    return step


def mail_overdue(now: dt.datetime | None = None) -> int:
    """Mail each manager the overdue reviews, once a day; return the number of mails."""
    now = now or timezone.now()
    since = review_queue.summary_at(now)
    if now < since:
        return 0
    with transaction.atomic():
        # The lock makes another worker wait until these mails are stored.
        oldest = Review.objects.overdue(now).select_for_update(of=("self",)).first()
        users = overdue_reviews.summary_recipients() if oldest is not None else []
        notified = Delivery.objects.filter(
            notice=Notice.REVIEWS_OVERDUE, user__in=users, created_at__gte=since
        )
        done = set(notified.values_list("user_id", flat=True))
        waiting = [user for user in users if user.pk not in done]
        for user in waiting:
            deliveries.send_to(user.pk, Notice.REVIEWS_OVERDUE)
    return len(waiting)
