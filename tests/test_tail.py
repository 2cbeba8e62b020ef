"""The tail of the log on any database, and positions that clients name."""

from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.events import tail as tails
from gasutil.events.tail import Position, Tail, missed
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.waiting import wait_for


def settled() -> Position:
    """Return the position after the last row, once no open transaction delays it."""
    wait_for(lambda: not RequestUpdate.objects.filter(txid__gte=tails.horizon()).exists())
    return Tail().position


def add_comment(obj: ServiceRequest, user: User, notes: str = "x", **more: Any) -> int:
    return int(requests.comment(obj.pk, actor=Actor(user), notes=notes, **more).history_id)


@pytest.mark.parametrize(
    "text", ["", "7", "-7", "7-", "7-1", "a-b-0", "1-2-3-4", "٣-٤-٣", "1" * 60 + "-1-0", "1.5-2-0"]
)
def test_an_invalid_position_is_none(text: str) -> None:
    assert Position.read(text) is None


@pytest.mark.django_db
def test_a_position_is_read_as_it_was_written() -> None:
    assert Position.read(str(Position(12, 7))) == Position(12, 7)


@pytest.mark.django_db
def test_a_position_in_another_log_is_none() -> None:
    assert Position.read(f"12-7-{tails.epoch() + 1}") is None


@pytest.mark.django_db(transaction=True)
def test_it_returns_each_row_once_and_no_older_ones(leak: ServiceRequest, support: User) -> None:
    add_comment(leak, support)
    tail = Tail()
    assert tail.poll().rows == []
    result = [add_comment(leak, support) for _ in range(3)]
    assert [row.history_id for row in tail.poll().rows] == result
    assert tail.poll().rows == []


@pytest.mark.django_db(transaction=True)
def test_it_continues_after_a_full_batch(
    leak: ServiceRequest, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "BATCH_SIZE", 2)
    tail = Tail()
    result = [add_comment(leak, support) for _ in range(5)]
    assert [row.history_id for _ in range(3) for row in tail.poll().rows] == result


@pytest.mark.django_db(transaction=True)
def test_a_client_that_reconnects_gets_only_what_it_may_see(
    leak: ServiceRequest, support: User, customer: User, neighbour: User
) -> None:
    position = settled()
    first, inside, last = (
        add_comment(leak, support),
        add_comment(leak, support, is_internal=True),
        add_comment(leak, customer),
    )
    batches = [missed(Actor(user), position) for user in (support, customer, neighbour)]
    assert [[row.history_id for row in batch.rows] for batch in batches if batch] == [
        [first, inside, last],
        [first, last],
        [],
    ]


@pytest.mark.django_db(transaction=True)
def test_a_client_that_missed_too_much_gets_a_reset(
    leak: ServiceRequest, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "MAX_MISSED_ROWS", 2)
    position = settled()
    for _ in range(2):
        add_comment(leak, support)
    assert missed(Actor(support), position) is not None
    add_comment(leak, support)
    assert missed(Actor(support), position) is None


@pytest.mark.django_db(transaction=True)
def test_a_position_ahead_of_the_log_is_of_another(leak: ServiceRequest, support: User) -> None:
    assert missed(Actor(support), Position(10**15, 10**15)) is None
