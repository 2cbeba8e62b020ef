"""Every figure of the reports on emergencies, recomputed by a script without their code."""

import datetime as dt
from collections import Counter
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import DeskError
from gasutil.models import BreachReason, ServiceRequest, User
from gasutil.workflow import engine, requests
from tests.support.api import Api
from tests.support.randomness import Random
from tests.tools import recompute_reports as script

STEPS = (
    *("take", "comment", "on_site", "made_safe", "not_a_leak", "no_access", "acknowledged"),
    *("resolve", "resolve", "reopen", "customer_reopens", "cancel", "escalate", "explain", "wait"),
)
WAITS = (1, 2, 3, 7, 20, 45, 70, 130)


def do(step: str, pk: int, people: list[User], now: dt.datetime, chance: Random) -> None:
    """Try a step on a request."""
    customer, *staff = people
    actor = Actor(chance.choice(staff))
    match step:
        case "take":
            requests.take(pk, actor=actor, now=now)
        case "comment":
            requests.comment(pk, actor=actor, notes="Hello", now=now)
        case "on_site" | "made_safe" | "not_a_leak" | "no_access" | "acknowledged":
            note = chance.choice(("", "Meter 12"))
            requests.record_milestone(pk, actor=actor, milestone=step, notes=note, now=now)
        case "resolve" | "reopen" | "cancel":
            getattr(requests, step)(pk, actor=actor, notes="Because", now=now)
        case "customer_reopens":
            requests.reopen(pk, actor=Actor(customer), notes="It smells again", now=now)
        case "escalate":
            engine.escalate(pk, now)
        case "explain":
            name, reason = chance.choice(script.STEPS), chance.choice(BreachReason.values)
            about = {"milestone": name, "reason": reason, "notes": f"{name} {reason}"}
            requests.explain_breach(pk, actor=actor, now=now, **about)


def read_all(boss: Api, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    url = f"/api/v1/{path}"
    while url:
        page = boss.get(url.partition("/api/v1/")[2]).json()
        rows, url = rows + page["results"], page["next"]
    return rows


def figures(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    values = {
        name: value["value"] if isinstance(value, dict) else value for name, value in row.items()
    }
    return {name: value for name, value in values.items() if name not in (*keys, "unverified")}


@pytest.fixture
def boss(support: User) -> Api:
    support.user_permissions.add(Permission.objects.get(codename="view_requestupdate"))
    return Api(support)


@pytest.mark.parametrize("number", range(3))  # the random numbers depend on it
def test_it_works(
    number: int, boss: Api, customer: User, support: User, colleague: User, chance: Random
) -> None:
    now = timezone.now().replace(microsecond=0) - dt.timedelta(days=2)
    people, objs = [customer, support, colleague], []
    for step in range(140):
        now += dt.timedelta(minutes=chance.choice(WAITS) / 5, seconds=1)
        if step % 10 == 0:
            code = chance.choice(("gas_leak_inspection", "third_party_damage"))
            about = {"request_type": code, "description": "x", "now": now}
            objs.append(requests.submit(actor=Actor(customer), **about))
        with suppress(DeskError):
            do(chance.choice(STEPS), chance.choice(objs).pk, people, now, chance)
    assert ServiceRequest.objects.filter(is_open=False).exists()
    check(boss, str(timezone.localdate() - dt.timedelta(days=3)))


def check(boss: Api, start: str) -> None:
    """Compare each figure of each report with what the script makes of the exported rows."""
    end = timezone.localdate() + dt.timedelta(days=1)

    def report(name: str) -> list[dict[str, Any]]:
        answer = boss.get(f"reports/{name}/?from={start}&to={end}")
        assert answer.status_code == 200
        return answer.json()["rows"]  # type: ignore[no-any-return]

    updates = read_all(boss, "request-updates/?after=0&page_size=100")
    rows = read_all(boss, "requests/?page_size=100")
    types = read_all(boss, "request-types/?page_size=100")
    stories = script.stories_of(rows, updates, types, timezone.now())
    assert {
        (row["request_type"], row["milestone"]): figures(row, "request_type", "milestone")
        for row in report("milestones")
    } == script.milestones(stories)
    assert {
        (row["milestone"], row["reason"]): figures(row, "milestone", "reason")
        for row in report("breaches")
    } == script.breaches(stories)
    attended = script.attendance(stories)
    bands = [row.pop("bands") for row in attended.values()]
    assert {row["request_type"]: figures(row, "request_type") for row in report("attendance")} == (
        attended
    )
    names = [*(f"up_to_{number}" for number in script.BANDS), "over_60"]
    response = [[figures(row)[name] for name in names] for row in report("emergency-response")]
    assert [sum(values) for values in zip(*response, strict=True)] == [
        sum(row[number] for row in bands) for number in range(len(names))
    ]
    assert {row["request_type"]: figures(row, "request_type") for row in report("reopened")} == (
        script.reopened(stories)
    )
    assert {
        row["request_type"]: figures(row, "request_type") for row in report("yearly-return")
    } == script.yearly_return(stories)
    assert {
        row["milestone"]: figures(row, "milestone") for row in report("escalations")
    } == script.escalations(stories)
    teams = ("person", "person_name", "team", "team_name")
    assert {row["person"]: figures(row, *teams) for row in report("people")} == (
        script.people(stories)
    )
    counted = ("opened", "resolved", "cancelled", "backlog")
    days = {row["day"]: {name: row[name]["value"] for name in counted} for row in report("volume")}
    recomputed = script.volume(stories, ZoneInfo(settings.TIME_ZONE))
    assert {day: row for day, row in days.items() if any(row.values())} == {
        str(day): row for day, row in recomputed.items() if any(row.values())
    }


def test_the_script_notices_a_difference(boss: Api, leak: ServiceRequest, support: User) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes="Repaired")
    check(boss, str(timezone.localdate()))
    updates = read_all(boss, "request-updates/?after=0")
    rows, types = read_all(boss, "requests/"), read_all(boss, "request-types/")
    short = script.stories_of(rows, updates[:-1], types, timezone.now())
    whole = script.stories_of(rows, updates, types, timezone.now())
    assert Counter(map(str, script.people(short).values())) != Counter(
        map(str, script.people(whole).values())
    )
