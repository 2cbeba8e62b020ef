"""Plan and send notifications.

They are planned once, sent outside any transaction, and retried with growing pauses.

A change queues one task for its rows, in its own transaction; the task makes a delivery of each
notification, and queues one task for each. A delivery is leased before it is sent, so that two
workers don't send it both, and what a worker that died has left behind is found by `sweep`.
"""

import datetime as dt
import logging
import random
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from gasutil.access import Actor
from gasutil.errors import Conflict, NotAllowed, NotFound
from gasutil.models import (
    ALARMS,
    UNFINISHED,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
    Notice,
    RequestUpdate,
    ServiceRequest,
    WhyNot,
)
from gasutil.notify import alarms, report_mails
from gasutil.notify.channels import CHANNELS
from gasutil.notify.notices import is_urgent
from gasutil.notify.outcomes import Defer, PermanentFailure, Retry, Skip

logger = logging.getLogger(__name__)
LEASE_DURATION = dt.timedelta(minutes=5)  # far longer than any channel waits for an answer
# The time that a due delivery's task has to start before the sweep queues it again.
GRACE_PERIOD = dt.timedelta(seconds=30)
BATCH_SIZE = 200  # of a sweep
URGENT_PRIORITY = 50  # such tasks run before all others
MAX_ERROR_LENGTH = 500  # characters


# --- Planning
# --------------------------------------------------------------------------------------------------
def enqueue_notifications(rows: Sequence[Any]) -> None:
    """Queue one task that notifies of some rows of the log, in the transaction that writes them.

    Emergencies go ahead of all else.
    """
    planner = (
        plan_notifications.using(queue_name="escalation", priority=URGENT_PRIORITY)
        if any(is_urgent(row) for row in rows)
        else plan_notifications
    )
    planner.enqueue([row.pk for row in rows])


@task()
def plan_notifications(update_ids: list[int]) -> None:
    """Plan the deliveries of history rows, and queue them; it is idempotent."""
    for pk in update_ids:
        update = RequestUpdate.objects.select_related("history_user", "assigned_to").get(pk=pk)
        obj = ServiceRequest.objects.select_related("customer", "request_type").get(pk=update.id)
        with (
            transaction.atomic()
        ):  # what is recorded while planning, and the deliveries, are saved together
            create_deliveries(
                [
                    delivery
                    for channel in CHANNELS.values()
                    for delivery in channel.plan(update, obj)
                ],
                update=update,
            )
        if alarms.needs_another(update):
            _notify_next(
                update, Delivery.objects.filter(update=update, notice__in=ALARMS)[0].notice
            )


tell = plan_notifications  # queued tasks of 0.1.0 have this path; to be removed in 0.3.0


def create_deliveries(wanted: Iterable[Delivery], **of: Any) -> None:
    """Save deliveries that are not there yet, and queue a task for each of these that has none."""
    with transaction.atomic():
        Delivery.objects.bulk_create(wanted, ignore_conflicts=True)
        for delivery in Delivery.objects.select_related("service_request").filter(
            **of, state=DeliveryState.WAITING, task_id=None
        ):
            _queue(delivery, delivery.next_at or delivery.created_at)


def send_to(user_id: int, notice: Notice, address: str = "") -> Delivery:
    """Mail a user a notice that belongs to no history row."""
    return send_new(
        Delivery(channel=DeliveryChannel.MAIL, notice=notice, user_id=user_id, address=address)
    )


def send_new(delivery: Delivery) -> Delivery:
    """Save a delivery that no row of the log asks for, and have it sent."""
    with transaction.atomic():
        delivery.save()
        _queue(delivery, delivery.created_at)
    return delivery


def send_reports(now: dt.datetime | None = None) -> int:
    """Send the reports whose period is over to their subscribers; return the number of mails."""
    planned = report_mails.plan_due(now or timezone.now())
    for delivery in planned:
        with transaction.atomic():
            _queue(delivery, delivery.created_at)
    return len(planned)


def send_these_again(pks: Collection[int], *, actor: Actor) -> int:
    """Send several deliveries again, all or none; return their number.

    Raises `Conflict` for more than a bulk run may have.
    """
    _require_manager(actor)
    if len(pks) > settings.BULK_LIMIT:
        raise Conflict(
            _("You can select at most %(limit)d at once. Filter the list first.")
            % {"limit": settings.BULK_LIMIT}
        )
    with transaction.atomic():
        return len([send_again(pk, actor=actor) for pk in sorted(pks)])


