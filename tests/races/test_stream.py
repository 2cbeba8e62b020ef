"""The log, read while others commit.

Nothing is lost or invented, and it is in order within a request.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from gasutil.access import SYSTEM, Actor
from gasutil.events import tail as tails
from gasutil.events.tail import Position, Tail, missed
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.databases import database_url
from tests.support.randomness import Random

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
INSERT = """
INSERT INTO gasutil_requestupdate (
    id, event, subject, notes, is_internal, channel,
    status, priority, version, history_date, history_type, request_type
)
VALUES (
    %s, 'request.commented', '', '', false, 'api',
    'pending', 'normal', 1, now(), '~', 'gas_leak_inspection'
)
RETURNING history_id
"""


class Writers:
    """Sessions that write into the log, each in an open transaction."""

    def __init__(self, number: int) -> None:
        self.sessions = [psycopg.connect(database_url()) for _ in range(number)]

    def write(self, which: int, pk: int) -> int:
        """Write a row and return its id."""
        row = self.sessions[which].execute(INSERT, [pk]).fetchone()
        assert row
        return int(row[0])

    def close(self) -> None:
        for session in self.sessions:
            session.close()


@pytest.fixture
def writers() -> Iterator[Writers]:
    result = Writers(6)
    yield result
    result.close()


def ids(rows: list[Any]) -> list[int]:
    return [row.history_id for row in rows]


def test_a_row_that_commits_after_a_later_one_is_sent(
    leak: ServiceRequest, writers: Writers
) -> None:
    tail = Tail()
    first, second = writers.write(0, leak.pk), writers.write(1, leak.pk)
    writers.sessions[1].commit()
    assert ids(tail.poll().rows) == [second]
    writers.sessions[0].commit()
    assert ids(tail.poll().rows) == [first]
    assert ids(tail.poll().rows) == []


def test_a_client_that_reconnects_gets_late_commits(
    leak: ServiceRequest, writers: Writers, support: User
) -> None:
    tail = Tail()
    first, second = writers.write(0, leak.pk), writers.write(1, leak.pk)
    writers.sessions[1].commit()
    after = tail.poll().after
    writers.sessions[0].commit()
    batch = missed(Actor(support), after)
    assert batch is not None
    assert ids(batch.rows)[-2:] == [first, second]


def test_an_open_transaction_delays_nothing(
    leak: ServiceRequest, writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "BATCH_SIZE", 2)
    tail = Tail()
    late = writers.write(0, leak.pk)
    result = []
    for _ in range(7):
        result.append(writers.write(1, leak.pk))
        writers.sessions[1].commit()
    assert [item for _ in range(5) for item in ids(tail.poll().rows)] == result
    writers.sessions[0].commit()
    assert [item for _ in range(5) for item in ids(tail.poll().rows)] == [late]


def test_a_row_that_is_rolled_back_is_never_sent(leak: ServiceRequest, writers: Writers) -> None:
    tail = Tail()
    writers.write(0, leak.pk)
    assert tail.poll().rows == []
    writers.sessions[0].rollback()
    assert tail.poll().rows == []


@pytest.mark.parametrize("seed", range(40))
def test_any_interleaving_is_sent_completely(
    seed: int, leak: ServiceRequest, writers: Writers, support: User, chance: Random
) -> None:
    """Write, commit, roll back, poll and reconnect at random.

    Each request has one transaction at a time, by the engine's lock.
    """
    before = set(RequestUpdate.objects.values_list("history_id", flat=True))
    tail = Tail()
    base = tail.position
    open_rows: dict[int, list[int]] = {}
    committed: list[int] = []
    live: list[int] = []
    back: list[int] = []
    position = base
    for _ in range(60):
        which = chance.randrange(6)
        match chance.choice(["write", "write", "commit", "rollback", "poll", "reconnect"]):
            case "write":
                open_rows.setdefault(which, []).append(writers.write(which, which + 1))
            case "commit":
                writers.sessions[which].commit()
                committed += open_rows.pop(which, [])
            case "rollback":
                writers.sessions[which].rollback()
                open_rows.pop(which, None)
            case "poll":
                live += ids(tail.poll().rows)
            case "reconnect":
                batch = missed(Actor(support), position)
                assert batch is not None
                back += ids(batch.rows)
                position = batch.after
    for which, rows in open_rows.items():
        writers.sessions[which].commit()
        committed += rows
    live += ids(tail.poll().rows)
    batch = missed(Actor(support), position)
    assert batch is not None
    back += ids(batch.rows)
    assert sorted(live) == sorted(committed)  # each once
    assert (
        set(committed) <= set(back) <= {*committed, *before}
    )  # each at least once, and what had not yet been passed again
    of = dict(RequestUpdate.objects.values_list("history_id", "id"))
    for pk in set(of.values()):
        result = [item for item in live if of[item] == pk]
        assert result == sorted(result)


def test_a_position_of_another_log_is_none(leak: ServiceRequest, support: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        ahead = int(cursor.fetchone()[0]) + 1000
    assert missed(Actor(support), Position(ahead, 1)) is None


def test_the_log_is_followed_by_an_index(leak: ServiceRequest) -> None:
    requests.comment(leak.pk, actor=SYSTEM, notes="x")
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT 1 FROM gasutil_requestupdate WHERE txid >= 5 AND (txid > 5 OR"
            " history_id > 7) ORDER BY txid, history_id LIMIT 9"
        )
        assert "request_update_stream" in str(cursor.fetchall())
