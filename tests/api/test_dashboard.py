import datetime as dt
from typing import Any

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import engine, requests
from tests.support.query_counts import assert_cost_is_constant


def file(customer: User, request_type: str = "new_connection", **ago: float) -> ServiceRequest:
    now = timezone.now() - dt.timedelta(**ago)
    return requests.submit(
        actor=Actor(customer, Channel.API), request_type=request_type, description="x", now=now
    )


def test_it_counts_what_is_open(api: Any, customer: User, support: User, colleague: User) -> None:
    actor = Actor(support)
    file(customer, "gas_leak_inspection")
    late = file(customer, "gas_leak_inspection", minutes=7)
    mine, held, done = (file(customer) for _ in range(3))
    requests.assign(mine.pk, actor=actor, assigned_to=support.pk)
    requests.hold(held.pk, actor=actor)
    requests.resolve(done.pk, actor=actor)
    engine.escalate(late.pk)
    result = api(support).get("dashboard/").json()
    names = ("open", "emergencies", "overdue", "unassigned", "on_hold", "mine", "escalated_today")
    assert [result[name] for name in names] == [4, 2, 1, 3, 1, 1, 1]
    assert result["by_type"] == [
        {"request_type": "gas_leak_inspection", "open": 2},
        {"request_type": "new_connection", "open": 2},
    ]
    assert api(colleague).get("dashboard/").json()["mine"] == 0


def test_it_shows_the_last_days(api: Any, customer: User, support: User) -> None:
    in_time, too_late, long_ago = (
        file(customer, "gas_leak_inspection"),
        file(customer, "gas_leak_inspection", days=2),
        file(customer, days=30),
    )
    for obj in (in_time, too_late):
        requests.resolve(obj.pk, actor=Actor(support), notes="Done")
    requests.resolve(long_ago.pk, actor=Actor(support), now=timezone.now() - dt.timedelta(days=20))
    result = api(support).get("dashboard/").json()
    today, before = timezone.localdate(), timezone.localdate() - dt.timedelta(days=2)
    days = {day["day"]: (day["opened"], day["resolved"]) for day in result["days"]}
    assert len(days) == 14
    assert (days[today.isoformat()], days[before.isoformat()]) == ((1, 2), (1, 0))
    assert sum(opened + resolved for opened, resolved in days.values()) == 4
    assert result["kept_in_time"] == 0.5


def test_an_empty_desk_has_figures_too(api: Any, support: User) -> None:
    result = api(support).get("dashboard/").json()
    assert (result["open"], result["kept_in_time"], result["by_type"], len(result["days"])) == (
        0,
        None,
        [],
        14,
    )


def test_its_cost_does_not_grow(
    api: Any, customer: User, support: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(support)
    assert_cost_is_constant(
        lambda: client.get("dashboard/"),
        lambda number: [file(customer) for _ in range(number)],
        lambda response: response.json()["open"],
        at_most=9,
    )
    with django_assert_max_num_queries(2):
        assert client.get("dashboard/").json()["open"] == 40
