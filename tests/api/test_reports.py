import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import DeskError
from gasutil.models import RequestType, ServiceRequest, Team, User
from gasutil.reports.catalogue import REPORTS_BY_NAME
from gasutil.reports.tables import Durations
from gasutil.workflow import engine, requests
from tests.support.api import Api
from tests.support.problems import TYPE
from tests.support.randomness import Random

ONE_HOUR = dt.timedelta(hours=1)
STEPS = (
    "file",
    "acknowledge",
    "on_site",
    "made_safe",
    "hold",
    "resolve",
    "reopen",
    "cancel",
    "escalate",
    "explain",
)
NAMES = (
    *("milestones", "emergency-response", "volume", "people", "escalations"),
    *("breaches", "attendance", "reopened", "yearly-return"),
)


@pytest.fixture
def boss(api: Any, support: User) -> Api:
    support.user_permissions.add(Permission.objects.get(codename="view_requestupdate"))
    return api(support)  # type: ignore[no-any-return]


def submit(customer: User, code: str = "gas_leak_inspection", **ago: float) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer),
        request_type=code,
        description="x",
        now=timezone.now() - dt.timedelta(**ago),
    )


def record(obj: ServiceRequest, support: User, name: str, minutes: float) -> None:
    at = obj.began_at + dt.timedelta(minutes=minutes)
    requests.record_milestone(obj.pk, actor=Actor(support), milestone=name, now=at)


def period(days: int = 3) -> str:
    today = timezone.localdate()
    return f"from={today - dt.timedelta(days=days)}&to={today + dt.timedelta(days=1)}"


def read(boss: Api, name: str, query: str = "") -> list[dict[str, Any]]:
    response = boss.get(f"reports/{name}/?{query or period()}")
    assert response.status_code == 200, response.content
    return response.json()["rows"]  # type: ignore[no-any-return]


def length(boss: Api, url: str) -> int:
    """Return the number of rows of a list, over all its pages."""
    number = 0
    while url:
        page = boss.get(url.partition("/api/v1/")[2]).json()
        number, url = number + len(page["results"]), page["next"]
    return number


def assert_counts_open_their_rows(boss: Api, query: str = "") -> None:
    for name in NAMES:
        for row in read(boss, name, query):
            for column, value in row.items():
                if isinstance(value, dict):
                    assert length(boss, value["rows"]) == value["value"], (name, column, row)


def figures(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value["value"] if isinstance(value, dict) else value for name, value in row.items()
    }


def perform(
    verb: str,
    chance: Random,
    objs: list[ServiceRequest],
    customer: User,
    support: User,
    now: dt.datetime,
) -> None:
    """Try a verb on a random request."""
    if verb == "file" or not objs:
        code = chance.choice(("gas_leak_inspection", "new_connection"))
        actor = Actor(customer)
        objs.append(requests.submit(actor=actor, request_type=code, description="x", now=now))
        return
    pk, actor = chance.choice(objs).pk, Actor(support)
    with suppress(DeskError):
        match verb:
            case "acknowledge":
                requests.assign(pk, actor=actor, assigned_to=support.pk, now=now)
            case "on_site" | "made_safe":
                requests.record_milestone(pk, actor=actor, milestone=verb, now=now)
            case "escalate":
                engine.escalate(pk, now)
            case "explain":
                about = {
                    "milestone": chance.choice(("on_site", "acknowledged")),
                    "reason": chance.choice(("crew_busy", "weather")),
                }
                requests.explain_breach(pk, actor=actor, now=now, **about)
            case _:
                getattr(requests, verb)(pk, actor=actor, notes="x", now=now)


def test_it_lists_the_reports(boss: Api) -> None:
    results = boss.get("reports/").json()["results"]
    assert tuple(row["name"] for row in results) == NAMES


