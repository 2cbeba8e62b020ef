from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from gasutil.access import Actor
from gasutil.management.commands import load_demo
from gasutil.models import Channel, Event, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.conftest import PASSWORD

COUNT = 60


@pytest.fixture
def demo(catalogue: None, monkeypatch: pytest.MonkeyPatch) -> User:
    """The demonstration data, a part of it, and a representative of it."""
    monkeypatch.setattr(load_demo, "COUNT", COUNT)
    User.objects.create_superuser("admin", "admin@example.com", PASSWORD)
    call_command("load_demo", password=PASSWORD, stdout=StringIO())
    return User.objects.get(username="arjun.nair")


def test_it_makes_every_history_by_the_verbs(demo: User) -> None:
    assert ServiceRequest.objects.count() == COUNT
    assert RequestUpdate.objects.filter(event=Event.CREATED).values("id").distinct().count() == COUNT
    assert not RequestUpdate.objects.filter(history_user=None).exists()
    assert set(RequestUpdate.objects.values_list("channel", flat=True)) == {Channel.API, Channel.CONSOLE}
    assert set(ServiceRequest.objects.values_list("status", flat=True)) == set(Status)


def test_it_lives_through_the_days_in_order(demo: User) -> None:
    dates = list(RequestUpdate.objects.order_by("history_id").values_list("history_date", flat=True))
    assert dates == sorted(dates)


def test_it_leaves_the_first_request_open_for_the_readme(demo: User) -> None:
    update = requests.record(
        actor=Actor(demo), service_request=ServiceRequest.objects.earliest("pk").pk, status=Status.RESOLVED, notes="Done."
    )
    assert update.event == Event.STATUS_CHANGED


def test_it_makes_people_who_can_log_in_and_mails_nobody(demo: User) -> None:
    assert demo.check_password(PASSWORD)
    assert demo.is_approved
    assert not User.objects.get(username="sneha.kulkarni").is_approved
    assert DBTaskResult.objects.count() == 0


def test_it_refuses_an_installation_that_is_in_use(demo: User) -> None:
    with pytest.raises(CommandError, match="empty installation"):
        call_command("load_demo", password=PASSWORD)
