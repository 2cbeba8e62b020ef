"""The thread that follows the log for all streams of a process. No failure in it loses an event."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from gasutil.access import SYSTEM, Actor
from gasutil.api.events import aside
from gasutil.events import hub as hubs
from gasutil.events.hub import Hub, Subscriber
from gasutil.events.tail import Position
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def received(hub: Hub, user: User, number: int, happens: Callable[[], Any]) -> list[bytes]:
    """Return the first messages of a stream after it is open."""

    async def listen() -> list[bytes]:
        subscriber = Subscriber(Actor(user), None, asyncio.get_running_loop())
        await aside(hub.open, subscriber)
        hub.extend(subscriber, time.time() + 300)
        try:
            await aside(happens)
            return [await asyncio.wait_for(subscriber.queue.get(), 15) for _ in range(number)]
        finally:
            hub.close(subscriber)

    result = asyncio.run(listen())
    wait_for(lambda: hub.thread is None)
    return result


def failing(error: Exception, times: int) -> Callable[..., list[bytes]]:
    """Return a function that renders rows, but fails some times at the second one."""
    left = [times]

    def render(actor: Actor, rows: list[Any], positions: list[Position]) -> list[bytes]:
        if left[0] and "Two" in [row.notes for row in rows]:
            left[0] -= 1
            raise error
        return [str(row.notes).encode() for row in rows]

    return render


def add_comments(pk: int, *words: str) -> None:
    for notes in words:
        requests.comment(pk, actor=SYSTEM, notes=notes)


def test_an_outage_of_the_database_costs_no_event(leak: ServiceRequest, support: User) -> None:
    hub = Hub(failing(OperationalError("the connection is lost"), 2))
    assert received(hub, support, 3, lambda: add_comments(leak.pk, "One", "Two", "Three")) == [
        b"One",
        b"Two",
        b"Three",
    ]


def test_a_row_that_cannot_be_sent_stops_no_other(leak: ServiceRequest, support: User) -> None:
    hub = Hub(failing(ValueError("nonsense"), 1000))

    def happens() -> None:
        add_comments(leak.pk, "Two")
        time.sleep(3)  # it fails, is logged, and the thread takes breath
        add_comments(leak.pk, "Three")

    assert received(hub, support, 1, happens) == [b"Three"]


class Broken:
    """A messenger that raises an unexpected exception."""

    def wait(self, seconds: float) -> None:
        raise RuntimeError("nonsense")

    def close(self) -> None:
        """Close nothing."""


def test_a_messenger_that_fails_stops_no_other(
    leak: ServiceRequest, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "WAKEUP_BACKEND", Broken())
    hub = Hub(failing(ValueError(), 0))
    assert received(hub, support, 2, lambda: add_comments(leak.pk, "One", "Two")) == [
        b"One",
        b"Two",
    ]


def test_streams_can_open_after_the_last_was_closed(leak: ServiceRequest, support: User) -> None:
    hub = Hub(failing(ValueError(), 0))
    assert received(hub, support, 1, lambda: add_comments(leak.pk, "One")) == [b"One"]
    assert received(hub, support, 1, lambda: add_comments(leak.pk, "Two")) == [b"Two"]
