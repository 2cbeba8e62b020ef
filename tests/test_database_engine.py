"""The engine for PostgreSQL: how it reads times, tests connections and prepares statements."""

import datetime as dt
import select
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from project.postgresql.base import is_usable
from project.settings import DATABASES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="It is PostgreSQL's."),
]
MOMENT = dt.datetime(2026, 11, 23, 14, 30, 0, 500_000, tzinfo=dt.UTC)


def value_of(sql: str, *params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def run_prepared(sql: str, *params: Any) -> Any:
    with connection.prepared_cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_it_is_the_engine_for_every_address_of_postgresql() -> None:
    assert DATABASES["default"]["ENGINE"] == "project.postgresql"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23 20:00:00.5+05:30",
        "2026-11-23 14:30:00.5+00",
        "2026-11-23 14:30:00.500000Z",
    ],
)
def test_it_reads_times_in_utc(text: str) -> None:
    read = value_of("SELECT %s::timestamptz", text)
    assert (read, read.utcoffset()) == (MOMENT, dt.timedelta())


def test_it_reads_all_years_of_python() -> None:
    assert value_of("SELECT '9999-12-31 23:59:59Z'::timestamptz").year == 9999
    assert value_of("SELECT '0001-01-01 00:00:00Z'::timestamptz").year == 1
    assert value_of("SELECT NULL::timestamptz") is None


def test_it_prepares_a_statement_that_asks_for_it() -> None:
    sql = "SELECT %s::int + 101"
    assert [run_prepared(sql, n) for n in (1, 2)] == [102, 103]
    assert [item for item in prepared() if "101" in item] == ["SELECT $1::int + 101"]


def test_it_prepares_no_other_statement() -> None:
    for _ in range(8):
        value_of("SELECT %s::int + 102", 1)
    assert [item for item in prepared() if "+ 102" in item] == []


def test_a_setting_switches_preparing_off(settings: Settings) -> None:
    settings.DATABASE_PREPARE = False
    assert [run_prepared("SELECT %s::int + 103", 1) for _ in range(8)] == [104] * 8
    assert [item for item in prepared() if "+ 103" in item] == []
    assert connection.get_connection_params()["prepare_threshold"] is None


def test_a_prepared_statement_is_logged_with_its_values() -> None:
    with CaptureQueriesContext(connection) as queries:
        run_prepared("SELECT %s::text", "it's here")
    assert queries[0]["sql"] == "SELECT 'it''s here'::text"


def test_a_wrapper_of_queries_sees_prepared_statements() -> None:
    seen = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run_prepared("SELECT %s::int", 1)
    assert seen == ["SELECT %s::int"]


@pytest.fixture
def session() -> Iterator[Any]:
    """Open a session of its own, as the pool does."""
    params = connection.get_connection_params()
    with psycopg.connect(**params, autocommit=True) as session:
        yield session


def test_a_working_connection_is_not_queried(session: Any) -> None:
    asked = "SELECT query FROM pg_stat_activity WHERE pid = %s"
    session.execute("SELECT 'the last that it was asked'")
    assert is_usable(session)
    assert value_of(asked, session.info.backend_pid) == "SELECT 'the last that it was asked'"


def test_a_connection_that_the_server_has_ended_is_not_usable(session: Any) -> None:
    end(session)
    assert not is_usable(session)


def test_a_connection_with_a_message_of_the_server_is_usable(session: Any) -> None:
    session.execute("LISTEN gasutil_test_engine")
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("NOTIFY gasutil_test_engine")
    wait_for_input(session)
    assert is_usable(session)
    assert session.execute("SELECT 1").fetchone() == (1,)


def test_the_pool_hands_out_no_connection_that_was_cut() -> None:
    """A call after a restart of the server does not fail."""
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(use_after_a_cut).result() == [1, 1]


def use_after_a_cut() -> list[int]:
    """Use a connection of the pool, have the server end it, and use the next."""
    results = [value_of("SELECT 1")]
    session = connection.connection
    connection.close()  # back to the pool
    end(session)
    results.append(value_of("SELECT 1"))
    connection.close()
    return results


def end(session: Any) -> None:
    """Have the server end a session, and wait until the client can see it."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [session.info.backend_pid])
    wait_for_input(session)


def wait_for_input(session: Any) -> None:
    assert select.select([session.fileno()], [], [], 5)[0]
