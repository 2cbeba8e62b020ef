"""Support and machine accounts can set the time at which something happened."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import attachments, requests
from tests.support.documents import PDF
from tests.support.machines import make_machine
from tests.support.problems import field_errors


def ago(**time: float) -> str:
    moment = timezone.now().replace(microsecond=0) - dt.timedelta(**time)
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def report(api: Any, support: User, customer: User) -> int:
    """Return a leak that was received two days ago."""
    body = {
        "customer": customer.pk,
        "request_type": "gas_leak_inspection",
        "description": "Smells gas",
        "received_at": ago(days=2),
    }
    return int(api(support).post("intake/", body).json()["id"])


def document() -> SimpleUploadedFile:
    return SimpleUploadedFile("readings.pdf", PDF, "application/pdf")


def test_it_works(api: Any, support: User, report: int) -> None:
    when = ago(hours=3)
    body = {"milestone": "on_site", "notes": "Van 7 rang late", "occurred_at": when}
    response = api(support).post(f"requests/{report}/milestones/", body)
    assert (response.status_code, response.json()["occurred_at"]) == (201, when)
    assert response.json()["created_at"] > when
    shown = api(support).get(f"requests/{report}/").json()
    reached = {item["name"]: item["met_at"] for item in shown["milestones"]}
    assert (reached["on_site"], reached["acknowledged"], reached["made_safe"]) == (when, when, None)


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("patch", "requests/{pk}/", {"status": "in_progress"}),
    ("post", "requests/{pk}/comments/", {}),
    ("post", "requests/{pk}/milestones/", {"milestone": "on_site"}),
    ("post", "requests/{pk}/reclassify/", {"request_type": "new_connection"}),
    ("post", "requests/{pk}/cancel/", {}),
    ("put", "requests/{pk}/references/erp/", {"id": "WO-1"}),
    ("post", "request-updates/", {"service_request": "{pk}", "status": "in_progress"}),
    ("post", "incidents/{incident}/reports/", {"reports": ["{pk}"]}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=[path for _, path, _ in CALLS])
def test_every_call_of_support_takes_it(
    api: Any, support: User, report: int, method: str, path: str, body: dict[str, Any]
) -> None:
    incident = api(support).post("incidents/", {"title": "Main"}).json()["id"]
    given = {"{pk}": report}
    body = {
        name: [report] if name == "reports" else given.get(str(value), value)
        for name, value in body.items()
    }
    when = ago(hours=2)
    body |= {"notes": "By radio", "occurred_at": when}
    response = api(support)(method.upper(), path.format(pk=report, incident=incident), body)
    assert response.status_code in (200, 201), response.content
    shown = api(support).get(f"requests/{report}/").json()["updates"][-1]
    assert (shown["occurred_at"], shown["created_at"] > when) == (when, True)


def test_reopening_and_an_incident_take_it(api: Any, support: User, report: int) -> None:
    incident = api(support).post("incidents/", {"title": "x", "reports": [report]}).json()["id"]
    when = ago(hours=2)
    late = {"notes": "By radio", "occurred_at": when}
    assert api(support).post(f"incidents/{incident}/updates/", late).status_code == 201
    made_safe = {"milestone": "made_safe", **late}
    assert api(support).post(f"requests/{report}/milestones/", made_safe).status_code == 201
    assert api(support).post(f"incidents/{incident}/close/", late).status_code == 200
    assert api(support).get(f"requests/{report}/").json()["resolved_at"] == when
    again = late | {"occurred_at": ago(hours=1)}
    assert api(support).post(f"requests/{report}/reopen/", again).status_code == 200
    rows = RequestUpdate.objects.filter(id=report).order_by("history_id")[2:]
    assert all(row.occurred_at < row.history_date - dt.timedelta(minutes=50) for row in rows)


def test_files_take_it(api: Any, support: User, report: int) -> None:
    when = ago(hours=1)
    sent = {"file": document(), "notes": "Readings", "occurred_at": when}
    response = api(support).client.post(
        f"/api/v1/requests/{report}/attachments/", sent, headers=api(support).headers
    )
    assert response.status_code == 201, response.content
    row = RequestUpdate.objects.filter(id=report).latest("history_id")
    assert (row.notes, row.occurred_at.isoformat().replace("+00:00", "Z")) == ("Readings", when)
    wrong = {"file": document(), "occurred_at": "yesterday"}
    response = api(support).client.post(
        f"/api/v1/requests/{report}/attachments/", wrong, headers=api(support).headers
    )
    assert field_errors(response) == [("occurred_at", "invalid_time")]


def test_calls_without_a_body_take_it_in_the_query(api: Any, support: User, report: int) -> None:
    api(support).put(f"requests/{report}/references/erp/", {"id": "WO-1"})
    file = attachments.attach(report, actor=Actor(support), file=document())
    for path in (f"requests/{report}/references/erp/", f"attachments/{file.pk}/"):
        when = ago(minutes=30)
        assert field_errors(api(support)("DELETE", f"{path}?occurred_at={when}")) == [
            ("notes", "required")
        ]
        response = api(support)("DELETE", f"{path}?occurred_at={when}&notes=Wrong")
        assert response.status_code == 204
        row = RequestUpdate.objects.filter(id=report).latest("history_id")
        assert row.occurred_at.isoformat().replace("+00:00", "Z") == when


def test_errors_name_what_is_wrong(api: Any, support: User, report: int) -> None:
    def sent(**body: Any) -> Any:
        body = {"milestone": "on_site", **body}
        return api(support).post(f"requests/{report}/milestones/", body)

    ahead = (timezone.now() + dt.timedelta(minutes=9)).isoformat()
    for body, expected in [
        ({"occurred_at": ahead}, [("occurred_at", "in_the_future")]),
        ({"occurred_at": ago(days=3), "notes": "x"}, [("occurred_at", "before_received")]),
        ({"occurred_at": ago(minutes=20)}, [("notes", "required")]),
        ({"occurred_at": "noon"}, [("occurred_at", "invalid_time")]),
    ]:
        assert field_errors(sent(**body)) == expected
    response = sent(occurred_at=ago(hours=30), notes="x")
    assert response.status_code == 403
    assert response.json()["type"].endswith(":permission-required")


def test_every_wrong_field_of_a_change_is_named(api: Any, support: User, report: int) -> None:
    ahead = (timezone.now() + dt.timedelta(minutes=9)).isoformat()
    before = ago(days=3)
    wrong = ("occurred_at", "in_the_future"), ("assigned_to", "not_a_representative")
    response = api(support).patch(
        f"requests/{report}/", {"assigned_to": 999_999, "occurred_at": ahead}
    )
    assert sorted(field_errors(response)) == sorted(wrong)
    body = {"assigned_to": 999_999, "occurred_at": ahead, "status": "nonsense"}
    response = api(support).patch(f"requests/{report}/", body)
    assert sorted(field_errors(response)) == sorted([*wrong, ("status", "enum")])
    # A transition that is refused does not hide what is wrong with the fields.
    response = api(support).patch(
        f"requests/{report}/", {"status": "resolved", "occurred_at": before}
    )
    assert field_errors(response) == [("occurred_at", "before_received"), ("notes", "required")]
    body = {"milestone": "tea", "occurred_at": before, "notes": "x"}
    response = api(support).post(f"requests/{report}/milestones/", body)
    assert field_errors(response) == [
        ("occurred_at", "before_received"),
        ("milestone", "unknown_milestone"),
    ]
    assert ServiceRequest.objects.get(pk=report).version == 1


def test_a_manager_records_what_happened_days_ago(api: Any, manager: User, report: int) -> None:
    body = {"milestone": "on_site", "occurred_at": ago(hours=30), "notes": "From the crew's book"}
    assert api(manager).post(f"requests/{report}/milestones/", body).status_code == 201


def test_a_machine_account_says_it_too(api: Any, report: int) -> None:
    machine = make_machine("requests:read", "requests:work")
    body = {"milestone": "on_site", "occurred_at": ago(hours=3), "notes": "From dispatch"}
    assert machine.post(f"requests/{report}/milestones/", body).status_code == 201
    body = {"status": "in_progress", "occurred_at": ago(hours=30), "notes": "x"}
    response = machine.patch(f"requests/{report}/", body)
    assert (response.status_code, response.json()["type"][-19:]) == (403, "permission-required")


def test_it_is_an_unknown_field_for_customers(api: Any, customer: User, report: int) -> None:
    for path in ("comments", "cancel"):
        body = {"notes": "x", "occurred_at": ago(minutes=1)}
        response = api(customer).post(f"requests/{report}/{path}/", body)
        assert field_errors(response) == [("occurred_at", "extra_forbidden")], path
    assert ServiceRequest.objects.get(pk=report).version == 1


def test_late_events_keep_the_order_of_the_log(api: Any, support: User, report: int) -> None:
    requests.start(report, actor=Actor(support))
    body = {"notes": "Rang yesterday", "occurred_at": ago(hours=20)}
    api(support).post(f"requests/{report}/comments/", body)
    shown = api(support).get(f"requests/{report}/").json()["updates"]
    assert [row["id"] for row in shown] == sorted(row["id"] for row in shown)
    assert shown[-1]["notes"] == "Rang yesterday"
