"""Mails and webhooks by real workers, to a real mail server and receiver.

There are two workers, or one that is killed.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import Delivery, DeliveryChannel, Event, ServiceRequest, User, Worker
from gasutil.notify import deliveries
from gasutil.workflow import requests, webhooks
from tests.support import webhook_receiver as stranger
from tests.support.concurrency import at_once
from tests.support.mail_receiver import Receiver, listening
from tests.support.notices import let_time_pass, notified, now_of
from tests.support.processes import Process, free_port, kill
from tests.support.servers import Server, on_the_tests_database
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
Start = Callable[..., "Process[bytes]"]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def receiver(port: int) -> Iterator[Receiver]:
    server = Receiver()
    with listening(server, port):
        yield server


@pytest.fixture
def hook(manager: User, settings: Any) -> Iterator[stranger.Receiver]:
    """A receiver of webhooks that hangs at the first delivery."""
    settings.WEBHOOK_ALLOW_PRIVATE = True
    server = stranger.Receiver()
    server.answers = [stranger.hangs, stranger.says(200)]
    webhooks.subscribe(
        actor=Actor(manager),
        name="Dispatch",
        url=server.url,
        events=[Event.COMMENTED],
        with_internal=False,
    )
    yield server
    server.stop()


@pytest.fixture
def start(port: int) -> Iterator[Start]:
    """Return `start()`, which starts a worker of all queues or of one.

    Each is killed in the end.
    """
    mail = f"smtp://127.0.0.1:{port}"
    server = Server(on_the_tests_database(EMAIL_URL=mail, WEBHOOK_ALLOW_PRIVATE="yes"))

    def start(queue: str = "") -> "Process[bytes]":
        process = server.start_worker("--interval", "0.1", *(["--queue", queue] if queue else []))
        wait_for(lambda: Worker.objects.filter(place__endswith=f"process {process.pid}").exists())
        return process

    yield start
    server.kill()


@pytest.fixture
def delivery(leak: ServiceRequest) -> Delivery:
    notified(leak)
    return Delivery.objects.get()


def test_one_of_two_workers_mails_a_change(
    leak: ServiceRequest, receiver: Receiver, start: Start
) -> None:
    start(), start()
    wait_for(lambda: receiver.mails)
    wait_for(lambda: Delivery.objects.filter(state="sent").exists())
    assert [mail["Subject"] for mail in receiver.mails] == [
        f"{leak.reference}: we have your request"
    ]


def test_two_at_once_send_it_once(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    known = deliveries.CHANNELS["mail"]
    monkeypatch.setattr(
        deliveries,
        "CHANNELS",
        {"mail": type(known)(plan=known.plan, send=lambda item: sent.append(item.pk), pauses=[])},
    )
    answers = at_once(*[partial(deliveries.deliver.func, delivery.pk)] * 4)
    assert sorted(answers) == ["not due", "not due", "not due", "sent"]
    assert sent == [delivery.pk]


def test_two_at_once_plan_it_once(leak: ServiceRequest) -> None:
    update = ServiceRequest.history.get(id=leak.pk)
    at_once(*[partial(deliveries.plan_notifications.func, [update.pk])] * 4)
    assert Delivery.objects.count() == 1


def test_a_mail_of_a_worker_that_was_killed_before_sending_is_sent_after_its_lease(
    delivery: Delivery, receiver: Receiver, start: Start
) -> None:
    receiver.hangs_at = "RCPT"
    worker = start()
    assert receiver.is_hanging.wait(20)
    kill(worker)
    receiver.hangs_at = ""
    held = now_of(delivery)
    assert (held.state, held.attempts, receiver.mails) == ("waiting", 1, [])
    assert held.next_at > timezone.now()  # the lease: no one else takes it before
    let_time_pass(delivery)
    start()
    wait_for(lambda: now_of(delivery).state == "sent")
    assert [mail["Message-ID"] for mail in receiver.mails] == [f"<{delivery.key}.1@localhost>"]


def test_a_worker_that_is_killed_after_that_sends_the_same_message_again(
    delivery: Delivery, receiver: Receiver, start: Start
) -> None:
    receiver.hangs_at = "DATA"
    worker = start()
    assert receiver.is_hanging.wait(20)
    kill(worker)
    receiver.hangs_at = ""
    let_time_pass(delivery)
    start()
    wait_for(lambda: now_of(delivery).state == "sent")
    assert [mail["Message-ID"] for mail in receiver.mails] == [f"<{delivery.key}.1@localhost>"] * 2


def test_a_post_of_a_worker_that_was_killed_is_repeated_with_the_same_id(
    leak: ServiceRequest, support: User, hook: stranger.Receiver, receiver: Receiver, start: Start
) -> None:
    requests.comment(leak.pk, actor=Actor(support), notes="On our way")
    worker = start()
    wait_for(lambda: hook.got)
    kill(worker)
    held = Delivery.objects.get(channel=DeliveryChannel.WEBHOOK)
    assert (held.state, held.attempts) == ("waiting", 1)
    let_time_pass(held)
    start()
    wait_for(lambda: now_of(held).state == "sent")
    first, second = hook.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_receiver_that_hangs_holds_up_no_mail(
    connection: ServiceRequest,
    support: User,
    hook: stranger.Receiver,
    receiver: Receiver,
    start: Start,
) -> None:
    requests.comment(connection.pk, actor=Actor(support), notes="On our way")
    start("webhooks"), start("default")
    wait_for(lambda: hook.got)
    requests.resolve(connection.pk, actor=Actor(support), notes="Made safe and tested")
    wait_for(lambda: any("resolved" in mail["Subject"] for mail in receiver.mails))
    assert (
        Delivery.objects.filter(channel=DeliveryChannel.WEBHOOK, state="sent").count() == 0
    )  # it still hangs
