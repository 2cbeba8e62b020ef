"""Each row of the log stores the names of the changed fields, for filters."""

import importlib

import pytest
from django.db import connection

from gasutil.access import Actor
from gasutil.models import CHANGES, Priority, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests

migration = importlib.import_module("gasutil.migrations.0011_oversight")


@pytest.fixture
def filed(customer: User) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer),
        request_type="new_connection",
        description="Application for new gas connection",
    )


def changed(obj: ServiceRequest) -> list[str]:
    return list(
        RequestUpdate.objects.filter(id=obj.pk)
        .order_by("history_id")
        .values_list("changed", flat=True)
    )


def work(obj: ServiceRequest, support: User) -> None:
    actor = Actor(support)
    requests.update(obj.pk, actor=actor, status="in_progress", assigned_to=support.pk)  # type: ignore[arg-type]  # the API's own words
    requests.comment(obj.pk, actor=actor, notes="A word")
    requests.prioritise(obj.pk, actor=actor, priority=Priority.HIGH, notes="Ours", is_internal=True)
    requests.resolve(obj.pk, actor=actor)


def test_it_names_every_changed_field(support: User, filed: ServiceRequest) -> None:
    work(filed, support)
    assert changed(filed) == ["", "status,assigned_to", "", "priority", "", "status,resolved_at"]
    assert [RequestUpdate.objects.filter(rows).count() for rows in CHANGES.values()] == [2, 1, 1, 0]


def test_the_migration_fills_older_rows(
    support: User, filed: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    work(filed, support)
    result = changed(filed)
    request.getfixturevalue("rewritable_histories")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE gasutil_requestupdate SET changed = ''")
    migration.tell_changes(None, connection.SchemaEditorClass(connection))  # type: ignore[misc]
    assert changed(filed) == result
