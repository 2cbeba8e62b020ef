"""What happens when a milestone passes unmet, and what makes sure that it does."""

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.models import Channel, Event, Heartbeat, Priority, RequestUpdate, ServiceRequest, User
from gasutil.models.heartbeats import ESCALATION
from gasutil.workflow import engine, escalation, requests

MINUTE = dt.timedelta(minutes=1)
LATE = 6 * MINUTE


def rows(obj: ServiceRequest) -> list[RequestUpdate]:
    return list(RequestUpdate.objects.filter(id=obj.pk, event=Event.ESCALATED).order_by("history_id"))


def priority(obj: ServiceRequest) -> str:
    return ServiceRequest.objects.get(pk=obj.pk).priority


def file_late(customer: User, kind: str = "gas_leak_inspection", ago: dt.timedelta = LATE) -> ServiceRequest:
    now = dt.datetime.now(dt.UTC) - ago
    return requests.submit(actor=Actor(customer, Channel.API), request_type=kind, description="x", now=now)


def test_it_leaves_an_internal_row_of_the_systems(leak: ServiceRequest) -> None:
    now = leak.created_at + LATE
    assert engine.escalate(leak.pk, now) == 1
    (row,) = rows(leak)
    assert (row.subject, row.is_internal, row.history_user, row.channel, row.history_date) == ("acknowledged", True, None, "system", now)
    assert row.notes.startswith("Acknowledged was due at ")


def test_it_tells_each_step_once(leak: ServiceRequest) -> None:
    assert engine.escalate(leak.pk, leak.created_at + 4 * MINUTE) == 0
    assert engine.escalate(leak.pk, leak.created_at + LATE) == 1
    assert engine.escalate(leak.pk, leak.created_at + LATE) == 0
    assert engine.escalate(leak.pk, leak.created_at + 121 * MINUTE) == 3
    assert [row.subject for row in rows(leak)] == ["acknowledged", "acknowledged", "on_site", "made_safe"]


def test_it_tells_again_until_somebody_acknowledges(leak: ServiceRequest, support: User) -> None:
    again = settings.ESCALATE_AGAIN_EMERGENCY * MINUTE
    at = leak.created_at + LATE
    for _ in range(3):
        assert engine.escalate(leak.pk, at) == 1
        assert engine.escalate(leak.pk, at + again - MINUTE) == 0
        at += again
    assert "told 3 times" in rows(leak)[-1].notes
    requests.comment(leak.pk, actor=Actor(support), notes="On it", now=at)
    assert engine.escalate(leak.pk, at + again) == 0


def test_what_is_no_emergency_is_told_again_less_often(connection: ServiceRequest) -> None:
    (first, *_) = deadlines.milestones_of(connection)
    assert engine.escalate(connection.pk, first.due_at + MINUTE) == 1
    again = deadlines.milestones_of(ServiceRequest.objects.get(pk=connection.pk))[0].escalate_at
    assert again == first.due_at + MINUTE + settings.ESCALATE_AGAIN * MINUTE


def test_it_raises_the_priority_but_makes_no_emergency(customer: User, connection: ServiceRequest, leak: ServiceRequest) -> None:
    at = deadlines.milestones_of(connection)[0].due_at
    seen = [priority(connection)]
    for number in range(1, 4):
        engine.escalate(connection.pk, at + number * (settings.ESCALATE_AGAIN + 1) * MINUTE)
        seen.append(priority(connection))
    assert (seen[0], seen[-1]) == (Priority.NORMAL, Priority.HIGH)
    engine.escalate(leak.pk, leak.created_at + LATE)
    assert priority(leak) == Priority.EMERGENCY


@pytest.mark.parametrize("how", ["met", "held", "closed"])
def test_it_leaves_alone_what_does_not_run(how: str, connection: ServiceRequest, support: User) -> None:
    actor = Actor(support)
    {"met": requests.start, "held": requests.hold, "closed": requests.cancel}[how](connection.pk, actor=actor)
    assert engine.escalate(connection.pk, deadlines.milestones_of(connection)[0].due_at + MINUTE) == 0


def test_customers_never_see_it(leak: ServiceRequest, customer: User, api) -> None:
    engine.escalate(leak.pk, leak.created_at + LATE)
    updates = api(customer).get(f"requests/{leak.pk}/").json()["updates"]
    assert len(updates) == 1


def test_an_alarm_is_queued_for_the_very_moment(leak: ServiceRequest) -> None:
    task = DBTaskResult.objects.get(queue_name="escalation")
    assert (task.run_after, task.args_kwargs["args"]) == (leak.created_at + 5 * MINUTE, [leak.pk])


@pytest.mark.django_db(transaction=True)
def test_a_worker_tells_those_who_answer_for_it(customer: User, manager: User, support: User) -> None:
    obj = file_late(customer)
    call_command("worker", batch=True)
    assert len(rows(obj)) == 1
    (message,) = mail.outbox
    assert message.to == [manager.email]
    assert message.subject == f"{obj.reference}: Gas leak or smell of gas is late"
    assert f"/admin/gasutil/servicerequest/{obj.pk}/change/" in message.body


@pytest.mark.django_db(transaction=True)
def test_where_nobody_answers_for_it_administrators_are_told(customer: User, support: User) -> None:
    root = User.objects.create_superuser("root", "root@example.com", "x")
    file_late(customer)
    call_command("worker", batch=True)
    assert [message.to for message in mail.outbox] == [[root.email]]


@pytest.mark.django_db(transaction=True)
def test_whoever_is_given_the_permission_is_told(customer: User, support: User) -> None:
    support.user_permissions.add(Permission.objects.get(codename="receive_escalations"))
    file_late(customer)
    call_command("worker", batch=True)
    assert [message.to for message in mail.outbox] == [[support.email]]


def test_a_sweep_finds_what_no_alarm_has_rung_for(customer: User, connection: ServiceRequest) -> None:
    late = [file_late(customer) for _ in range(3)]
    DBTaskResult.objects.all().delete()
    assert escalation.sweep() == 3
    assert [len(rows(obj)) for obj in late] == [1, 1, 1]
    assert rows(connection) == []
    assert escalation.sweep() == 0


def test_one_that_can_not_be_escalated_keeps_no_other_from_it_but_there_is_no_sign_of_life(
    customer: User, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = file_late(customer, ago=2 * LATE), file_late(customer)
    ServiceRequest.objects.filter(pk=broken.pk).update(milestones=[{"name": "nonsense"}])
    assert escalation.sweep() == 1
    assert len(rows(sound)) == 1
    assert not Heartbeat.objects.filter(name=ESCALATION).exists()
    assert f"Request {broken.pk} could not be escalated" in caplog.text


def test_a_sweep_is_a_sign_of_life(db: None) -> None:
    assert not escalation.is_alive()
    escalation.sweep()
    assert escalation.is_alive()
