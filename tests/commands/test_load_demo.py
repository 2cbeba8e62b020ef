import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gasutil import deadlines, duplicates
from gasutil.access import Actor
from gasutil.dynamic_forms import check
from gasutil.management.commands import load_demo
from gasutil.management.demo_scenarios import dated
from gasutil.models import Channel, Event, RequestType, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import escalation, requests
from project.settings import BASE_DIR
from tests.support.people import PASSWORD

pytestmark = pytest.mark.sweep

REQUEST_COUNT = 60


@pytest.fixture
def demo(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    """A part of the demonstration data, and one of its representatives."""
    monkeypatch.setattr(load_demo, "REQUEST_COUNT", REQUEST_COUNT)
    User.objects.create_superuser("admin", "admin@example.com", PASSWORD)
    call_command("load_demo", password=PASSWORD, stdout=StringIO())
    return User.objects.get(username="arjun.nair")


def test_it_makes_every_history_by_the_verbs(demo: User) -> None:
    assert ServiceRequest.objects.count() == REQUEST_COUNT
    assert (
        RequestUpdate.objects.filter(event=Event.CREATED).values("id").distinct().count()
        == REQUEST_COUNT
    )
    assert set(RequestUpdate.objects.filter(history_user=None).values_list("channel", "event")) == {
        (Channel.SYSTEM, Event.ESCALATED),
        (Channel.INTEGRATION, Event.MILESTONE),
    }
    assert set(RequestUpdate.objects.values_list("channel", flat=True)) == set(Channel)
    assert set(ServiceRequest.objects.values_list("status", flat=True)) == set(Status)


def test_its_events_are_in_order(demo: User) -> None:
    dates = list(
        RequestUpdate.objects.order_by("history_id").values_list("history_date", flat=True)
    )
    assert dates == sorted(dates)


def test_it_leaves_the_first_request_open_for_the_readme(demo: User) -> None:
    update = requests.record(
        actor=Actor(demo),
        service_request=ServiceRequest.objects.earliest("pk").pk,
        status=Status.RESOLVED,
        notes="Done.",
    )
    assert update.event == Event.STATUS_CHANGED


def test_it_makes_users_who_can_log_in_and_sends_no_mail(demo: User) -> None:
    assert demo.check_password(PASSWORD)
    assert demo.is_approved
    assert not User.objects.get(username="sneha.kulkarni").is_approved
    assert not DBTaskResult.objects.exclude(queue_name="escalation").exists()


def test_its_clocks_are_consistent(demo: User) -> None:
    escalated = set(
        RequestUpdate.objects.filter(event=Event.ESCALATED).values_list("id", flat=True)
    )
    unanswered = [
        obj for obj in ServiceRequest.objects.filter(is_open=True) if waits_for_an_answer(obj)
    ]
    assert len(escalated) >= 2
    assert [obj.request_type_id for obj in unanswered] == ["no_supply"]
    assert (
        1
        <= deadlines.only_overdue(ServiceRequest.objects.all(), wanted=True).count()
        <= REQUEST_COUNT // 10
    )
    assert set(
        RequestUpdate.objects.filter(event=Event.MILESTONE).values_list("subject", flat=True)
    ) >= {
        "on_site",
        "made_safe",
        "acknowledged",
    }


def waits_for_an_answer(obj: ServiceRequest) -> bool:
    return any(
        milestone.is_running and milestone.escalations and milestone.escalate_at
        for milestone in deadlines.milestones_of(obj)
    )


def test_no_alarm_is_due_at_once_and_later_ones_are_set(demo: User) -> None:
    assert escalation.missed_alarms(timezone.now()) == []
    assert not DBTaskResult.objects.ready().exists()
    alarms = ServiceRequest.objects.filter(escalate_at__isnull=False)
    queued = {(task.args_kwargs["args"][0], task.run_after) for task in DBTaskResult.objects.all()}
    assert queued == set(alarms.values_list("pk", "escalate_at"))
    assert not alarms.filter(is_open=False).exists()


def test_its_newest_are_two_leaks_one_assigned_and_one_new(demo: User) -> None:
    fresh, in_hand = ServiceRequest.objects.order_by("-pk")[:2]
    assert (
        (fresh.request_type_id, fresh.status)
        == (in_hand.request_type_id, Status.PENDING)
        == ("gas_leak_inspection", Status.PENDING)
    )
    assert in_hand.status == Status.IN_PROGRESS
    assert duplicates.likely(Actor(demo), fresh) == [in_hand]
    met = {milestone.name for milestone in deadlines.milestones_of(in_hand) if milestone.met_at}
    assert met == {"acknowledged", "on_site"}


@pytest.mark.parametrize("age", [0, 1, 40, load_demo.HISTORY_DAYS])
def test_every_answer_is_valid_for_its_type(db: None, age: int) -> None:
    stories = json.loads((BASE_DIR / "fixtures" / "demo.json").read_text(encoding="utf-8"))[
        "stories"
    ]
    filed = timezone.now() - dt.timedelta(days=age)
    for request_type in RequestType.objects.all():
        for asked in stories[request_type.code]["asked"]:
            assert check(request_type.form, dated(asked["details"], filed))[1] == [], asked


def test_it_rejects_an_installation_that_is_in_use(demo: User) -> None:
    with pytest.raises(CommandError, match="empty installation"):
        call_command("load_demo", password=PASSWORD)