def test_it_requires_a_manager(api: Any, customer: User, colleague: User) -> None:
    for path in ("reports/", "reports/volume/"):
        assert api(customer).get(path).json()["type"] == TYPE + "not-allowed"
        assert api(colleague).get(path).json()["type"] == TYPE + "permission-required"


def test_an_unknown_report_is_not_found(boss: Api) -> None:
    assert boss.get("reports/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-02-01&to=2026-02-01", "before_from"),
        ("from=2025-01-01&to=2026-02-01", "period_too_long"),
    ],
)
def test_a_period_has_an_order_and_a_length(boss: Api, query: str, code: str) -> None:
    response = boss.get(f"reports/volume/?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from=0001-01-01&to=0001-01-02", ("from", "too_early")),
        ("from=1969-12-31&to=1970-01-02", ("from", "too_early")),
        ("from=9999-12-30&to=9999-12-31", ("to", "too_late")),
        ("from=1970-01-01&to=1970-01-02", None),
        ("from=8999-12-31&to=9000-01-01", None),
    ],
)
def test_a_period_at_the_ends_of_the_calendar_is_no_server_error(
    boss: Api, name: str, query: str, expected: tuple[str, str] | None
) -> None:
    response = boss.get(f"reports/{name}/?{query}")
    errors = [(error["field"], error["code"]) for error in response.json().get("errors", [])]
    assert (response.status_code, errors) == ((422, [expected]) if expected else (200, []))


def test_milestones_are_met_late_or_missed(boss: Api, customer: User, support: User) -> None:
    for minutes in (10, 30, 90):
        record(submit(customer, hours=26), support, "on_site", minutes)
    submit(customer, hours=26)
    submit(customer)  # not due yet
    requests.cancel(submit(customer).pk, actor=Actor(support), notes="Twice")
    [row] = [row for row in read(boss, "milestones") if row["milestone"] == "on_site"]
    assert figures(row) == {
        "request_type": "gas_leak_inspection",
        "milestone": "on_site",
        "n": 4,
        "met": 2,
        "late": 1,
        "missed": 1,
        "unverified": 0,
        "share": 0.5,
        "median": 30.0,
        "p90": 90.0,
        "worst": 90.0,
    }
    assert_counts_open_their_rows(boss)


def test_each_round_of_a_reopened_emergency_counts(
    boss: Api, customer: User, support: User
) -> None:
    obj = submit(customer, hours=26)
    record(obj, support, "on_site", 20)
    resolved = obj.began_at + dt.timedelta(hours=1)
    requests.resolve(obj.pk, actor=Actor(support), notes="Done", now=resolved)
    reopened = resolved + dt.timedelta(hours=1)
    requests.reopen(obj.pk, actor=Actor(support), notes="It smells again", now=reopened)
    [row] = [row for row in read(boss, "milestones") if row["milestone"] == "on_site"]
    assert [row[name]["value"] for name in ("n", "met", "missed")] == [2, 1, 1]
    events = boss.get(row["missed"]["rows"].partition("/api/v1/")[2]).json()["results"]
    assert [(item["previous_status"], item["status"]) for item in events] == [
        ("resolved", "in_progress" if events[0]["status"] == "in_progress" else "pending")
    ]
    assert_counts_open_their_rows(boss)


def test_the_response_is_counted_in_bands(boss: Api, customer: User, support: User) -> None:
    for minutes in (15, 16, 60, 61):
        record(submit(customer, hours=26), support, "on_site", minutes)
    submit(customer, hours=26)
    totals = [figures(row) for row in read(boss, "emergency-response")]
    bands = ("n", "up_to_15", "up_to_30", "up_to_45", "up_to_60", "over_60", "not_attended")
    assert [sum(row[band] for row in totals) for band in bands] == [5, 1, 1, 0, 1, 1, 1]
    assert len(totals) == 3


