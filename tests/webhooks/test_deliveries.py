"""Webhooks to a real receiver, and the state of the deliveries.

The receiver succeeds, fails, recovers, is removed, or is paused.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from gasutil.access import SYSTEM, Actor
from gasutil.models import (
    Channel,
    Delivery,
    DeliveryChannel,
    DeliveryState,
    Event,
    RequestUpdate,
    ServiceRequest,
    User,
    Webhook,
    WebhookState,
)
from gasutil.notify import deliveries
from gasutil.notify.webhooks import TEST_BODY
from gasutil.updates import events_of
from gasutil.webhooks import circuit_breaker
from gasutil.workflow import machines, requests, webhooks
from gasutil.workflow.external_references import set_reference
from tests.support import webhook_receiver as how
from tests.support.api import Api
from tests.support.machines import make_machine
from tests.support.network import Names
from tests.support.webhook_receiver import Receiver, says

pytestmark = pytest.mark.usefixtures("closed_network")
Subscribe = Callable[..., tuple[Webhook, str]]


@pytest.fixture
def subscribe(manager: User, receiver: Receiver) -> Subscribe:
    """Return `subscribe(…)`: a webhook of the receiver and its secret.

    It receives everything that customers see.
    """

    def made(**changed: Any) -> tuple[Webhook, str]:
        about = {
            "name": "Dispatch",
            "url": receiver.url,
            "events": Event.values,
            "with_internal": False,
        }
        return webhooks.subscribe(actor=Actor(manager), **about | changed)

    return made


def planned(update: Any) -> list[Delivery]:
    """Plan the notifications of a row of the log, and return those of webhooks."""
    deliveries.plan_notifications.call([update.pk])
    return list(
        Delivery.objects.filter(update=update, channel=DeliveryChannel.WEBHOOK).order_by("pk")
    )


def try_now(delivery: Delivery) -> Delivery:
    """Try a delivery as if its time had come."""
    Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now() - dt.timedelta(seconds=1))
    deliveries.deliver.call(delivery.pk)
    return Delivery.objects.get(pk=delivery.pk)


def add_comment(obj: ServiceRequest, support: User, notes: str = "On our way", **more: Any) -> Any:
    """Write on a request, and return the row of the log."""
    return requests.comment(obj.pk, actor=Actor(support, Channel.CONSOLE), notes=notes, **more)


def verify(secret: str, got: how.Got) -> Any:
    return Verifier(secret).verify(got.body, got.headers)


# --- What is sent
# -------------------------------------------------------------------------------------------------


def test_it_works(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    webhook, secret = subscribe()
    row = add_comment(leak, support)
    (delivery,) = planned(row)
    assert try_now(delivery).state == DeliveryState.SENT
    (got,) = receiver.got
    event = verify(secret, got)
    assert (event["event"], event["service_request"], event["reference"]) == (
        "request.commented",
        leak.pk,
        leak.reference,
    )
    assert event["update"]["notes"] == "On our way"
    row = RequestUpdate.objects.get(pk=row.pk)
    assert [got.body] == events_of(SYSTEM, [row], [leak.reference])
    assert (got.path, got.headers["content-type"], got.headers["webhook-id"]) == (
        "/hook",
        "application/json",
        f"msg_{delivery.key.hex}",
    )
    assert got.headers["user-agent"].startswith("gas-service-desk (+http")
    webhook.refresh_from_db()
    assert webhook.succeeded_at is not None


def test_it_has_the_request_if_the_webhook_asks_for_it(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    _webhook, secret = subscribe(with_request=True)
    row = add_comment(leak, support)
    set_reference(leak.pk, actor=Actor(support), system="dispatch", id="WO-1")
    requests.comment(leak.pk, actor=Actor(support), notes="Hidden", is_internal=True)
    try_now(planned(row)[0])
    event = verify(secret, receiver.got[0])
    assert list(event) == ["id", "event", "service_request", "reference", "update", "request"]
    shown = Api(support).get(f"requests/?reference={leak.reference}").json()["results"][0]
    assert event["request"] == shown  # of now, as support sees it
    assert event["request"]["references"] == [{"system": "dispatch", "id": "WO-1", "url": ""}]
    assert b"Hidden" not in receiver.got[0].body


@pytest.mark.parametrize("ending", ["without the scope", "revoked"])
def test_it_has_no_request_once_its_machine_account_cannot_read_it(
    receiver: Receiver, leak: ServiceRequest, support: User, closed_network: None, ending: str
) -> None:
    machine = make_machine("webhooks:manage", "requests:read")
    body = {"name": "Crews", "url": receiver.url, "events": list(Event), "with_request": True}
    assert machine.post("webhooks/", body).status_code == 201
    try_now(planned(add_comment(leak, support))[0])
    owner = Actor(machine.account.owner)
    if ending == "revoked":
        machines.revoke(machine.account.pk, actor=owner)
    else:
        machines.change_machine(machine.account.pk, actor=owner, scopes=["webhooks:manage"])
    try_now(planned(add_comment(leak, support))[0])
    webhooks.configure(Webhook.objects.get().pk, actor=owner, name="A manager's now")
    try_now(planned(add_comment(leak, support))[0])
    sent = [json.loads(got.body) for got in receiver.got]
    assert ["request" in event for event in sent] == [True, False, True]


def test_a_test_has_no_request(subscribe: Subscribe, receiver: Receiver, manager: User) -> None:
    webhook, secret = subscribe(with_request=True)
    try_now(webhooks.test(webhook.pk, actor=Actor(manager)))
    assert verify(secret, receiver.got[0]) == json.loads(TEST_BODY) | {"request": None}


def test_a_signature_is_of_this_body_and_this_secret(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    subscribe()
    try_now(planned(add_comment(leak, support))[0])
    with pytest.raises(WebhookVerificationError):
        verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", receiver.got[0])


def test_a_rotated_secret_signs_beside_its_successor(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User, manager: User
) -> None:
    webhook, first = subscribe()
    _, second = webhooks.rotate_secret(webhook.pk, actor=Actor(manager))
    row = add_comment(leak, support)
    try_now(planned(row)[0])
    assert len(receiver.got[0].headers["webhook-signature"].split()) == 2
    assert verify(first, receiver.got[0]) == verify(second, receiver.got[0])
    Webhook.objects.update(former_until=timezone.now())
    try_now(planned(add_comment(leak, support))[0])
    verify(second, receiver.got[1])
    with pytest.raises(WebhookVerificationError):
        verify(first, receiver.got[1])


@pytest.mark.parametrize(
    ("with_internal", "heard"), [(False, ["To all"]), (True, ["Between us", "To all"])]
)
def test_internal_rows_are_sent_only_if_configured(
    with_internal: bool,
    heard: list[str],
    subscribe: Subscribe,
    receiver: Receiver,
    leak: ServiceRequest,
    support: User,
) -> None:
    subscribe(with_internal=with_internal)
    for row in (
        add_comment(leak, support, "Between us", is_internal=True),
        add_comment(leak, support, "To all"),
    ):
        for delivery in planned(row):
            try_now(delivery)
    assert [read(got)["update"]["notes"] for got in receiver.got] == heard


def read(got: how.Got) -> Any:

    return json.loads(got.body)


def test_a_webhook_receives_its_events_alone(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    subscribe(events=[Event.STATUS_CHANGED])
    subscribe(name="Everything", url=receiver.url.replace("hook", "every"))
    assert [item.webhook.name for item in planned(add_comment(leak, support)) if item.webhook] == [
        "Everything"
    ]
    requests.start(leak.pk, actor=Actor(support))
    row = RequestUpdate.objects.filter(id=leak.pk, event=Event.STATUS_CHANGED).get()
    assert sorted(item.webhook.name for item in planned(row) if item.webhook) == [
        "Dispatch",
        "Everything",
    ]


@pytest.mark.parametrize(
    "event", [Event.STATUS_CHANGED, Event.ASSIGNED, Event.PRIORITISED, Event.COMMENTED]
)
def test_a_webhook_receives_every_event_of_one_change(
    event: Event, subscribe: Subscribe, connection: ServiceRequest, support: User
) -> None:
    subscribe(events=[event])
    obj = requests.update(
        connection.pk,
        actor=Actor(support),
        status="in_progress",
        assigned_to=support.pk,
        priority="high",
        notes="A crew is on its way",
    )
    assert len(planned(obj.last_update)) == 1


def test_planning_twice_is_one_delivery(
    subscribe: Subscribe, leak: ServiceRequest, support: User
) -> None:
    subscribe()
    row = add_comment(leak, support)
    assert planned(row) == planned(row)
    assert len(planned(row)) == 1


def test_what_is_no_longer_wanted_is_not_sent(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User, manager: User
) -> None:
    webhook, _ = subscribe(with_internal=True)
    (internal,) = planned(add_comment(leak, support, "Between us", is_internal=True))
    (other,) = planned(add_comment(leak, support))
    webhooks.configure(webhook.pk, actor=Actor(manager), with_internal=False)
    internal = try_now(internal)
    assert (internal.state, internal.why) == (
        DeliveryState.SKIPPED,
        "The webhook no longer subscribes to this event.",
    )
    webhooks.unsubscribe(webhook.pk, actor=Actor(manager))
    other = try_now(other)
    assert (other.state, other.why, other.address) == (
        DeliveryState.SKIPPED,
        "The webhook was deleted.",
        receiver.url,
    )
    assert receiver.got == []


# --- What fails
# --------------------------------------------------------------------------------------------------


def test_one_that_fails_is_tried_again_and_recovers(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    webhook, secret = subscribe()
    receiver.answers = [says(500, b"<b>Oops</b>"), how.hangs_up, says(204)]
    (delivery,) = planned(add_comment(leak, support))
    for number, why in enumerate(("It responded 500: <b>Oops</b>", "It closed the connection."), 1):
        delivery = try_now(delivery)
        assert (delivery.state, delivery.last_error, delivery.attempts) == (
            DeliveryState.FAILED,
            why,
            number,
        )
        webhook.refresh_from_db()
        assert (webhook.failures, webhook.is_active) == (number, True)
    assert try_now(delivery).state == DeliveryState.SENT
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert verify(secret, receiver.got[0]) == verify(secret, receiver.got[2])
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since) == (0, None)


def test_it_is_tried_for_more_than_a_day_with_growing_pauses(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    subscribe()
    receiver.answers = [says(500)]
    (delivery,) = planned(add_comment(leak, support))
    waited = []
    while delivery.state != DeliveryState.GIVEN_UP:
        Webhook.objects.update(retry_at=None, failing_since=None)
        delivery = try_now(delivery)
        if delivery.next_at is not None:
            waited.append(delivery.next_at - timezone.now())
    assert delivery.attempts == len(receiver.got) == 10
    assert waited == sorted(waited)
    assert dt.timedelta(hours=27) < sum(waited, dt.timedelta()) < dt.timedelta(hours=36)
    assert Webhook.objects.get().given_up == 1


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("600", 600, 760),
        ("1", 29, 40),
        ("999999999", 12 * 3600 - 5, 15 * 3600),
        ("9" * 5000, 29, 40),
        ("soon", 29, 40),
        ("-5", 29, 40),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 29, 40),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 12 * 3600 - 5, 15 * 3600),
    ],
)
def test_it_respects_a_retry_after_within_a_limit(
    asked: str,
    least: float,
    most: float,
    subscribe: Subscribe,
    receiver: Receiver,
    leak: ServiceRequest,
    support: User,
) -> None:
    subscribe()
    receiver.answers = [says(503, Retry_After=asked)]
    delivery = try_now(planned(add_comment(leak, support))[0])
    assert delivery.next_at is not None
    assert least < (delivery.next_at - timezone.now()).total_seconds() < most


@pytest.mark.parametrize(
    "where", ["/inner", "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:1/"]
)
def test_redirects_are_not_followed(
    where: str, subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    subscribe()
    receiver.answers = [says(307, Location=where)]
    delivery = try_now(planned(add_comment(leak, support))[0])
    assert delivery.state == DeliveryState.FAILED
    assert delivery.last_error.startswith(
        "It responded 307 with a redirect, which is not followed."
    )
    assert [got.path for got in receiver.got] == ["/hook"]


def test_a_name_that_now_has_a_private_address_gets_nothing(
    subscribe: Subscribe,
    receiver: Receiver,
    leak: ServiceRequest,
    support: User,
    names: Names,
    settings,
) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False
    names(rebinding_example=["93.184.216.34"])
    url = f"https://rebinding.example:{receiver.port}/hook"
    assert webhooks.lookup_error(url) == ""
    subscribe(url=url)
    names(rebinding_example=["127.0.0.1"])
    delivery = try_now(planned(add_comment(leak, support))[0])
    assert (
        delivery.last_error
        == "rebinding.example resolves to 127.0.0.1, which is not a public address."
    )
    assert receiver.got == []


# --- What is dead, and comes back
# ---------------------------------------------------------------------------------


def test_after_failures_in_a_row_one_is_tried_for_all(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    subscribe()
    receiver.answers = [says(500)]
    rows = [planned(add_comment(leak, support))[0] for _ in range(6)]
    tried = [try_now(row) for row in rows]
    assert len(receiver.got) == circuit_breaker.FAILURES_TO_OPEN
    assert [item.attempts for item in tried] == [1, 1, 1, 0, 0, 0]
    assert tried[-1].last_error == "It waits until the receiver answers again."
    receiver.answers = [says(200)]
    Webhook.objects.update(retry_at=timezone.now())
    assert {try_now(item).state for item in tried} == {DeliveryState.SENT}


def test_nothing_is_lost_over_a_pause(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User, manager: User
) -> None:
    webhook, _ = subscribe()
    webhooks.pause(webhook.pk, actor=Actor(manager))
    waiting = [try_now(planned(add_comment(leak, support, notes))[0]) for notes in ("One", "Two")]
    assert receiver.got == []
    assert [(item.state, item.attempts, item.last_error) for item in waiting] == [
        (DeliveryState.WAITING, 0, "The webhook is paused.")
    ] * 2
    webhooks.resume(webhook.pk, actor=Actor(manager))
    assert deliveries.sweep() == 2
    for item in waiting:
        deliveries.deliver.call(item.pk)
    assert [read(got)["update"]["notes"] for got in receiver.got] == ["One", "Two"]


def test_what_has_waited_too_long_is_not_sent_and_says_so(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User, manager: User
) -> None:
    webhook, _ = subscribe()
    webhooks.pause(webhook.pk, actor=Actor(manager))
    (delivery,) = planned(add_comment(leak, support))
    delivery = try_now(delivery)
    assert delivery.next_at == delivery.created_at + dt.timedelta(days=3)
    Delivery.objects.update(created_at=timezone.now() - dt.timedelta(days=3))
    delivery = try_now(delivery)
    assert (delivery.state, delivery.why) == (DeliveryState.SKIPPED, "The message waited too long.")
    webhooks.resume(webhook.pk, actor=Actor(manager))
    assert receiver.got == []


def test_a_receiver_that_returns_410_is_paused_at_once_and_can_be_resumed(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User, manager: User
) -> None:
    webhook, _ = subscribe()
    receiver.answers = [says(410), says(200)]
    delivery = try_now(planned(add_comment(leak, support))[0])
    webhook.refresh_from_db()
    assert (webhook.state, webhook.state_reason) == (
        WebhookState.DEAD,
        "It responded 410: the receiver was removed.",
    )
    assert (delivery.state, delivery.last_error) == (
        DeliveryState.WAITING,
        "It responded 410: the receiver was removed.",
    )
    webhooks.resume(webhook.pk, actor=Actor(manager))
    assert try_now(delivery).state == DeliveryState.SENT


def test_one_that_fails_for_a_day_is_paused(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User
) -> None:
    webhook, _ = subscribe()
    receiver.answers = [says(500)]
    delivery = try_now(planned(add_comment(leak, support))[0])
    Webhook.objects.update(failing_since=timezone.now() - dt.timedelta(days=1))
    delivery = try_now(delivery)
    webhook.refresh_from_db()
    assert (webhook.state, webhook.state_reason) == (
        WebhookState.DEAD,
        "Nothing has arrived for a day. It responded 500.",
    )
    delivery = try_now(delivery)
    assert (delivery.attempts, delivery.last_error) == (2, "The webhook is paused.")
    assert len(receiver.got) == 2


def test_a_secret_that_another_key_has_sealed_pauses_it_with_the_reason(
    subscribe: Subscribe, receiver: Receiver, leak: ServiceRequest, support: User, settings
) -> None:
    webhook, _ = subscribe()
    settings.SECRET_KEY = "another" * 8
    delivery = try_now(planned(add_comment(leak, support))[0])
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.DEAD
    assert "Rotate it." in webhook.state_reason
    assert (delivery.state, receiver.got) == (DeliveryState.WAITING, [])


# --- Tests
# --------------------------------------------------------------------------------------------------


def test_a_test_reaches_one_that_is_paused_too(
    subscribe: Subscribe, receiver: Receiver, manager: User
) -> None:
    webhook, secret = subscribe(events=[Event.CREATED])
    webhooks.pause(webhook.pk, actor=Actor(manager))
    delivery = webhooks.test(webhook.pk, actor=Actor(manager))
    assert try_now(delivery).state == DeliveryState.SENT
    assert verify(secret, receiver.got[0])["event"] == "webhook.test"
    assert receiver.got[0].body == TEST_BODY


def test_a_failed_test_is_shown_at_once_and_not_counted(
    subscribe: Subscribe, receiver: Receiver, manager: User
) -> None:
    webhook, _ = subscribe()
    receiver.answers = [says(500, b"Oops")]
    delivery = try_now(webhooks.test(webhook.pk, actor=Actor(manager)))
    assert (delivery.state, delivery.last_error) == (
        DeliveryState.GIVEN_UP,
        "It responded 500: Oops",
    )
    webhook.refresh_from_db()
    assert webhook.failures == 0


def test_no_log_contains_a_secret(
    subscribe: Subscribe,
    receiver: Receiver,
    leak: ServiceRequest,
    support: User,
    manager: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook, first = subscribe()
    _, second = webhooks.rotate_secret(webhook.pk, actor=Actor(manager))
    receiver.answers = [says(500), how.babbles, says(200)]
    delivery = planned(add_comment(leak, support))[0]
    for _ in range(3):
        delivery = try_now(delivery)
    assert delivery.state == DeliveryState.SENT
    for secret in (first, second):
        assert secret.removeprefix("whsec_") not in caplog.text + repr(
            list(Delivery.objects.values())
        )
