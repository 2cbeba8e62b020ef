"""A dump that is restored into another PostgreSQL.

Its transaction numbers differ, and streams continue.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from gasutil import installation
from gasutil.access import SYSTEM
from gasutil.events.restored import is_restored, repair
from gasutil.events.tail import Tail
from gasutil.models import Installation, RequestUpdate, ServiceRequest
from gasutil.workflow import requests
from tests.support.databases import PostgreSQL
from tests.support.servers import LiveServer
from tests.support.streams import Listener

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
ROW = """
INSERT INTO gasutil_requestupdate (id, event, subject, notes, is_internal, channel, status,
    priority, version, history_date, history_type, request_type, txid)
VALUES (%s, 'request.commented', '', 'Of another log', false, 'api', 'pending',
    'normal', 1, now(), '~', 'gas_leak_inspection', 1000000000000)
"""


@pytest.fixture
def restored(leak: ServiceRequest) -> ServiceRequest:
    """A request with a row that a dump has brought."""
    with connection.cursor() as cursor:
        cursor.execute(ROW, [leak.pk])
    return leak


def test_rows_of_another_log_are_put_before_all_others(restored: ServiceRequest) -> None:
    assert is_restored()
    assert (repair(), repair(), is_restored()) == (1, 0, False)
    assert (
        RequestUpdate.objects.order_by("txid", "history_id").values_list("notes", flat=True).first()
        == "Of another log"
    )


def test_the_log_can_be_changed_no_more_than_before(restored: ServiceRequest) -> None:
    repair()
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute("UPDATE gasutil_requestupdate SET notes = 'x'")


def test_migrate_notes_that_the_database_comes_from_elsewhere(restored: ServiceRequest) -> None:
    Installation.objects.all().delete()  # a backup of a release that did not know installations
    call_command("migrate", verbosity=0)
    assert Installation.objects.get().restored_at is not None
    assert "restored from a backup" in installation.why_not_ours()


def test_an_own_log_is_left_alone(leak: ServiceRequest) -> None:
    assert (is_restored(), repair()) == (False, 0)


def test_rows_of_the_current_transaction_are_own_rows(leak: ServiceRequest) -> None:
    with transaction.atomic():
        requests.comment(leak.pk, actor=SYSTEM, notes="x")
        assert (is_restored(), repair()) == (False, 0)


def test_new_rows_come_after_it(restored: ServiceRequest) -> None:
    repair()
    tail = Tail()
    requests.comment(restored.pk, actor=SYSTEM, notes="New")
    assert [row.notes for row in tail.poll().rows] == ["New"]


@pytest.fixture
def clusters() -> Iterator[tuple[PostgreSQL, PostgreSQL]]:
    """One that has seen many transactions, and one that has not."""
    old, young = PostgreSQL(), PostgreSQL()
    with psycopg.connect(old.url, autocommit=True) as session:
        for _ in range(5000):
            session.execute("SELECT pg_current_xact_id()")
    yield old, young
    old.remove()
    young.remove()


def test_a_dump_is_served_by_a_younger_postgresql(
    clusters: tuple[PostgreSQL, PostgreSQL], tmp_path: Path
) -> None:
    old, young = clusters
    desk = LiveServer(tmp_path, DATABASE_URL=old.url)
    desk.start()
    try:
        listener = Listener(desk, "customer")
        desk.add_note("Before")
        assert listener.data()["update"]["notes"] == "Before"
        desk.stop()
        old.copy_to(young)
        desk.environment["DATABASE_URL"] = young.url
        desk.manage("migrate", "-v0")
        desk.start()
        back = Listener(desk, "customer", listener.last)
        assert back.reset
        desk.add_note("After")
        assert back.data()["update"]["notes"] == "After"
        again = Listener(desk, "customer", back.last)
        desk.add_note("Later")
        assert (again.reset, again.data()["update"]["notes"]) == (False, "Later")
    finally:
        desk.stop()