def test_the_volume_has_what_happened_and_what_was_left(
    boss: Api, customer: User, support: User
) -> None:
    now = timezone.now()
    first, second = submit(customer, days=2), submit(customer, days=1)
    requests.resolve(first.pk, actor=Actor(support), notes="Done", now=now - dt.timedelta(days=1))
    requests.cancel(second.pk, actor=Actor(support), notes="Twice")
    days = [figures(row) for row in read(boss, "volume", period(2))]
    columns = ("opened", "resolved", "cancelled", "backlog")
    assert [[day[name] for name in columns] for day in days] == [
        [1, 0, 0, 1],
        [1, 1, 0, 1],
        [0, 0, 1, 0],
    ]
    assert_counts_open_their_rows(boss)


def test_a_team_is_that_of_the_time(boss: Api, customer: User, support: User) -> None:
    team = Team.objects.create(name="North")
    record(submit(customer, hours=26), support, "on_site", 10)
    team.request_types.add(RequestType.objects.get(code="gas_leak_inspection"))
    assert read(boss, "milestones", f"{period()}&team={team.pk}") == []
    assert len(read(boss, "milestones")) > 0


def test_people_have_what_they_did(
    boss: Api, customer: User, support: User, colleague: User
) -> None:
    obj = submit(customer, hours=26)
    record(obj, support, "on_site", 20)
    at = obj.began_at + dt.timedelta(hours=1)
    requests.resolve(obj.pk, actor=Actor(support), notes="Done", now=at)
    requests.reopen(obj.pk, actor=Actor(colleague), notes="It smells again", now=at + ONE_HOUR)
    submit(customer)  # no one has worked on it
    rows = {row["person"]: figures(row) for row in read(boss, "people")}
    assert rows[support.pk] == {
        "person": support.pk,
        "person_name": support.get_full_name(),
        "team": None,
        "team_name": None,
        "handled": 1,
        "resolved": 1,
        "reopened": 1,
        "milestones_met": 2,
        "unverified": 0,
    }
    columns = ("handled", "resolved", "reopened")
    assert [rows[colleague.pk][name] for name in columns] == [1, 0, 0]
    assert rows.keys() == {support.pk, colleague.pk}
    assert_counts_open_their_rows(boss)


def test_people_have_a_row_for_each_team(boss: Api, customer: User, support: User) -> None:
    requests.comment(submit(customer).pk, actor=Actor(support), notes="x")
    north, south = (Team.objects.create(name=name) for name in ("North", "South"))
    for team in (north, south):
        team.request_types.add(RequestType.objects.get(code="gas_leak_inspection"))
    requests.comment(submit(customer).pk, actor=Actor(support), notes="x")
    rows = [figures(row) for row in read(boss, "people")]
    assert [(row["team_name"], row["handled"]) for row in rows] == [
        (None, 1),
        ("North", 1),
        ("South", 1),
    ]
    assert len(read(boss, "people", f"{period()}&team={south.pk}")) == 1
    assert_counts_open_their_rows(boss)


def test_escalations_have_the_time_to_acknowledgement(
    boss: Api, customer: User, support: User
) -> None:
    first, second = submit(customer, hours=3), submit(customer, hours=3)
    for minutes in (6, 12):
        engine.escalate(first.pk, first.began_at + dt.timedelta(minutes=minutes))
    engine.escalate(second.pk, second.began_at + dt.timedelta(minutes=6))
    record(first, support, "acknowledged", 16)
    [row] = [figures(row) for row in read(boss, "escalations")]
    assert row == {
        "milestone": "acknowledged",
        "n": 2,
        "notifications": 3,
        "acknowledged": 1,
        "unacknowledged": 1,
        "unverified": 0,
        "median": 10.0,
        "p90": 10.0,
        "worst": 10.0,
    }
    assert_counts_open_their_rows(boss)


