"""Webhooks as a channel: which of them receive a history row, and how it is sent."""

import datetime as dt
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from gasutil import sealing
from gasutil.access import SYSTEM
from gasutil.models import (
    Delivery,
    DeliveryChannel,
    MachineAccount,
    MachineScope,
    ServiceRequest,
    Webhook,
    WhyNot,
)
from gasutil.notify.outcomes import Defer, PermanentFailure, Retry, Skip
from gasutil.request_fields import as_request
from gasutil.sealing import UnreadableSecret
from gasutil.updates import events_of
from gasutil.webhooks import circuit_breaker, posting
from gasutil.webhooks.posting import Answer, Unreachable

TEST_BODY = orjson.dumps(
    {"id": 0, "event": "webhook.test", "service_request": None, "reference": None, "update": None}
)
MAX_AGE = dt.timedelta(days=3)  # of an event that is still delivered
NO_WAIT = dt.timedelta()
MAX_RETRY_AFTER = dt.timedelta(hours=12)  # that a receiver may ask for
# The reasons in the history of a webhook that say who decided where its events go, and with what.
SET_UP = ("Created", "Changed")
MAX_ERROR_LENGTH = 200  # characters of a response that are stored


class DeliveryFailure(NamedTuple):
    """The reason of a failed attempt, and what to do next.

    `wait` is the pause that the receiver asks for; `is_final` is whether only a person can repair
    it.
    """

    why: str
    wait: dt.timedelta = NO_WAIT
    is_final: bool = False


def plan(update: Any, obj: ServiceRequest) -> Iterator[Delivery]:
    """Return a delivery for each webhook that receives a history row.

    Paused ones receive theirs later.
    """
    for webhook in Webhook.objects.all():
        if is_subscribed(webhook, update):
            yield Delivery(
                update=update,
                service_request=obj,
                channel=DeliveryChannel.WEBHOOK,
                webhook=webhook,
                address=webhook.url,
            )


def is_subscribed(webhook: Webhook, update: Any) -> bool:
    """Return whether a webhook receives a history row."""
    return not update.events.isdisjoint(webhook.events) and (
        webhook.with_internal or not update.is_internal
    )


def send(delivery: Delivery) -> None:
    """Post a delivery to where its webhook points by now.

    Raise one of `outcomes` unless it arrived.
    """
    webhook, now = delivery.webhook, timezone.now()
    if webhook is None:
        raise Skip(WhyNot.REMOVED)
    delivery.address = webhook.url
    if delivery.update is not None:
        _wait_for_its_turn(delivery, webhook, now)
    error = _post(webhook, delivery, now)
    if error is None:
        circuit_breaker.succeeded(webhook, now)
    elif delivery.update is None:
        raise PermanentFailure(error.why)
    elif error.is_final:
        circuit_breaker.die(webhook, now, error.why)
        raise Defer(_longest(delivery, now), error.why)
    else:
        circuit_breaker.failed(webhook, now, error.why)
        if delivery.attempts > len(circuit_breaker.RETRY_DELAYS):
            circuit_breaker.gave_up(webhook, now, error.why)
        raise Retry(error.why, error.wait)


def _wait_for_its_turn(delivery: Delivery, webhook: Webhook, now: dt.datetime) -> None:
    """Raise unless a webhook receives this delivery now."""
    if not is_subscribed(webhook, delivery.update):
        raise Skip(WhyNot.NOT_SUBSCRIBED)
    if now >= delivery.created_at + MAX_AGE and delivery.sendings == 1:
        raise Skip(WhyNot.TOO_OLD)
    if not webhook.is_active:
        raise Defer(_longest(delivery, now), "The webhook is paused.")
    at = circuit_breaker.take_turn(webhook, now)
    if at is not None:
        raise Defer(at, "It waits until the receiver answers again.")


def _longest(delivery: Delivery, now: dt.datetime) -> dt.datetime:
    """Return the time until which a delivery waits for its webhook to be resumed."""
    return max(delivery.created_at + MAX_AGE, now + dt.timedelta(days=1))


def _post(webhook: Webhook, delivery: Delivery, now: dt.datetime) -> DeliveryFailure | None:
    """Post a delivery; return what went wrong, if anything did."""
    body = _body_of(delivery)
    try:
        answer = posting.post(
            webhook.url, body, signed_headers(webhook, f"msg_{delivery.key.hex}", body, now)
        )
    except UnreadableSecret:
        return DeliveryFailure(
            "Its secret can't be read any more, for the server's SECRET_KEY has changed."
            " Rotate it.",
            is_final=True,
        )
    except Unreachable as error:
        return DeliveryFailure(str(error))
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    return DeliveryFailure(
        _error_text(answer), _asked_for(answer.retry_after, now), answer.status == HTTPStatus.GONE
    )


def _body_of(delivery: Delivery) -> bytes:
    """Return the body of a delivery; one without a history row is a test.

    The request is the one of now, which a receiver can store by its `version`.
    """
    asked = delivery.webhook is not None and sends_request(delivery.webhook)
    if delivery.update is None or delivery.service_request is None:
        return _with_request(TEST_BODY, None) if asked else TEST_BODY
    (event,) = events_of(SYSTEM, [delivery.update], [delivery.service_request.reference])
    return _with_request(event, as_request(SYSTEM, delivery.service_request)) if asked else event


def sends_request(webhook: Webhook) -> bool:
    """Return whether events have the request.

    If a machine account was the last to set up the webhook, it must still be able to read requests.
    """
    if not webhook.with_request:
        return False
    latest = webhook.history.filter(history_change_reason__in=SET_UP).order_by("-history_id")
    row = latest.select_related("machine_account").first()
    return row is None or row.machine_account is None or can_read_requests(row.machine_account)


def can_read_requests(machine: MachineAccount) -> bool:
    """Return whether a machine account can read requests; a revoked one can't."""
    return machine.revoked_at is None and MachineScope.REQUESTS_READ in machine.scopes


def _with_request(event: bytes, request: dict[str, Any] | None) -> bytes:
    """Return an event with the request next to it."""
    return event[:-1] + b',"request":' + orjson.dumps(request, option=orjson.OPT_UTC_Z) + b"}"


def signed_headers(
    webhook: Webhook, message_id: str, body: bytes, now: dt.datetime
) -> dict[str, str]:
    """Return the headers of a message, signed as Standard Webhooks asks with every secret in force.

    Raise `Unreadable`.
    """
    secrets = map(sealing.unseal, webhook.sealed_secrets(now))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"gas-service-desk (+{settings.SITE_URL})",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            Signer(secret).sign(message_id, now, body.decode()) for secret in secrets
        ),
    }


def _error_text(answer: Answer) -> str:
    """Return the receiver's response as a sentence."""
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return (
            f"It responded {answer.status} with a redirect, which is not followed. Its"
            " URL has to be the last one."
        )
    if answer.status == HTTPStatus.GONE:
        return "It responded 410: the receiver was removed."
    text = " ".join(answer.text.split())[:MAX_ERROR_LENGTH]
    return f"It responded {answer.status}: {text}" if text else f"It responded {answer.status}."


def _asked_for(retry_after: str, now: dt.datetime) -> dt.timedelta:
    """Return the pause that a receiver asks for, in seconds or as a date, within bounds."""
    try:
        if retry_after.isdecimal():
            asked = dt.timedelta(seconds=min(int(retry_after), MAX_RETRY_AFTER.total_seconds()))
        else:
            asked = parsedate_to_datetime(retry_after) - now
    except (ValueError, TypeError, OverflowError):
        return NO_WAIT
    return min(max(asked, NO_WAIT), MAX_RETRY_AFTER)
