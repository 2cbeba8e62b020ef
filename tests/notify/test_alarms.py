"""An alarm's mail at a real mail server that rejects it.

It is tried again, sent to the next person, and seen from outside.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone

from gasutil import health
from gasutil.access import Actor
from gasutil.models import Delivery, DeliveryState, Notice, ServiceRequest, User
from gasutil.notify import alarms, deliveries
from gasutil.workflow import engine, requests
from tests.support.mail_receiver import Receiver
from tests.support.notices import let_time_pass, now_of, rows

REFUSALS = ["550 5.1.1 No such user", "550 5.7.1 Blocked", "451 4.3.0 Try later"]


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("chief", email="chief@example.com", password=None)


def escalated(leak: ServiceRequest) -> list[Delivery]:
    """Escalate a leak and plan its mails."""
    engine.escalate(leak.pk, leak.respond_by)
    deliveries.plan_notifications.func([rows(leak)[-1].pk])
    return list(Delivery.objects.filter(notice=Notice.ESCALATED).order_by("pk"))


def _acknowledge(leak: ServiceRequest, support: User) -> None:
    requests.assign(leak.pk, assigned_to=support.pk, actor=Actor(support))


def try_all() -> None:
    """Try each waiting delivery of an alarm once, also those that are planned during this."""
    tried: set[int] = set()
    while (
        pks := set(
            Delivery.objects.filter(notice__in=alarms.ALARMS, next_at__isnull=False).values_list(
                "pk", flat=True
            )
        )
        - tried
    ):
        for pk in pks:
            let_time_pass(Delivery(pk=pk))
            deliveries.deliver.func(pk)
        tried |= pks


@pytest.mark.parametrize("answer", REFUSALS)
def test_an_alarm_is_retried_whatever_the_server_says(
    answer: str, leak: ServiceRequest, manager: User, receiver: Receiver
) -> None:
    receiver.to_recipient = answer
    (item,) = escalated(leak)
    for _ in range(20):
        let_time_pass(item)
        assert deliveries.deliver.func(item.pk) == "failed"
    assert now_of(item).next_at is not None
    receiver.to_recipient = "250 OK"
    let_time_pass(item)
    assert (deliveries.deliver.func(item.pk), len(receiver.mails)) == ("sent", 1)


def test_an_acknowledged_alarm_is_not_retried(
    leak: ServiceRequest, manager: User, support: User, receiver: Receiver
) -> None:
    receiver.to_recipient = "550 5.1.1 No such user"
    (item,) = escalated(leak)
    deliveries.deliver.func(item.pk)
    _acknowledge(leak, support)
    let_time_pass(item)
    assert (deliveries.deliver.func(item.pk), now_of(item).last_error) == ("skipped", "not_needed")


def test_a_newer_escalation_takes_the_place_of_a_failed_one(
    leak: ServiceRequest, manager: User, receiver: Receiver
) -> None:
    receiver.to_recipient = "550 5.1.1 No such user"
    (item,) = escalated(leak)
    deliveries.deliver.func(item.pk)
    leak.refresh_from_db()
    engine.escalate(leak.pk, leak.escalate_at)
    deliveries.plan_notifications.func([rows(leak)[-1].pk])
    let_time_pass(item)
    assert (deliveries.deliver.func(item.pk), now_of(item).last_error) == ("skipped", "repeated")
    try_all()
    assert alarms.late_counts(timezone.now())["unheard"] == 1


def test_the_notice_of_a_cancelled_emergency_is_retried(
    leak: ServiceRequest, manager: User, receiver: Receiver
) -> None:
    receiver.to_recipient = "550 5.1.1 No such user"
    requests.cancel(leak.pk, actor=Actor(manager), notes="Reported twice.")
    deliveries.plan_notifications.func([row.pk for row in rows(leak)])
    delivery = Delivery.objects.get(notice=Notice.EMERGENCY_ENDED)
    assert deliveries.deliver.func(delivery.pk) == "failed"


@pytest.mark.parametrize("answer", REFUSALS)
def test_the_next_person_is_notified_when_one_fails(
    answer: str, leak: ServiceRequest, manager: User, administrator: User, receiver: Receiver
) -> None:
    receiver.to_recipient = answer
    (item,) = escalated(leak)
    deliveries.deliver.func(item.pk)
    other = Delivery.objects.get(notice=Notice.ESCALATED, user=administrator)
    receiver.to_recipient = "250 OK"
    assert deliveries.deliver.func(other.pk) == "sent"
    assert alarms.late_counts(timezone.now())["unheard"] == 0


def test_the_next_person_is_notified_when_a_supervisor_has_left(
    leak: ServiceRequest, manager: User, administrator: User, receiver: Receiver
) -> None:
    (item,) = escalated(leak)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert deliveries.deliver.func(item.pk) == "skipped"
    assert Delivery.objects.filter(
        notice=Notice.ESCALATED, user=administrator, state=DeliveryState.WAITING
    ).exists()


def test_essential_notices_cannot_be_muted(
    leak: ServiceRequest, manager: User, receiver: Receiver
) -> None:
    User.objects.filter(pk=manager.pk).update(muted_notices=[Notice.ESCALATED])
    (item,) = escalated(leak)
    assert deliveries.deliver.func(item.pk) == "sent"


# --- Seen from outside
# ----------------------------------------------------------------------------------------------
def test_health_reports_alarms_that_no_one_received(
    leak: ServiceRequest, manager: User, receiver: Receiver, django_assert_num_queries: Any
) -> None:
    receiver.to_recipient = "550 5.1.1 No such user"
    assert health.check_mail()
    escalated(leak)
    deliveries.plan_notifications.func([row.pk for row in rows(leak)])
    for delivery in Delivery.objects.all():
        deliveries.deliver.func(delivery.pk)
    answer = Client().get("/health/")
    assert (answer.status_code, answer.json()["mail"]) == (503, "down")
    mails = answer.json()["mails"]
    assert (
        mails["given_up"],
        mails["alarms_retried"],
        mails["alarms_unheard"],
        mails["alarm_recipients"],
    ) == (1, 1, 1, "ok")
    with django_assert_num_queries(1):
        alarms.late_counts(timezone.now())
    receiver.to_recipient = "250 OK"
    try_all()
    assert Client().get("/health/").json()["mail"] == "ok"


def test_mail_is_down_when_one_waits_for_long_after_its_time(delivery: Delivery) -> None:
    Delivery.objects.update(next_at=timezone.now() - alarms.MAX_MAIL_DELAY)
    assert not health.check_mail()


def test_every_page_of_the_console_warns(
    leak: ServiceRequest, manager: User, support: User, receiver: Receiver
) -> None:
    receiver.to_recipient = "550 5.1.1 No such user"
    client = Client()
    client.force_login(support, backend="gasutil.identity.backend.ThrottledBackend")
    pages = ["/admin/", "/admin/gasutil/servicerequest/"]
    assert not any("reached no one" in client.get(page).content.decode() for page in pages)
    escalated(leak)
    try_all()
    assert all("reached no one" in client.get(page).content.decode() for page in pages)
    _acknowledge(leak, support)
    try_all()
    assert not any("reached no one" in client.get(page).content.decode() for page in pages)


def _no_address(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="")


def _left(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("lose", [_no_address, _left])
def test_an_installation_without_a_recipient_says_so(
    lose: Callable[[User], None], manager: User, support: User
) -> None:
    def said() -> list[Any]:
        client = Client()
        client.force_login(support, backend="gasutil.identity.backend.ThrottledBackend")
        page = client.get("/admin/gasutil/servicerequest/").content.decode()
        checked = [check.id for check in run_checks() if check.id == "gasutil.W001"]
        return [
            checked,
            "Escalations reach no one" in page,
            Client().get("/health/").json()["mails"]["alarm_recipients"],
        ]

    assert said() == [[], False, "ok"]
    lose(manager)
    assert said() == [["gasutil.W001"], True, "none"]
