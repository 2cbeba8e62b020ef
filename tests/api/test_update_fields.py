"""An update has the same fields in lists, details, responses and events."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from pytest_django import Settings

from gasutil.access import CUSTOMER_CHANGES, SYSTEM, Actor
from gasutil.api.representations import REQUEST, UPDATE
from gasutil.models import Priority, RequestUpdate, ServiceRequest, Status, User
from gasutil.request_history import TRACKED, changes_as_json, tracked
from gasutil.updates import UPDATE_FIELDS, as_updates, events_of
from gasutil.workflow import attachments, incidents, requests
from tests.support.files import picture

Row = dict[str, Any]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Store files in an empty folder."""
    settings.MEDIA_ROOT = tmp_path


def listed(client: Any, obj: ServiceRequest) -> list[Row]:
    """Return a request's updates from the list, oldest first; those of the detail are the same."""
    rows = client.get(f"request-updates/?service_request={obj.pk}").json()["results"][::-1]
    assert client.get(f"requests/{obj.pk}/").json()["updates"] == rows
    return list(rows)


def streamed(user: User, obj: ServiceRequest) -> list[Row]:
    """Return the updates of a request's events, as the stream sends them to a user."""
    rows = RequestUpdate.objects.filter(id=obj.pk).order_by("history_id")
    return [
        json.loads(event)["update"]
        for event in events_of(Actor(user), rows, [obj.reference] * len(rows))
    ]


def attach(obj: ServiceRequest, user: User, name: str = "meter.jpg") -> Any:
    file = SimpleUploadedFile(name, picture(), content_type="image/jpeg")
    return attachments.attach(obj.pk, actor=Actor(user), file=file)


def make_older() -> None:
    """Empty the columns that the previous release did not have, in all rows."""
    names = ("changes", "attachment", "occurred_at")
    QuerySet(RequestUpdate).update(**dict.fromkeys(names))


def test_it_works(api: Any, customer: User, support: User, leak: ServiceRequest) -> None:
    answer = api(support).post(f"requests/{leak.pk}/milestones/", {"milestone": "no_access"})
    row = answer.json()
    assert {name: row[name] for name in UPDATE_FIELDS[8:]} == {
        "event": "request.milestone",
        "milestone": "no_access",
        "attachment": None,
        "changes": {},
        "occurred_at": row["created_at"],
        "author_kind": "support",
        "author_name": "Support Example",
    }
    assert listed(api(support), leak)[-1] == streamed(support, leak)[-1] == row
    shown = row | {"author_name": "Support"}
    assert listed(api(customer), leak)[-1] == streamed(customer, leak)[-1] == shown
    (entry,) = api(support).get(f"requests/{leak.pk}/history/").json()["results"][1:]
    assert (entry["milestone"], entry["author_name"]) == ("no_access", "Support Example")


