"""Subscriptions to reports: each whole week or month is mailed once, to those who may read it."""

import datetime as dt
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid, NotAllowed, NotFound, PermissionRequired
from gasutil.models import Delivery, ReportSubscription, ServiceRequest, Team, User
from gasutil.notify import deliveries
from gasutil.reports.catalogue import REPORTS_BY_NAME
from gasutil.reports.csv_file import csv_of
from gasutil.reports.tables import ReportQuery, zone
from gasutil.workflow import requests
from gasutil.workflow.report_subscriptions import end_subscription, subscribe_to_report
from tests.support.worker import run_worker

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
VOLUME = REPORTS_BY_NAME["volume"]
WEEK, MONTH = ("2026-11-16", "2026-11-23"), ("2026-10-01", "2026-11-01")


@pytest.fixture
def subscription(manager: User) -> ReportSubscription:
    return subscribe_to_report(actor=Actor(manager), report="volume", frequency="monthly")


@pytest.fixture
def october(customer: User) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer),
        request_type="new_connection",
        description="x",
        now=dt.datetime(2026, 10, 12, 12, tzinfo=dt.UTC),
    )


def send(now: dt.datetime = NOW) -> int:
    number = deliveries.send_reports(now)
    run_worker()
    return number


def test_the_last_whole_month_is_mailed(
    subscription: ReportSubscription,
    october: ServiceRequest,
    manager: User,
    mailoutbox: list[EmailMessage],
) -> None:
    assert send() == 1
    [mail] = [mail for mail in mailoutbox if mail.attachments]
    assert mail.to == [manager.email]
    assert mail.subject == "Volume, 1 Oct 2026 \N{EN DASH} 31 Oct 2026"
    assert "Opened: 1 (0 before)" in mail.body
    assert "/admin/reports/volume/?from=2026-10-01&to=2026-11-01" in mail.body
    [(name, content, kind)] = mail.attachments
    assert (name, kind) == ("volume-2026-10-01-2026-11-01.csv", "text/csv")
    start, end = map(dt.date.fromisoformat, MONTH)
    question = ReportQuery(start=start, end=end, now=timezone.now())
    assert content == csv_of(VOLUME, VOLUME.read(question))


@pytest.mark.parametrize("name", REPORTS_BY_NAME)
def test_every_report_can_be_mailed(
    name: str, manager: User, mailoutbox: list[EmailMessage]
) -> None:
    subscribe_to_report(actor=Actor(manager), report=name, frequency="weekly")
    send()
    [mail] = mailoutbox
    assert mail.attachments[0][0] == f"{name}-{WEEK[0]}-{WEEK[1]}.csv"


def test_a_period_is_mailed_once(
    subscription: ReportSubscription, mailoutbox: list[EmailMessage]
) -> None:
    later = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
    assert [send(), send(), send(NOW + dt.timedelta(days=1)), send(later)] == [1, 0, 0, 1]
    assert [mail.subject for mail in mailoutbox] == [
        "Volume, 1 Oct 2026 \N{EN DASH} 31 Oct 2026",
        "Volume, 1 Nov 2026 \N{EN DASH} 30 Nov 2026",
    ]


def test_a_month_ends_at_midnight_of_the_operator(
    subscription: ReportSubscription, mailoutbox: list[EmailMessage]
) -> None:
    midnight = dt.datetime(2026, 12, 1, tzinfo=zone())
    send(midnight - dt.timedelta(seconds=1))
    send(midnight)
    assert [mail.subject.split(",")[1].split()[1] for mail in mailoutbox] == ["Oct", "Nov"]


def test_filters_are_those_of_the_subscription(
    manager: User, october: ServiceRequest, mailoutbox: list[EmailMessage]
) -> None:
    team = Team.objects.create(name="North")
    subscribe_to_report(
        actor=Actor(manager),
        report="volume",
        frequency="monthly",
        request_type="new_connection",
        team=team.pk,
    )
    send()
    [mail] = [mail for mail in mailoutbox if mail.attachments]
    assert "Opened: 0 (0 before)" in mail.body
    assert "New connection, North" in mail.body
    assert f"&request_type=new_connection&team={team.pk}" in mail.body


@pytest.mark.parametrize("change", ["deactivated", "demoted", "withdrawn"])
@pytest.mark.parametrize("is_planned", [False, True])
def test_who_may_not_read_reports_gets_none(
    change: str,
    is_planned: bool,
    subscription: ReportSubscription,
    manager: User,
    mailoutbox: list[EmailMessage],
) -> None:
    if is_planned:
        deliveries.send_reports(NOW)
    match change:
        case "deactivated":
            User.objects.filter(pk=manager.pk).update(is_active=False)
        case "demoted":
            manager.groups.clear()
        case "withdrawn":
            User.objects.filter(pk=manager.pk).update(is_approved=False)
    assert send() == 0
    assert mailoutbox == []
    states = list(Delivery.objects.values_list("state", flat=True))
    assert states == (["skipped"] if is_planned else [])


def test_a_subscription_that_ended_is_not_sent(
    subscription: ReportSubscription, manager: User, mailoutbox: list[EmailMessage]
) -> None:
    deliveries.send_reports(NOW)
    end_subscription(subscription.pk, actor=Actor(manager))
    assert send() == 0
    assert mailoutbox == []
    assert Delivery.objects.get().last_error == "not_needed"


def test_what_is_subscribed_to_must_exist(manager: User) -> None:
    wrong = {"report": "x", "frequency": "daily", "request_type": "x", "team": 9}
    with pytest.raises(Invalid) as error:
        subscribe_to_report(actor=Actor(manager), **wrong)  # type: ignore[arg-type]
    assert [problem.field for problem in error.value.errors] == [*wrong]


def test_one_subscribes_once_for_oneself_as_a_manager(
    subscription: ReportSubscription, manager: User, support: User, customer: User
) -> None:
    asked: dict[str, Any] = {"report": "volume", "frequency": "monthly"}
    with pytest.raises(Conflict):
        subscribe_to_report(actor=Actor(manager), **asked)
    with pytest.raises(PermissionRequired):
        subscribe_to_report(actor=Actor(support), **asked)
    with pytest.raises(NotAllowed):
        subscribe_to_report(actor=Actor(customer), **asked)
    with pytest.raises(NotFound):
        end_subscription(subscription.pk, actor=Actor(support))


def test_subscriptions_have_a_limit(manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gasutil.workflow.report_subscriptions.MAX_SUBSCRIPTIONS", 1)
    subscribe_to_report(actor=Actor(manager), report="volume", frequency="monthly")
    with pytest.raises(Conflict):
        subscribe_to_report(actor=Actor(manager), report="volume", frequency="weekly")
