"""From a row of the log to whoever is told: planned once, sent outside any transaction, tried again with growing pauses.

A change queues one task for its rows, in its own transaction; the task makes a delivery of each thing that somebody is to
be told, and queues one task for each. A delivery is leased before it is sent, so that two workers don't send it both, and
what a worker that died has left behind is found by `sweep`.
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
from gasutil.models import UNFINISHED, Deliveries, Delivery, DeliveryChannel, DeliveryState, Event, Notice, RequestUpdate, ServiceRequest
from gasutil.notify.channels import CHANNELS
from gasutil.notify.outcomes import Again, Later, Refused, Unwanted

logger = logging.getLogger(__name__)
LEASE = dt.timedelta(minutes=5)  # far longer than any channel waits for an answer
GRACE = dt.timedelta(seconds=30)  # that a due delivery's task has to come to its turn, before the sweep looks for it
SWEPT_AT_ONCE = 200
URGENT = 50  # a task of this priority is done before what was queued earlier
LONGEST_ERROR = 500  # characters


# --- Planning -----------------------------------------------------------------------------------------------------
def tell_later(rows: Sequence[Any]) -> None:
    """Queue one task that tells of some rows of the log, in the transaction that writes them; alarms go ahead of all else."""
    is_alarm = any(row.event == Event.ESCALATED for row in rows)
    planner = tell.using(queue_name="escalation", priority=URGENT) if is_alarm else tell
    planner.enqueue([row.pk for row in rows])


@task()
def tell(update_ids: list[int]) -> None:
    """Plan what rows of the log mean for anybody, and have it sent; harmless to do twice."""
    for pk in update_ids:
        update = RequestUpdate.objects.select_related("history_user", "assigned_to").get(pk=pk)
        obj = ServiceRequest.objects.select_related("customer", "request_type").get(pk=update.id)
        plan([one for channel in CHANNELS.values() for one in channel.plan(update, obj)], update=update)


def plan(wanted: Iterable[Delivery], **of: Any) -> None:
    """Save deliveries that are not there yet, and queue a task for each of these that has none."""
    with transaction.atomic():
        Delivery.objects.bulk_create(wanted, ignore_conflicts=True)
        for one in Delivery.objects.select_related("service_request").filter(**of, state=DeliveryState.WAITING, task_id=None):
            _queue(one, one.created_at)


def send_to(user_id: int, notice: Notice) -> Delivery:
    """Have somebody mailed what no row of the log tells of."""
    return send(Delivery(channel=DeliveryChannel.MAIL, notice=notice, user_id=user_id))


def send(one: Delivery) -> Delivery:
    """Save a delivery that no row of the log asks for, and have it sent."""
    with transaction.atomic():
        one.save()
        _queue(one, one.created_at)
    return one


def send_these_again(pks: Collection[int], *, actor: Actor) -> int:
    """Have several things sent once more, all or none; return how many. Raises `Conflict` for more than a bulk run may have."""
    _require_manager(actor)
    if len(pks) > settings.BULK_LIMIT:
        raise Conflict(_("At most %(limit)d at once; narrow the list first.") % {"limit": settings.BULK_LIMIT})
    with transaction.atomic():
        return len([send_again(pk, actor=actor) for pk in sorted(pks)])


def send_again(pk: int, *, actor: Actor) -> Delivery:
    """Have something sent once more, now, whatever has become of it; it starts anew, with all its tries."""
    _require_manager(actor)
    with transaction.atomic():
        one = Delivery.objects.select_for_update(of=("self",)).select_related("service_request").filter(pk=pk).first()
        if one is None:
            raise NotFound
        one.state, one.attempts, one.last_error = DeliveryState.WAITING, 0, ""
        one.sendings, one.resent_by = one.sendings + 1, actor.user
        one.save(update_fields=["state", "attempts", "last_error", "sendings", "resent_by"])
        _queue(one, timezone.now())
    return one


def _require_manager(actor: Actor) -> None:
    if actor.user is None or not actor.user.has_perm("gasutil.resend_delivery"):
        raise NotAllowed(_("Only a manager can do this."))


def _queue(one: Delivery, at: dt.datetime) -> None:
    """Queue the task that tries a delivery at a time."""
    obj = one.service_request
    is_urgent = one.notice == Notice.ESCALATED or (obj is not None and obj.is_pressing)
    queue = CHANNELS[one.channel].queue
    result = deliver.using(queue_name=queue, priority=URGENT if is_urgent else 0, run_after=at).enqueue(one.pk)
    one.task_id, one.next_at = result.id, at
    one.save(update_fields=["task_id", "next_at"])


# --- Sending ------------------------------------------------------------------------------------------------------
@task()
def deliver(pk: int) -> str:
    """Send one delivery, if it is due and nobody else is at it; return how it stands."""
    one = _lease(pk, timezone.now())
    if one is None:
        return "not due"
    try:
        CHANNELS[one.channel].send(one)
    except Unwanted as reason:
        return _settle(one, DeliveryState.SKIPPED, str(reason))
    except Refused as error:
        return _settle(one, DeliveryState.GIVEN_UP, str(error)[:LONGEST_ERROR])
    except Later as asked:
        return _put_off(one, asked.at, str(asked))
    except Exception as error:  # whatever it is, it may be over by the next time
        logger.info("Delivery %s failed", one.pk, exc_info=True)
        return _try_again(one, _said(error), **({"wait": error.wait} if isinstance(error, Again) else {}))
    return _settle(one, DeliveryState.SENT)


def _lease(pk: int, now: dt.datetime) -> Delivery | None:
    """Take a delivery that is due for oneself, for a while; nothing is locked while it is sent."""
    with transaction.atomic():
        one = Delivery.objects.due(now).select_for_update(of=("self",)).select_related("service_request").filter(pk=pk).first()
        if one is not None:
            one.attempts += 1
            one.next_at = now + LEASE
            one.save(update_fields=["attempts", "next_at"])
    return one


def _settle(one: Delivery, state: DeliveryState, error: str = "") -> str:
    """Write down how it ended. That it was sent counts in any case; a failure is news only to whoever has the lease."""
    sent = {"sent_at": timezone.now()} if state == DeliveryState.SENT else {}
    rows = Delivery.objects.filter(pk=one.pk, sendings=one.sendings, state__in=UNFINISHED) if sent else _held(one)
    rows.update(state=state, last_error=error, next_at=None, address=one.address, **sent)
    if state == DeliveryState.GIVEN_UP:
        logger.warning("Delivery %s is given up after %s attempts: %s", one.pk, one.attempts, error)
    return state


def _put_off(one: Delivery, at: dt.datetime, why: str) -> str:
    """Have it wait for its turn: that was no try."""
    with transaction.atomic():
        if _held(one).update(attempts=one.attempts - 1, last_error=why, address=one.address):
            _queue(one, at)
    return one.state


def _try_again(one: Delivery, error: str, wait: dt.timedelta = dt.timedelta()) -> str:
    """Queue the next try after a pause that is longer each time, and not the same for all; give up after the last."""
    pauses = CHANNELS[one.channel].pauses
    if one.attempts > len(pauses):
        return _settle(one, DeliveryState.GIVEN_UP, error)
    at = timezone.now() + max(pauses[one.attempts - 1], wait) * random.uniform(1, 1.25)  # noqa: S311  # so that they don't all come at once
    with transaction.atomic():
        if _held(one).update(state=DeliveryState.FAILED, last_error=error, address=one.address):
            _queue(one, at)
    return DeliveryState.FAILED


def _held(one: Delivery) -> Any:
    """Return the row as long as this attempt is the newest."""
    return Delivery.objects.filter(pk=one.pk, state__in=UNFINISHED, attempts=one.attempts, sendings=one.sendings)


def _said(error: Exception) -> str:
    """Return what an error says, in one line, with its kind where it is none of ours."""
    said = str(error) if isinstance(error, Again | Refused) else f"{type(error).__name__}: {error}"
    return " ".join(said.replace("\x00", "").split())[:LONGEST_ERROR]


# --- Making good --------------------------------------------------------------------------------------------------
def sweep(now: dt.datetime | None = None) -> int:
    """Queue anew what is due but has no task: a worker died over it, or a task was lost; return how much there was."""
    now = now or timezone.now()
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY).values("pk")
    late = Delivery.objects.due(now - GRACE).exclude(task_id__in=waiting).select_related("service_request")
    with transaction.atomic():
        lost = list(late.select_for_update(of=("self",), skip_locked=True).order_by("next_at")[:SWEPT_AT_ONCE])
        for one in lost:
            _queue(one, now)
    return len(lost)


def hurry(rows: Deliveries) -> int:
    """Have the next sweep queue what would wait until later; return how much there is."""
    return rows.filter(state__in=UNFINISHED).update(next_at=timezone.now() - GRACE, task_id=None)
