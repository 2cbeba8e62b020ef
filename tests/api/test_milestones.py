import datetime as dt
from typing import Any

import pytest
from django.utils.dateparse import parse_datetime

from gasutil.access import SYSTEM, Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.problems import (
    APPROVAL_REQUIRED,
    NO_TOKEN,
    NOT_FOUND,
    conflict,
    field_errors,
    invalid,
    not_allowed,
    refused,
)


def test_it_returns_the_update(api: Any, support: User, leak: ServiceRequest) -> None:
    answer = api(support).post(
        f"requests/{leak.pk}/milestones/",
        {"milestone": "on_site", "notes": "At the gate", "is_internal": False},
    )
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    shown = answer.json()
    assert (answer.status_code, parse_datetime(shown.pop("created_at"))) == (201, row.history_date)
    assert parse_datetime(shown.pop("occurred_at")) == row.history_date
    assert shown == {
        "id": row.pk,
        "service_request": leak.pk,
        "status": "pending",
        "previous_status": "pending",
        "notes": "At the gate",
        "is_internal": False,
        "author": support.pk,
        "event": "request.milestone",
        "milestone": "on_site",
        "attachment": None,
        "changes": {},
        "author_kind": "support",
        "author_name": "Support Example",
    }
    assert (row.event, row.subject, row.channel) == ("request.milestone", "on_site", "api")


@pytest.mark.parametrize("sent", [{}, {"is_internal": True}])
@pytest.mark.parametrize("milestone", ["on_site", "made_safe", "no_access"])
def test_its_notes_are_internal_by_default(
    sent: dict[str, Any],
    milestone: str,
    api: Any,
    support: User,
    customer: User,
    leak: ServiceRequest,
) -> None:
    body = {"milestone": milestone, "notes": "12% LEL in the kitchen"} | sent
    shown = api(support).post(f"requests/{leak.pk}/milestones/", body).json()
    assert (shown["milestone"], shown["notes"], shown["is_internal"]) == (milestone, "", False)
    for path in (f"requests/{leak.pk}/", f"request-updates/?service_request={leak.pk}"):
        seen = api(customer).get(path).content.decode()
        assert "LEL" not in seen
        assert f'"milestone":"{milestone}"' in seen
    rows = api(support).get(f"request-updates/?service_request={leak.pk}").json()["results"]
    noted, recorded, _created = rows
    assert (noted["notes"], noted["is_internal"]) == ("12% LEL in the kitchen", True)
    assert recorded["id"] == shown["id"]


@pytest.mark.parametrize("is_internal", [True, False])
def test_without_notes_there_is_nothing_to_hide(
    is_internal: bool, api: Any, support: User, leak: ServiceRequest
) -> None:
    for notes in ({}, {"notes": ""}, {"notes": "  "}, {"notes": "\u200b"}):
        body = {"milestone": "no_access", "is_internal": is_internal} | notes
        assert api(support).post(f"requests/{leak.pk}/milestones/", body).status_code == 201
    assert not RequestUpdate.objects.filter(id=leak.pk, is_internal=True).exists()


def test_a_repeated_call_records_its_internal_notes_once(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    body = {"milestone": "no_access", "notes": "Locked"}
    sent = [
        api(support)("POST", f"requests/{leak.pk}/milestones/", body, Idempotency_Key="k1").json()
        for _ in range(2)
    ]
    assert sent[0] == sent[1]
    assert RequestUpdate.objects.filter(id=leak.pk).count() == 3


def test_it_shows_each_milestone_with_the_request(
    api: Any, customer: User, leak: ServiceRequest
) -> None:
    shown = api(customer).get(f"requests/{leak.pk}/").json()["milestones"]
    assert [list(milestone) for milestone in shown] == [
        ["name", "due_at", "met_at", "is_breached"]
    ] * 4
    limits = {"acknowledged": 5, "on_site": 60, "made_safe": 120, "resolved": 720}
    assert {milestone["name"]: parse_datetime(milestone["due_at"]) for milestone in shown} == {
        name: leak.created_at + dt.timedelta(minutes=minutes) for name, minutes in limits.items()
    }
    assert {(milestone["met_at"], milestone["is_breached"]) for milestone in shown} == {
        (None, False)
    }


def test_it_shows_what_was_met_and_what_was_late(api: Any, customer: User, support: User) -> None:
    long_ago = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    obj = requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="A smell",
        now=long_ago,
    )
    requests.start(obj.pk, actor=Actor(support), now=long_ago + dt.timedelta(minutes=4))
    requests.record_milestone(
        obj.pk, actor=Actor(support), milestone="on_site", now=long_ago + dt.timedelta(minutes=61)
    )
    shown = api(customer).get(f"requests/{obj.pk}/").json()
    assert [
        (milestone["name"], milestone["met_at"], milestone["is_breached"])
        for milestone in shown["milestones"]
    ] == [
        ("acknowledged", "2026-03-01T12:04:00Z", False),
        ("on_site", "2026-03-01T13:01:00Z", True),
        ("made_safe", None, True),
        ("resolved", None, True),
    ]
    assert (shown["respond_by"], shown["resolve_by"], shown["is_overdue"]) == (
        "2026-03-01T12:05:00Z",
        "2026-03-02T00:00:00Z",
        True,
    )