def send_again(pk: int, *, actor: Actor) -> Delivery:
    """Send a delivery again, now, whatever its state, with all its attempts.

    Raises `NotAllowed` and `NotFound`.
    """
    _require_manager(actor)
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("service_request")
            .filter(pk=pk)
            .first()
        )
        if delivery is None:
            raise NotFound
        delivery.state, delivery.attempts, delivery.last_error, delivery.given_up_at = (
            DeliveryState.WAITING,
            0,
            "",
            None,
        )
        delivery.sendings, delivery.resent_by = delivery.sendings + 1, actor.user
        delivery.save(
            update_fields=[
                "state",
                "attempts",
                "last_error",
                "given_up_at",
                "sendings",
                "resent_by",
            ]
        )
        _queue(delivery, timezone.now())
    return delivery


def _require_manager(actor: Actor) -> None:
    if actor.user is None or not actor.user.has_perm("gasutil.resend_delivery"):
        raise NotAllowed(_("Only a manager can do this."))


def _queue(delivery: Delivery, at: dt.datetime) -> None:
    """Queue the task that tries a delivery at a time."""
    obj = delivery.service_request
    notices = (*ALARMS, Notice.SAFETY, Notice.EMERGENCY_MESSAGE)
    is_urgent = delivery.notice in notices or (obj is not None and obj.is_pressing)
    queue = CHANNELS[delivery.channel].queue
    result = deliver.using(
        queue_name=queue, priority=URGENT_PRIORITY if is_urgent else 0, run_after=at
    ).enqueue(delivery.pk)
    delivery.task_id, delivery.next_at = result.id, at
    delivery.save(update_fields=["task_id", "next_at"])


# --- Sending
# --------------------------------------------------------------------------------------------------
@task()
def deliver(pk: int) -> str:
    """Send one delivery, if it is due and no other worker holds it; return its state."""
    delivery = _lease(pk, timezone.now())
    if delivery is None:
        return "not due"
    try:
        _send(delivery)
    except Skip as reason:
        state = _settle(delivery, DeliveryState.SKIPPED, str(reason))
        if alarms.is_alarm(delivery) and str(reason) != WhyNot.NOT_NEEDED:
            _notify_next(delivery.update, delivery.notice)
        return state
    except PermanentFailure as error:
        if alarms.is_alarm(delivery):
            return _retry_alarm(delivery, _error_text(error))
        return _settle(delivery, DeliveryState.GIVEN_UP, str(error)[:MAX_ERROR_LENGTH])
    except Defer as asked:
        return _put_off(delivery, asked.at, str(asked))
    except Exception as error:  # whatever it is, it may be over by the next time
        _log_failure(delivery, error)
        if alarms.is_alarm(delivery):
            return _retry_alarm(delivery, _error_text(error))
        return _try_again(
            delivery,
            _error_text(error),
            **({"wait": error.wait} if isinstance(error, Retry) else {}),
        )
    return _settle(delivery, DeliveryState.SENT)


def _log_failure(delivery: Delivery, error: Exception) -> None:
    """Log a failed attempt.

    If neither the network nor the other side failed, it may be a bug, and the traceback is logged.
    """
    is_expected = isinstance(error, Retry | OSError)
    logger.log(
        logging.WARNING if is_expected else logging.ERROR,
        "Delivery %s failed: %s",
        delivery.pk,
        _error_text(error),
        exc_info=not is_expected,
    )


def _send(delivery: Delivery) -> None:
    """Send a delivery by its channel; in a sandbox, whatever the channel is, raise `Unwanted`."""
    if settings.SANDBOX:
        raise Skip(WhyNot.SANDBOX)
    CHANNELS[delivery.channel].send(delivery)