def test_an_escalation_is_acknowledged_in_its_round(
    boss: Api, customer: User, support: User
) -> None:
    obj = submit(customer, hours=10)
    engine.escalate(obj.pk, obj.began_at + dt.timedelta(minutes=61))
    at = obj.began_at + dt.timedelta(hours=2)
    requests.resolve(obj.pk, actor=Actor(support), notes="Not needed", now=at)
    requests.reopen(obj.pk, actor=Actor(support), notes="It smells again", now=at + ONE_HOUR)
    record(obj, support, "on_site", 190)
    [row] = [figures(row) for row in read(boss, "escalations") if row["milestone"] == "on_site"]
    assert [row[name] for name in ("n", "acknowledged", "unacknowledged")] == [1, 0, 1]


def test_a_lowered_emergency_keeps_its_escalations(
    boss: Api, customer: User, support: User
) -> None:
    obj = submit(customer, "new_connection", hours=3)
    requests.update(obj.pk, actor=Actor(support), priority="emergency", now=obj.began_at + ONE_HOUR)
    engine.escalate(obj.pk, obj.began_at + 3 * ONE_HOUR)
    before = [figures(row)["n"] for row in read(boss, "escalations")]
    requests.update(obj.pk, actor=Actor(support), priority="normal", notes="No leak")
    assert [figures(row)["n"] for row in read(boss, "escalations")] == before != []
    assert_counts_open_their_rows(boss)


def test_missed_deadlines_have_their_last_reason(boss: Api, customer: User, support: User) -> None:
    def explain(obj: ServiceRequest, reason: str, minutes: float) -> None:
        at = obj.began_at + dt.timedelta(minutes=minutes)
        actor = Actor(support)
        requests.explain_breach(obj.pk, actor=actor, milestone="on_site", reason=reason, now=at)

    first, second, third, in_time = (submit(customer, hours=10) for _ in range(4))
    for obj in (first, second, third, in_time):
        record(obj, support, "on_site", 30 if obj == in_time else 80)
    explain(first, "weather", 90)
    explain(first, "crew_busy", 95)
    explain(second, "crew_busy", 90)
    rows = {
        row["reason"]: figures(row)
        for row in read(boss, "breaches")
        if row["milestone"] == "on_site"
    }
    assert {reason: row["n"] for reason, row in rows.items()} == {None: 1, "crew_busy": 2}
    assert (rows["crew_busy"]["late"], rows["crew_busy"]["median"]) == (2, 20.0)
    assert_counts_open_their_rows(boss)


def test_a_reason_stays_with_its_round(boss: Api, customer: User, support: User) -> None:
    obj = submit(customer, hours=10)
    record(obj, support, "on_site", 80)
    at = obj.began_at + dt.timedelta(minutes=90)
    actor = Actor(support)
    requests.explain_breach(obj.pk, actor=actor, milestone="on_site", reason="weather", now=at)
    requests.resolve(obj.pk, actor=actor, notes="x", now=at + ONE_HOUR)
    requests.reopen(obj.pk, actor=actor, now=at + 2 * ONE_HOUR)
    requests.record_milestone(
        obj.pk, actor=actor, milestone="on_site", now=at + dt.timedelta(hours=3, minutes=30)
    )
    rows = [row for row in read(boss, "breaches") if row["milestone"] == "on_site"]
    assert [(row["reason"], figures(row)["n"]) for row in rows] == [(None, 1), ("weather", 1)]


def test_attendance_is_within_one_or_two_hours(boss: Api, customer: User, support: User) -> None:
    for minutes in (10, 60, 61, 120, 121, None):
        obj = submit(customer, hours=9)
        if minutes is not None:
            record(obj, support, "on_site", minutes)
    [row] = map(figures, read(boss, "attendance"))
    assert (row["n"], row["within_60"], row["within_120"], row["over_120"]) == (6, 2, 2, 1)
    assert (row["not_attended"], row["share_60"], row["share_120"]) == (1, 0.3333, 0.6667)


