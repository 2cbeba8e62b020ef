"""The state of a webhook: its failures, when deliveries pause, and when they stop.

Each delivery that fails is tried again by itself. Where several have failed one after the other,
the rest wait until one gets
through: a receiver that is down, or hangs, costs a try now and then, not one for everything that
happens in that time.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_noop

from gasutil.models import Webhook, WebhookState
from gasutil.models.history import signed

RETRY_DELAYS = (  # between the tries of one delivery: ten in some 28 hours
    *(dt.timedelta(seconds=seconds) for seconds in (30, 120)),
    *(dt.timedelta(minutes=minutes) for minutes in (10, 30)),
    *(dt.timedelta(hours=hours) for hours in (1, 2, 4, 8, 12)),
)
# Until the next trial delivery, at most half an hour: new events should not wait for the evening
TRIAL_DELAYS = RETRY_DELAYS[
    :4
    # Until one may try for all, which is never longer than half an hour: what happens now should
    # not wait for the evening
]
FAILURES_TO_OPEN = 3  # in a row; then the other deliveries wait for one to succeed
TRIAL_TIMEOUT = dt.timedelta(minutes=1)  # of a trial delivery
MAX_FAILING_PERIOD = dt.timedelta(days=1)  # without a success; then the webhook is paused
MAX_GIVEN_UP = 5  # deliveries without a success between them; then the webhook is paused


def take_turn(webhook: Webhook, now: dt.datetime) -> dt.datetime | None:
    """Return None where a webhook may be tried now, or else when to ask again.

    Of several who ask, one may try.
    """
    if webhook.retry_at is None:
        return None
    if Webhook.objects.filter(pk=webhook.pk, retry_at__lte=now).update(
        retry_at=now + TRIAL_TIMEOUT
    ):
        return None
    return max(webhook.retry_at, now + TRIAL_TIMEOUT / 2)


def succeeded(webhook: Webhook, now: dt.datetime) -> None:
    """Record a successful delivery."""
    Webhook.objects.filter(pk=webhook.pk).update(
        failures=0, given_up=0, failing_since=None, retry_at=None, succeeded_at=now
    )


def failed(webhook: Webhook, now: dt.datetime, why: str) -> None:
    """Record a failed attempt; pause the webhook after failures for too long."""
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
        webhook.failures += 1
        webhook.failing_since = webhook.failing_since or now
        more = webhook.failures - FAILURES_TO_OPEN
        webhook.retry_at = (
            now + TRIAL_DELAYS[min(more, len(TRIAL_DELAYS) - 1)] if more >= 0 else None
        )
        Webhook.objects.filter(pk=webhook.pk).update(
            failures=webhook.failures,
            failing_since=webhook.failing_since,
            retry_at=webhook.retry_at,
        )
        if now - webhook.failing_since >= MAX_FAILING_PERIOD:
            die(webhook, now, f"Nothing has arrived for a day. {why}")


def gave_up(webhook: Webhook, now: dt.datetime, why: str) -> None:
    """Note that a delivery is not tried any more.

    Pause the webhook where too many have not been.
    """
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
        webhook.given_up += 1
        Webhook.objects.filter(pk=webhook.pk).update(given_up=webhook.given_up)
        if webhook.given_up >= MAX_GIVEN_UP:
            die(webhook, now, f"{webhook.given_up} deliveries have been given up. {why}")


def die(webhook: Webhook, now: dt.datetime, why: str) -> None:
    """Pause a webhook until a manager resumes it, unless it is paused.

    The console shows it to managers.
    """
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
        if webhook.is_active:
            webhook.state, webhook.state_since, webhook.state_reason = (
                WebhookState.DEAD,
                now,
                why[:300],
            )
            signed(webhook, None, gettext_noop("Paused automatically")).save(
                update_fields=["state", "state_since", "state_reason"]
            )