def _lease(pk: int, now: dt.datetime) -> Delivery | None:
    """Take a delivery that is due for oneself, for a while; nothing is locked while it is sent."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.due(now)
            .select_for_update(of=("self",))
            .select_related("service_request")
            .filter(pk=pk)
            .first()
        )
        if delivery is not None:
            delivery.attempts += 1
            delivery.next_at = now + LEASE_DURATION
            delivery.save(update_fields=["attempts", "next_at"])
    return delivery


def _settle(delivery: Delivery, state: DeliveryState, error: str = "") -> str:
    """Store the outcome.

    A success always counts; a failure only if this attempt still holds the lease.
    """
    sent = {"sent_at": timezone.now()} if state == DeliveryState.SENT else {}
    ended = {"given_up_at": timezone.now()} if state == DeliveryState.GIVEN_UP else sent
    rows = (
        Delivery.objects.filter(pk=delivery.pk, sendings=delivery.sendings, state__in=UNFINISHED)
        if sent
        else _held(delivery)
    )
    rows.update(state=state, last_error=error, next_at=None, address=delivery.address, **ended)
    if state == DeliveryState.GIVEN_UP:
        logger.warning(
            "Gave up on delivery %s after %s attempts: %s", delivery.pk, delivery.attempts, error
        )
    return state


def _put_off(delivery: Delivery, at: dt.datetime, why: str) -> str:
    """Defer a delivery until its turn; this does not count as an attempt."""
    with transaction.atomic():
        if _held(delivery).update(
            attempts=delivery.attempts - 1, last_error=why, address=delivery.address
        ):
            _queue(delivery, at)
    return delivery.state


def _try_again(delivery: Delivery, error: str, wait: dt.timedelta = dt.timedelta()) -> str:
    """Queue the next attempt with jittered backoff; give up after the last one."""
    pauses = CHANNELS[delivery.channel].pauses
    if delivery.attempts > len(pauses):
        return _settle(delivery, DeliveryState.GIVEN_UP, error)
    at = timezone.now() + max(pauses[delivery.attempts - 1], wait) * random.uniform(1, 1.25)  # noqa: S311  # so that they don't all come at once
    with transaction.atomic():
        if _held(delivery).update(
            state=DeliveryState.FAILED, last_error=error, address=delivery.address
        ):
            _queue(delivery, at)
    return DeliveryState.FAILED


def _retry_alarm(delivery: Delivery, error: str) -> str:
    """Queue the next attempt of an alarm, and notify the next person.

    It is tried again while it is needed, whatever the mail server says.
    """
    now = timezone.now()
    why = alarms.why_stop(delivery, now)
    if why == WhyNot.TOO_OLD:
        return _settle(delivery, DeliveryState.GIVEN_UP, error)
    if why is not None:
        return _settle(delivery, DeliveryState.SKIPPED, why.value)
    with transaction.atomic():
        if _held(delivery).update(
            state=DeliveryState.FAILED, last_error=error, address=delivery.address
        ):
            _queue(delivery, now + alarms.retry_delay(delivery.attempts))
            _notify_next(delivery.update, delivery.notice)
    logger.warning(
        "An alarm (delivery %s) was not delivered after %s attempts: %s",
        delivery.pk,
        delivery.attempts,
        error,
    )
    return DeliveryState.FAILED


def _notify_next(update: Any, notice: str) -> None:
    """Send an alarm to the next person who has not been sent it, if there is one.

    In a sandbox, no one receives any.
    """
    another = None if settings.SANDBOX else alarms.next_recipient(update, notice)
    if another is not None:
        create_deliveries([another], update=update)


def _held(delivery: Delivery) -> Any:
    """Return the row as long as this attempt is the newest."""
    return Delivery.objects.filter(
        pk=delivery.pk, state__in=UNFINISHED, attempts=delivery.attempts, sendings=delivery.sendings
    )


def _error_text(error: Exception) -> str:
    """Return the message of an error in one line, with its class if it is not one of ours."""
    text = (
        str(error)
        if isinstance(error, Retry | PermanentFailure)
        else f"{type(error).__name__}: {error}"
    )
    return " ".join(text.replace("\x00", "").split())[:MAX_ERROR_LENGTH]


# --- Making good
# --------------------------------------------------------------------------------------------------
def sweep(now: dt.datetime | None = None) -> int:
    """Requeue due deliveries without a task: a worker died, or the task was lost.

    Return their number.
    """
    now = now or timezone.now()
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY).values("pk")
    late = (
        Delivery.objects.due(now - GRACE_PERIOD)
        .exclude(task_id__in=waiting)
        .select_related("service_request")
    )
    with transaction.atomic():
        lost = list(
            late.select_for_update(of=("self",), skip_locked=True).order_by("next_at")[:BATCH_SIZE]
        )
        for delivery in lost:
            _queue(delivery, now)
    return len(lost)


def hurry(rows: Deliveries) -> int:
    """Make deferred deliveries due for the next sweep; return their number."""
    return rows.filter(state__in=UNFINISHED).update(
        next_at=timezone.now() - GRACE_PERIOD, task_id=None
    )
