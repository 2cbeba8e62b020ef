"""Which transfers are too slow, and which of too many is dropped."""

import pytest
from pytest_django import Settings

from project import slow_clients
from project.slow_clients import SlowTransfers, TooSlow, Transfer


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test sets."""
    now = [1000.0]
    monkeypatch.setattr(slow_clients, "SLOW", SlowTransfers())
    monkeypatch.setattr(slow_clients.time, "monotonic", lambda: now[0])
    return now


def test_a_body_without_files_has_a_limited_time(now: list[float]) -> None:
    transfer = Transfer("10.0.0.1", seconds=20)
    now[0] += 19
    transfer.count(10)
    now[0] += 1
    with pytest.raises(TooSlow):
        transfer.count(100_000)


def test_a_body_with_files_may_take_as_long_as_it_keeps_the_rate(now: list[float]) -> None:
    transfer = Transfer("10.0.0.1")
    for _ in range(600):
        now[0] += 1
        transfer.count(1100)
    now[0] += 19  # whatever it has sent before
    with pytest.raises(TooSlow):
        transfer.count(500)


@pytest.mark.parametrize(
    ("address", "setting"), [("10.0.0.1", "SLOW_CLIENTS_PER_ADDRESS"), ("10.0.0.2", "SLOW_CLIENTS")]
)
def test_the_slowest_of_too_many_is_dropped(
    address: str, setting: str, now: list[float], settings: Settings
) -> None:
    setattr(settings, setting, 2)
    quick, slow, last = Transfer(address), Transfer("10.0.0.1"), Transfer("10.0.0.1")
    if setting == "SLOW_CLIENTS_PER_ADDRESS":
        stranger = Transfer("10.0.0.9")
    now[0] += 3
    quick.count(50_000)
    slow.count(10)
    if setting == "SLOW_CLIENTS_PER_ADDRESS":
        stranger.check()
    last.count(20_000)
    with pytest.raises(TooSlow):
        slow.check()
    for transfer in (quick, last):
        transfer.check()


def test_networks_of_ipv6_count_as_one_address() -> None:
    assert Transfer("2001:db8::1").address == Transfer("2001:db8::2").address


def test_a_quick_transfer_counts_for_nothing(now: list[float]) -> None:
    with Transfer("10.0.0.1") as transfer:
        transfer.count(10)
        assert slow_clients.SLOW.transfers == set()
        now[0] += 3
        transfer.check()
        assert slow_clients.SLOW.transfers == {transfer}
    assert slow_clients.SLOW.transfers == set()