def test_one_update_says_all_that_changed(
    api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    body = {"status": "in_progress", "assigned_to": support.pk, "priority": "high"}
    api(support).patch(f"requests/{connection.pk}/", body)
    opened, changed = listed(api(customer), connection)
    assert changed["changes"] == {
        "status": {"from": "pending", "to": "in_progress"},
        "priority": {"from": "normal", "to": "high"},
        "assigned_to": {"from": None, "to": support.pk},
    }
    assert opened["event"] == "request.created"
    assert opened["changes"]["status"] == {"from": None, "to": "pending"}
    assert opened["author_name"] == "Customer Example"


def test_it_names_the_file(
    api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    file = attach(connection, customer)
    attachments.remove(file.pk, actor=Actor(customer))
    added, removed = listed(api(support), connection)[1:]
    assert (added["event"], added["attachment"]) == ("request.attachment_added", file.pk)
    assert (removed["event"], removed["attachment"]) == ("request.attachment_removed", file.pk)


def test_a_customer_sees_no_change_of_a_field_that_they_cannot_see(
    api: Any, customer: User, support: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    actor = Actor(support)
    pk = incidents.open_incident(actor=actor, title="Main street", reports=[leak.pk]).pk
    row = RequestUpdate.objects.get(id=leak.pk, event="request.joined")
    values = {"incident": {"from": None, "to": pk}, "status": {"from": None, "to": "pending"}}
    row.changes, row.is_internal = values, False
    (for_staff,) = as_updates(actor, [row])
    (for_customer,) = as_updates(Actor(customer), [row])
    assert (for_staff["changes"], for_staff["author_name"]) == (values, "Support Example")
    assert for_customer["changes"] == {"status": values["status"]}
    assert for_customer["author_name"] == "Support"


def test_a_customer_sees_changes_of_fields_of_a_request_alone() -> None:
    assert set(REQUEST.names) >= CUSTOMER_CHANGES
    assert set(TRACKED) >= CUSTOMER_CHANGES
    assert "incident" not in CUSTOMER_CHANGES


def test_the_system_has_no_name(api: Any, support: User, connection: ServiceRequest) -> None:
    requests.comment(connection.pk, actor=SYSTEM, notes="Imported")
    row = listed(api(support), connection)[-1]
    assert (row["author"], row["author_kind"], row["author_name"]) == (None, "system", None)


def test_what_is_stored_is_what_changed(
    support: User, customer: User, leak: ServiceRequest
) -> None:
    actor = Actor(support)
    requests.update(leak.pk, actor=actor, status=Status.IN_PROGRESS, notes="x", is_internal=True)
    requests.update(leak.pk, actor=actor, assigned_to=None, notes="y")
    attach(leak, customer)
    requests.reclassify(leak.pk, actor=actor, request_type="no_supply", notes="No leak")
    requests.prioritise(leak.pk, actor=actor, priority=Priority.EMERGENCY, notes="Smell")
    was: Row = {}
    for row in RequestUpdate.objects.filter(id=leak.pk).order_by("history_id"):
        assert row.changes == changes_as_json(was, tracked(row))
        was = tracked(row)


@pytest.mark.usefixtures("rewritable_histories")
def test_older_rows_are_read_correctly(
    api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    attach(connection, customer)
    attach(connection, customer, "other.jpg")
    requests.update(
        connection.pk, actor=Actor(support), priority=Priority.HIGH, notes="x", is_internal=True
    )
    requests.update(connection.pk, actor=Actor(support), status=Status.RESOLVED)
    before = [listed(api(user), connection) for user in (support, customer)]
    history = api(support).get(f"requests/{connection.pk}/history/").json()
    make_older()
    assert [listed(api(user), connection) for user in (support, customer)] == before
    assert api(support).get(f"requests/{connection.pk}/history/").json() == history
    page = api(support).get("request-updates/?page_size=1").json()["results"]
    assert page == before[0][-1:]


@pytest.mark.usefixtures("rewritable_histories")
def test_an_older_row_names_no_file_that_is_gone_or_not_the_only_one(
    api: Any, customer: User, connection: ServiceRequest
) -> None:
    gone = attach(connection, customer)
    attachments.remove(gone.pk, actor=Actor(customer))
    make_older()
    rows = listed(api(customer), connection)
    assert [row["attachment"] for row in rows] == [None, None, None]


def test_changes_are_in_one_order_on_every_database(
    api: Any, support: User, connection: ServiceRequest
) -> None:
    body = {"assigned_to": support.pk, "priority": "high", "status": "in_progress"}
    api(support).patch(f"requests/{connection.pk}/", body)
    changes = listed(api(support), connection)[-1]["changes"]
    assert list(changes) == ["status", "priority", "assigned_to"]
    assert list(changes["status"]) == ["from", "to"]


def test_the_document_describes_each_field() -> None:
    assert list(UPDATE.schema.model_json_schema()["properties"]) == list(UPDATE_FIELDS)