def test_it_is_no_longer_overdue_when_all_is_met(api: Any, customer: User, support: User) -> None:
    long_ago = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    obj = requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="A smell",
        now=long_ago,
    )
    assert [
        item["id"] for item in api(customer).get("requests/?overdue=true").json()["results"]
    ] == [obj.pk]
    requests.resolve(obj.pk, actor=Actor(support), notes="Fixed.")
    assert api(customer).get("requests/?overdue=true").json()["results"] == []
    assert api(customer).get(f"requests/{obj.pk}/").json()["is_overdue"] is False


def test_it_requires_support(
    api: Any, customer: User, neighbour: User, pending: User, leak: ServiceRequest
) -> None:
    expected = {
        None: (401, NO_TOKEN),
        customer: (403, not_allowed("Only support can do this.")),
        neighbour: (404, NOT_FOUND),
    }
    for user, wanted in (expected | {pending: (403, APPROVAL_REQUIRED)}).items():
        answer = api(user).post(f"requests/{leak.pk}/milestones/", {"milestone": "on_site"})
        assert (answer.status_code, answer.json()) == wanted
    assert RequestUpdate.objects.filter(id=leak.pk).count() == 1


def test_it_names_those_that_it_knows(api: Any, support: User, connection: ServiceRequest) -> None:
    answer = api(support).post(f"requests/{connection.pk}/milestones/", {"milestone": "made_safe"})
    names = ["acknowledged", "site_visit", "decision", "no_access"]
    message = "Choose one of: `acknowledged`, `site_visit`, `decision`, `no_access`."
    assert (answer.status_code, answer.json()) == (
        422,
        invalid(("milestone", "unknown_milestone", message, {"values": names})),
    )


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ({}, [("milestone", "missing")]),
        ({"milestone": ""}, [("milestone", "string_too_short")]),
        ({"milestone": "a" * 65}, [("milestone", "string_too_long")]),
        ({"milestone": "on_site\x00"}, [("milestone", "null_characters_not_allowed")]),
        (
            {"milestone": 1, "met_at": "now"},
            [("milestone", "string_type"), ("met_at", "extra_forbidden")],
        ),
        ({"milestone": "on_site", "notes": "a" * 4001}, [("notes", "string_too_long")]),
    ],
)
def test_it_names_each_error(
    body: dict[str, Any],
    result: list[tuple[str, str]],
    api: Any,
    support: User,
    leak: ServiceRequest,
) -> None:
    assert field_errors(api(support).post(f"requests/{leak.pk}/milestones/", body)) == result


def test_it_rejects_the_milestone_that_resolving_records(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    answer = api(support).post(f"requests/{leak.pk}/milestones/", {"milestone": "resolved"})
    assert (answer.status_code, answer.json()) == (
        409,
        conflict("Resolve the request to record this step."),
    )


def test_it_rejects_closed_requests(api: Any, support: User, leak: ServiceRequest) -> None:
    requests.cancel(leak.pk, actor=SYSTEM, notes="Filed twice")
    answer = api(support).post(f"requests/{leak.pk}/milestones/", {"milestone": "on_site"})
    assert (answer.status_code, answer.json()) == (
        409,
        conflict(f"{leak.reference} is cancelled. Steps can only be recorded on open requests."),
    )


def test_an_emergency_without_access_stays_open(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    assert (
        api(support).post(f"requests/{leak.pk}/milestones/", {"milestone": "no_access"}).status_code
        == 201
    )
    answer = api(support).patch(
        f"requests/{leak.pk}/", {"status": "resolved", "notes": "The smell has gone."}
    )
    why = "no one could get in. Record `made_safe` or `not_a_leak` first"
    result = refused(
        f"{leak.reference} is an emergency: {why}.", ["in_progress", "on_hold", "cancelled"]
    )
    assert (answer.status_code, answer.json()) == (409, result)
    api(support).post(f"requests/{leak.pk}/milestones/", {"milestone": "made_safe"})
    assert api(support).patch(f"requests/{leak.pk}/", {"status": "resolved"}).status_code == 200
