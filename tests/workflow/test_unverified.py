"""Reports of emergencies beyond `EMERGENCY_LIMIT`.

All of them are stored, and their groups are paged instead of each of them.
"""

import datetime as dt
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import Delivery, Notice, ReportGroup, RequestUpdate, ServiceRequest, User
from gasutil.models.unverified import place_key
from gasutil.notify import deliveries, report_groups
from gasutil.workflow import engine, requests
from tests.support.outages import AWAY
from tests.support.people import make_user

REPORT_LIMIT = 3
LEAK = {"request_type": "gas_leak_inspection", "description": "It smells of gas"}


@pytest.fixture(autouse=True)
def low_limit(settings: Settings) -> None:
    settings.EMERGENCY_LIMIT = REPORT_LIMIT


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The time of the notices, standing still until a test moves it on."""
    now = [timezone.now().replace(minute=10)]  # groups are of an hour
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    return now


def report(
    customer: User, number: int, address: str = "1 High Street", **given: str
) -> list[ServiceRequest]:
    """Report emergencies, plan their notices, and return them."""
    made = [
        requests.submit(
            actor=Actor(customer),
            request_type="gas_leak_inspection",
            address=address,
            now=timezone.now(),
            **given,
        )
        for _ in range(number)
    ]
    for obj in made:
        deliveries.plan_notifications.func([RequestUpdate.objects.get(id=obj.pk).pk])
    return made


def pages(notice: Notice = Notice.UNVERIFIED_REPORTS) -> list[Any]:
    return list(Delivery.objects.filter(notice=notice).order_by("pk"))


def escalate(objs: list[ServiceRequest]) -> list[ServiceRequest]:
    """Escalate requests that no one has acknowledged.

    Return those whose escalation notifies a supervisor.
    """
    for obj in objs:
        assert engine.escalate(obj.pk, obj.created_at + dt.timedelta(minutes=5)) == 1
        deliveries.plan_notifications.func(
            [RequestUpdate.objects.filter(id=obj.pk).latest("history_id").pk]
        )
    notified = {page.service_request_id for page in pages(Notice.ESCALATED)}
    return [obj for obj in objs if obj.pk in notified]


# --- Which reports
# ------------------------------------------------------------------------------------------------
def test_those_beyond_the_limit_are_created_and_unverified(customer: User, api: Any) -> None:
    answers = [api(customer).post("requests/", LEAK) for _ in range(REPORT_LIMIT + 2)]
    assert [answer.status_code for answer in answers] == [201] * 5
    assert [answer.json()["is_unverified"] for answer in answers] == [False] * REPORT_LIMIT + [
        True
    ] * 2
    assert ReportGroup.objects.get().reports.count() == 2


def test_they_keep_place_clocks_and_safety_text(customer: User, support: User, api: Any) -> None:
    first, *_others, last = [
        api(customer).post("requests/", LEAK).json() for _ in range(REPORT_LIMIT + 1)
    ]
    for name in ("priority", "is_emergency", "safety_instructions", "status"):
        assert first[name] == last[name], name
    assert (bool(last["respond_by"]), bool(last["resolve_by"])) == (True, True)
    listed = api(support).get("requests/?priority=emergency").json()["results"]
    assert {row["id"]: row["is_unverified"] for row in listed}[last["id"]] is True


def test_the_limit_is_of_an_address_whoever_reports(db: None) -> None:
    people = [make_user(f"person{number}") for number in range(REPORT_LIMIT + 1)]
    made = [report(user, 1, address_of_caller="192.0.2.7")[0].is_unverified for user in people]
    assert made == [False] * REPORT_LIMIT + [True]
    assert not report(make_user("elsewhere"), 1, address_of_caller="192.0.2.8")[0].is_unverified


def test_the_limit_is_of_an_account_wherever_it_reports_from(customer: User) -> None:
    made = [
        report(customer, 1, address_of_caller=f"192.0.2.{number}")[0].is_unverified
        for number in range(REPORT_LIMIT + 1)
    ]
    assert made == [False] * REPORT_LIMIT + [True]


def test_zero_is_no_limit(customer: User, settings: Settings) -> None:
    settings.EMERGENCY_LIMIT = 0
    assert not any(obj.is_unverified for obj in report(customer, 30))


def test_nothing_is_unverified_while_the_cache_is_away(customer: User, settings: Settings) -> None:
    settings.CACHES = AWAY
    assert not any(obj.is_unverified for obj in report(customer, REPORT_LIMIT + 3))


def test_reports_that_support_files_are_never_unverified(customer: User, manager: User) -> None:
    given = {
        "customer": customer,
        "request_type": "gas_leak_inspection",
        "address": "1 High Street",
    }
    assert not any(
        requests.submit_for(actor=Actor(manager), **given).is_unverified
        for _ in range(REPORT_LIMIT + 3)
    )


def test_other_requests_are_not_counted(customer: User, api: Any) -> None:
    client = api(customer)
    for _ in range(REPORT_LIMIT + 3):
        answer = client.post("requests/", {"request_type": "new_connection", "description": "x"})
        assert answer.json()["is_unverified"] is False
    assert client.post("requests/", LEAK).json()["is_unverified"] is False


# --- The group
# --------------------------------------------------------------------------------------------------
def test_the_group_is_paged_when_it_starts_and_each_time_it_doubles(
    customer: User, manager: User, clock: list[dt.datetime]
) -> None:
    report(customer, REPORT_LIMIT)
    assert pages() == []
    paged = []
    for number in range(1, 18):
        clock[0] += dt.timedelta(seconds=61)
        before = len(pages())
        report(customer, 1)
        paged += [number] * (len(pages()) - before)
    assert paged == [1, 2, 4, 8, 16]


def test_a_flood_is_paged_once_a_minute_at_most(
    customer: User, manager: User, clock: list[dt.datetime], mailoutbox: list[EmailMessage]
) -> None:
    for _ in range(REPORT_LIMIT + 100):
        report(customer, 1)
    first, second = pages()
    assert (first.next_at, second.next_at) == (clock[0], clock[0] + report_groups.PAGE_PERIOD)
    clock[0] += report_groups.PAGE_PERIOD
    for item in (first, second):
        deliveries.deliver.func(item.pk)
    assert "100 unverified reports of emergencies from one source" in mailoutbox[-1].subject
    assert "Places named: 1." in mailoutbox[-1].body


def test_an_acknowledged_group_is_not_paged_any_more(
    customer: User, manager: User, support: User, clock: list[dt.datetime]
) -> None:
    made = [report(customer, 1)[0] for _ in range(REPORT_LIMIT + 2)]
    requests.assign(made[-1].pk, actor=Actor(support), assigned_to=support.pk)
    clock[0] += dt.timedelta(minutes=2)
    sent, waiting = pages()
    assert deliveries.deliver.func(waiting.pk) == "skipped"
    assert Delivery.objects.get(pk=waiting.pk).last_error == "not_needed"
    report(customer, 20)
    assert [page.pk for page in pages()] == [sent.pk, waiting.pk]


@pytest.mark.parametrize("act", ["resolve", "cancel", "comment"])
def test_what_support_does_acknowledges_it(act: str, customer: User, support: User) -> None:
    obj = report(customer, REPORT_LIMIT + 1)[-1]
    getattr(requests, act)(obj.pk, actor=Actor(support), notes="We know about this.")
    assert ReportGroup.objects.get().acknowledged_at is not None


@pytest.mark.parametrize("who", ["customer", "support"])
def test_what_shows_no_attention_does_not(who: str, customer: User, support: User) -> None:
    obj = report(customer, REPORT_LIMIT + 1)[-1]
    user, is_internal = {"customer": (customer, False), "support": (support, True)}[who]
    requests.comment(obj.pk, actor=Actor(user), notes="A note.", is_internal=is_internal)
    assert ReportGroup.objects.get().acknowledged_at is None


def test_planning_twice_pages_once(customer: User, manager: User) -> None:
    obj = report(customer, REPORT_LIMIT + 1)[-1]
    deliveries.plan_notifications.func([RequestUpdate.objects.get(id=obj.pk).pk])
    assert len(pages()) == 1


def test_groups_are_of_one_source(customer: User, neighbour: User, manager: User) -> None:
    report(customer, REPORT_LIMIT + 1, address_of_caller="192.0.2.7")
    report(neighbour, REPORT_LIMIT + 1, address_of_caller="192.0.2.8")
    assert (ReportGroup.objects.count(), len(pages())) == (2, 2)
    assert "192.0.2" not in str(list(ReportGroup.objects.values()))


# --- Places
# --------------------------------------------------------------------------------------------------
def test_escalations_of_one_place_notify_once(customer: User, manager: User) -> None:
    made = report(customer, REPORT_LIMIT + 10)
    verified, unverified = made[:REPORT_LIMIT], made[REPORT_LIMIT:]
    assert escalate(made) == [*verified, unverified[0]]


def test_a_place_that_no_other_report_names_is_paged_by_itself(
    customer: User, manager: User
) -> None:
    report(customer, REPORT_LIMIT + 4)
    (other,) = report(customer, 1, address="7 Temple Road")
    assert escalate([other]) == [other]


def test_the_next_report_of_a_place_is_paged_when_the_first_is_closed(
    customer: User, manager: User, support: User
) -> None:
    first, second, third = report(customer, REPORT_LIMIT + 3)[REPORT_LIMIT:]
    requests.cancel(first.pk, actor=Actor(support), notes="A prank.")
    assert escalate([second, third]) == [second]


@pytest.mark.parametrize(
    "other",
    [
        "flat 302,  SUNRISE Apartments",
        "Sunrise Apartments, Flat 302",
        "Flat 302\nSunrise Apartments.",
        "Flat \u0969\u0966\u0968 Sunrise\u200b Apartments",
    ],
)
def test_an_address_is_normalised(other: str) -> None:
    assert place_key(other) == place_key("Flat 302, Sunrise Apartments")


@pytest.mark.parametrize(
    "other",
    [
        "Flat 303, Sunrise Apartments",
        "Flat 302, Sunset Apartments",
        "Flat 302 302, Sunrise Apartments",
    ],
)
def test_another_address_is_another_place(other: str) -> None:
    assert place_key(other) != place_key("Flat 302, Sunrise Apartments")


# --- The reporter
# -------------------------------------------------------------------------------------------------
def test_the_reporter_gets_one_mail_a_minute_beyond_the_limit(customer: User) -> None:
    for _ in range(REPORT_LIMIT + 50):
        report(customer, 1)
        for page in pages(Notice.RECEIVED):
            deliveries.deliver.func(page.pk)
    *sent, waiting = pages(Notice.RECEIVED)
    assert (len(sent), waiting.next_at) == (
        REPORT_LIMIT + 1,
        sent[-1].created_at + dt.timedelta(minutes=1),
    )


def test_reports_that_are_cancelled_notify_supervisors_once_a_minute(
    customer: User, manager: User
) -> None:
    made = report(customer, REPORT_LIMIT + 20)
    for obj in made:
        requests.cancel(obj.pk, actor=Actor(customer), notes="The smell came from cooking.")
        deliveries.plan_notifications.func(
            [RequestUpdate.objects.filter(id=obj.pk).latest("history_id").pk]
        )
        for page in pages(Notice.EMERGENCY_ENDED):
            deliveries.deliver.func(page.pk)
    *sent, waiting = pages(Notice.EMERGENCY_ENDED)
    assert [item.service_request for item in sent] == made[: REPORT_LIMIT + 1]
    assert waiting.next_at == sent[-1].created_at + dt.timedelta(minutes=1)


def test_requests_without_a_group_are_paged(customer: User, manager: User) -> None:
    """The previous release, or a restored table, may have left one without a group."""
    obj = report(customer, REPORT_LIMIT + 1)[-1]
    ReportGroup.objects.all().delete()
    obj.refresh_from_db()
    assert escalate([obj]) == [obj]