def test_reopened_requests_are_counted_each_time(boss: Api, customer: User, support: User) -> None:
    obj, actor = submit(customer, "no_supply", hours=9), Actor(support)
    at = obj.began_at
    for number, who in enumerate((customer, support)):
        start = at + 2 * number * ONE_HOUR
        requests.resolve(obj.pk, actor=actor, notes="x", now=start + dt.timedelta(minutes=5))
        later = start + dt.timedelta(minutes=35 + 30 * number)
        requests.reopen(obj.pk, actor=Actor(who), now=later)
    requests.resolve(submit(customer, "no_supply", hours=2).pk, actor=actor, notes="x")
    [row] = map(figures, read(boss, "reopened"))
    assert (row["resolved"], row["reopened"], row["by_customer"]) == (3, 2, 1)
    assert (row["share_reopened"], row["median"], row["worst"]) == (0.6667, 45.0, 60.0)


def test_the_yearly_return_adds_up(boss: Api, customer: User, support: User) -> None:
    actor = Actor(support)
    in_time, late, cancelled, _open = (submit(customer, hours=40) for _ in range(4))
    soon, too_late = dt.timedelta(hours=1), dt.timedelta(hours=20)
    requests.resolve(in_time.pk, actor=actor, notes="x", now=in_time.began_at + soon)
    requests.resolve(late.pk, actor=actor, notes="x", now=late.began_at + too_late)
    requests.cancel(cancelled.pk, actor=actor, notes="x")
    [row] = map(figures, read(boss, "yearly-return"))
    outcomes = [row[name] for name in ("resolved_in_time", "resolved_late", "cancelled", "open")]
    assert (row["received"], outcomes) == (4, [1, 1, 1, 1])
    assert (row["open_overdue"], row["share_in_time"]) == (1, 0.5)


def test_every_row_has_the_columns_of_its_report(boss: Api, customer: User, support: User) -> None:
    obj = submit(customer, hours=3)
    engine.escalate(obj.pk, obj.began_at + dt.timedelta(minutes=6))
    record(obj, support, "on_site", 20)
    requests.resolve(obj.pk, actor=Actor(support), notes="Repaired")
    for name in NAMES:
        rows = read(boss, name)
        assert rows
        assert {tuple(row) for row in rows} == {REPORTS_BY_NAME[name].columns}


def test_csv_without_rows_has_its_columns(boss: Api) -> None:
    response = boss.get(f"reports/escalations/?{period()}&format=csv")
    [header] = response.content.decode().splitlines()
    assert header.startswith("milestone,n,notifications")


def test_csv_has_the_same_figures(boss: Api, customer: User) -> None:
    submit(customer)
    response = boss.get(f"reports/volume/?{period(0)}&format=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    header, row = response.content.decode().splitlines()
    assert header.startswith("day,opened,resolved,cancelled,backlog,unverified")
    assert row.startswith(f"{timezone.localdate()},1,0,0,1,0")


def test_a_list_rejects_a_parameter_of_someone_elses_making(boss: Api, customer: User) -> None:
    submit(customer)
    [row] = read(boss, "volume", period(0))
    foreign = row["opened"]["rows"].partition("?")[2]
    for path in ("requests/?figure=x", f"request-updates/?{foreign}"):
        response = boss.get(path)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (
            422,
            "invalid_figure",
        )


def test_no_lengths_have_no_statistics() -> None:
    assert Durations().statistics() == {"median": None, "p90": None, "worst": None}


def test_every_count_opens_its_rows_after_any_verbs(
    boss: Api, customer: User, support: User, chance: Random
) -> None:
    """Random verbs, each of which may be rejected, at times in the last two days."""
    now = timezone.now() - dt.timedelta(days=2)
    objs: list[ServiceRequest] = []
    for _ in range(40):
        now += dt.timedelta(minutes=chance.choice((1, 7, 45, 70)))
        perform(chance.choice(STEPS), chance, objs, customer, support, now)
    assert_counts_open_their_rows(boss)
