"""Alarm mails, of escalations and of emergencies that were ended.

They are retried while they are needed, and sent to others as well.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from gasutil.models import (
    ALARMS,
    UNFINISHED,
    Delivery,
    DeliveryChannel,
    DeliveryState,
    Notice,
    User,
    UserType,
    WhyNot,
)
from gasutil.notify import backlog, notices, report_groups

RETRY_DELAYS = [
    dt.timedelta(seconds=30),
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=2),
    dt.timedelta(minutes=5),
]  # the last one repeats
# Of a notice about an ended emergency, which no one acknowledges.
MAX_RETRY_PERIOD = dt.timedelta(days=3)
COUNTED_PERIOD = dt.timedelta(days=1)
MAX_MAIL_DELAY = dt.timedelta(minutes=10)  # of a mail after its time


def is_alarm(delivery: Delivery) -> bool:
    """Return whether a delivery is an alarm's mail."""
    return delivery.channel == DeliveryChannel.MAIL and delivery.notice in ALARMS


def retry_delay(attempts: int) -> dt.timedelta:
    """Return the pause after a number of attempts."""
    return RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1]


def why_stop(delivery: Delivery, now: dt.datetime) -> WhyNot | None:
    """Return the reason why an alarm that has failed is not retried, if there is one.

    It is acknowledged, repeated by a newer one, or too old.
    """
    if (
        delivery.notice == Notice.UNVERIFIED_REPORTS
        and delivery.service_request
        and report_groups.is_acknowledged(delivery.service_request)
    ):
        return WhyNot.NOT_NEEDED
    if delivery.notice == Notice.BACKLOG_LATE:
        return _why_stop_backlog(delivery, now)
    if delivery.notice != Notice.ESCALATED:
        return WhyNot.TOO_OLD if delivery.created_at < now - MAX_RETRY_PERIOD else None
    newer = Delivery.objects.filter(
        service_request=delivery.service_request_id,
        user=delivery.user_id,
        notice=delivery.notice,
        update__gt=delivery.update_id,
    )
    if newer.filter(update__subject=delivery.update.subject).exists():  # type: ignore[union-attr]
        return WhyNot.REPEATED
    return None if _is_unmet(delivery) else WhyNot.NOT_NEEDED


def _why_stop_backlog(delivery: Delivery, now: dt.datetime) -> WhyNot | None:
    if Delivery.objects.filter(
        user=delivery.user_id, notice=delivery.notice, pk__gt=delivery.pk
    ).exists():
        return WhyNot.REPEATED
    return None if backlog.is_any_late(now) else WhyNot.NOT_NEEDED


def _is_unmet(delivery: Delivery) -> bool:
    """Return whether the milestone that an escalation is about still runs."""
    if delivery.service_request is None or delivery.update is None:
        return False
    return any(
        each["name"] == delivery.update.subject
        and not each.get("met_at")
        and not each.get("stopped_at")
        for each in delivery.service_request.milestones
    )


def receivers() -> QuerySet[User]:
    """Return the active users who may be notified of an alarm and would receive it.

    They are supervisors and administrators.
    """
    users = User.objects.with_perm(
        "gasutil.receive_escalations", include_superusers=True, backend=notices.BACKEND
    )
    return (
        users.exclude(email="")
        .exclude(user_type=UserType.CUSTOMER, is_superuser=False)
        .order_by("pk")
    )


def recipients() -> list[User]:
    """Return the users in the order in which they are tried: supervisors first."""
    supervisors = {user.pk for user in notices.supervisors()}
    return sorted(receivers(), key=lambda user: user.pk not in supervisors)


def next_recipient(update: Any, notice: str) -> Delivery | None:
    """Return the delivery of an alarm to the first person who has none of it yet, unsaved."""
    planned = set(
        Delivery.objects.filter(update=update, channel=DeliveryChannel.MAIL).values_list(
            "user", flat=True
        )
    )
    others = [
        user
        for user in recipients()
        if user.pk not in planned and user.pk != update.history_user_id
    ]
    if not others:
        return None
    now = timezone.now()
    at = backlog.backlog_notify_at(others[0], update, now) if notice == Notice.BACKLOG_LATE else now
    about = {
        "service_request_id": update.id,
        "update": update,
        "channel": DeliveryChannel.MAIL,
        "notice": notice,
    }
    return (
        None
        if at is None
        else Delivery(user=others[0], address=others[0].email, next_at=at, **about)
    )


def needs_another(update: Any) -> bool:
    """Return whether a row's alarm has been planned and no one is left to whom it may arrive."""
    states = Delivery.objects.filter(update=update, notice__in=ALARMS).values_list(
        "state", flat=True
    )
    return bool(states) and all(
        state in (DeliveryState.SKIPPED, DeliveryState.GIVEN_UP) for state in states
    )


# --- How mail stands
# ----------------------------------------------------------------------------------------------
def unheard() -> QuerySet[Delivery]:
    """Return the alarms that are being retried and that no one has received."""
    received = Delivery.objects.filter(
        update=OuterRef("update"), notice__in=ALARMS, state=DeliveryState.SENT
    )
    failing = Delivery.objects.filter(
        state=DeliveryState.FAILED, next_at__isnull=False, notice__in=ALARMS
    )
    return failing.filter(~Exists(received)).order_by()


def late_counts(now: dt.datetime) -> Mapping[str, Any]:
    """Return the figures of mail.

    One query counts the unfinished mails and those given up within a day.
    """
    unfinished = Q(state__in=UNFINISHED, next_at__isnull=False)
    due = unfinished & (Q(state=DeliveryState.FAILED) | Q(next_at__lte=now))
    rows = Delivery.objects.filter(
        unfinished | Q(given_up_at__gte=now - COUNTED_PERIOD), channel=DeliveryChannel.MAIL
    )
    received = Delivery.objects.filter(
        update=OuterRef("update"), notice__in=ALARMS, state=DeliveryState.SENT
    )
    retried = Q(state=DeliveryState.FAILED, notice__in=ALARMS)
    return rows.order_by().aggregate(
        waiting=Count("pk", filter=due),
        oldest=Min("created_at", filter=due),
        late=Count("pk", filter=Q(state__in=UNFINISHED, next_at__lte=now - MAX_MAIL_DELAY)),
        given_up=Count("pk", filter=Q(given_up_at__gte=now - COUNTED_PERIOD)),
        alarms=Count("pk", filter=retried),
        unheard=Count("pk", filter=retried & Q(~Exists(received))),
    )
