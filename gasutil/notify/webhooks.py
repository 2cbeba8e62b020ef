"""Webhooks as a way out: which of them a row of the log is told to, and how one is told."""

import datetime as dt
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.utils import timezone
from standardwebhooks import Webhook as Signer

from gasutil.messages import data_of
from gasutil.models import Delivery, DeliveryChannel, ServiceRequest, Webhook, WhyNot
from gasutil.notify.outcomes import Again, Later, Refused, Unwanted
from gasutil.webhooks import posting, sealing, standing
from gasutil.webhooks.posting import Answer, Unreachable
from gasutil.webhooks.sealing import Unreadable

TEST = orjson.dumps({"id": 0, "event": "webhook.test", "service_request": None, "reference": None, "update": None})
OLDEST = dt.timedelta(days=3)  # what has waited longer is old news, and is in the log
AT_ONCE = dt.timedelta()
LONGEST_WAIT = dt.timedelta(hours=12)  # that a receiver may ask for
SAID = 200  # characters of an answer that are kept


class Fault(NamedTuple):
    """Why a try failed: what the receiver asks us to wait, and whether nothing can arrive until somebody does something."""

    why: str
    wait: dt.timedelta = AT_ONCE
    is_final: bool = False


def plan(update: Any, obj: ServiceRequest) -> Iterator[Delivery]:
    """Return a delivery for each webhook that is told of a row of the log; those that are paused get theirs later."""
    for webhook in Webhook.objects.all():
        if is_told(webhook, update):
            yield Delivery(update=update, service_request=obj, channel=DeliveryChannel.WEBHOOK, webhook=webhook, address=webhook.url)


def is_told(webhook: Webhook, update: Any) -> bool:
    """Return whether a webhook is told of a row of the log."""
    return not update.events.isdisjoint(webhook.events) and (webhook.with_internal or not update.is_internal)


def send(delivery: Delivery) -> None:
    """Post a delivery to where its webhook points by now; raise one of `outcomes` unless it arrived."""
    webhook, now = delivery.webhook, timezone.now()
    if webhook is None:
        raise Unwanted(WhyNot.REMOVED)
    delivery.address = webhook.url
    if delivery.update is not None:
        _wait_for_its_turn(delivery, webhook, now)
    fault = _post(webhook, delivery, now)
    if fault is None:
        standing.succeeded(webhook, now)
    elif delivery.update is None:
        raise Refused(fault.why)
    elif fault.is_final:
        standing.die(webhook, now, fault.why)
        raise Later(_longest(delivery, now), fault.why)
    else:
        standing.failed(webhook, now, fault.why)
        if delivery.attempts > len(standing.PAUSES):
            standing.gave_up(webhook, now, fault.why)
        raise Again(fault.why, fault.wait)


def _wait_for_its_turn(delivery: Delivery, webhook: Webhook, now: dt.datetime) -> None:
    """Raise unless a webhook is told of this delivery, and now."""
    if not is_told(webhook, delivery.update):
        raise Unwanted(WhyNot.NOT_SUBSCRIBED)
    if now >= delivery.created_at + OLDEST and delivery.sendings == 1:
        raise Unwanted(WhyNot.TOO_OLD)
    if not webhook.is_active:
        raise Later(_longest(delivery, now), "The webhook is paused.")
    at = standing.take_turn(webhook, now)
    if at is not None:
        raise Later(at, "It waits until the receiver answers again.")


def _longest(delivery: Delivery, now: dt.datetime) -> dt.datetime:
    """Return until when a delivery may wait for its webhook to be resumed."""
    return max(delivery.created_at + OLDEST, now + dt.timedelta(days=1))


def _post(webhook: Webhook, delivery: Delivery, now: dt.datetime) -> Fault | None:
    """Post a delivery; return what went wrong, if anything did."""
    body = _told(delivery)
    try:
        answer = posting.post(webhook.url, body, headers(webhook, f"msg_{delivery.key.hex}", body, now))
    except Unreadable:
        return Fault("Its secret can't be read any more, for the server's SECRET_KEY has changed. Rotate it.", is_final=True)
    except Unreachable as error:
        return Fault(str(error))
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    return Fault(_said(answer), _asked_for(answer.retry_after, now), answer.status == HTTPStatus.GONE)


def _told(delivery: Delivery) -> bytes:
    """Return the body of a delivery; one that tells of no row is a test."""
    if delivery.update is None or delivery.service_request is None:
        return TEST
    return data_of(delivery.update, delivery.service_request.reference)


def headers(webhook: Webhook, message_id: str, body: bytes, now: dt.datetime) -> dict[str, str]:
    """Return the headers of a message, signed as Standard Webhooks asks with every secret in force; raise `Unreadable`."""
    secrets = map(sealing.unseal, webhook.sealed_secrets(now))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"gas-service-desk (+{settings.SITE_URL})",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign(message_id, now, body.decode()) for secret in secrets),
    }


def _said(answer: Answer) -> str:
    """Return in words what a receiver answered."""
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return f"It answered {answer.status} and points elsewhere; nothing is sent on from there. Its URL has to be the last one."
    if answer.status == HTTPStatus.GONE:
        return "It answered 410: it is gone for good."
    said = " ".join(answer.said.split())[:SAID]
    return f"It answered {answer.status}: {said}" if said else f"It answered {answer.status}."


def _asked_for(retry_after: str, now: dt.datetime) -> dt.timedelta:
    """Return how long a receiver asks us to wait, by seconds or a date, within reason."""
    try:
        if retry_after.isdecimal():
            asked = dt.timedelta(seconds=min(int(retry_after), LONGEST_WAIT.total_seconds()))
        else:
            asked = parsedate_to_datetime(retry_after) - now
    except (ValueError, TypeError, OverflowError):
        return AT_ONCE
    return min(max(asked, AT_ONCE), LONGEST_WAIT)
