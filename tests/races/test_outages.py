"""Streams survive outages. Redis or PostgreSQL is killed while clients listen, and restarted."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from gasutil_client import Event, MemoryTokens, Session, Stream
from gasutil_client.generated.models import TokenPair
from tests.support.databases import PostgreSQL, empty_database
from tests.support.redis_server import Redis
from tests.support.servers import LiveServer
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services
PROMPT_SECONDS = 1.0
# Seconds: the two between two looks at the log, and some for a machine that is busy.
POLL_SECONDS = 3.5
TIMEOUT_SECONDS = 60.0


class Client:
    """A client by our own package, in a thread."""

    def __init__(self, desk: LiveServer, who: str) -> None:
        self.session = Session(
            f"http://127.0.0.1:{desk.port}",
            MemoryTokens(TokenPair(**desk.known[who])),
        )
        self.heard: Queue[str] = Queue()
        self.notices: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(lambda: "Connected" in self.notices)

    def _read(self) -> None:
        for notice in Stream(self.session).follow():
            self.notices.append(type(notice).__name__)
            if isinstance(notice, Event):
                self.heard.put(notice.update.notes)

    def expect_event(self, words: str, seconds: float = TIMEOUT_SECONDS) -> float:
        """Wait for the next event, which has to match; return the seconds that it took."""
        began = time.monotonic()
        assert self.heard.get(timeout=seconds) == words
        return time.monotonic() - began


@pytest.fixture
def messenger(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def cluster() -> Iterator[PostgreSQL]:
    server = PostgreSQL()
    yield server
    server.remove()


def test_a_redis_that_is_killed_costs_no_event_and_is_used_again(
    tmp_path: Path, db: None, messenger: Redis
) -> None:
    with empty_database() as settings:
        desk = LiveServer(
            tmp_path, **settings | {"REDIS_URL": f"redis://127.0.0.1:{messenger.port}/0"}
        )
        desk.start()
        try:
            client = Client(desk, "customer")
            desk.add_note("Before")
            assert client.expect_event("Before") < PROMPT_SECONDS
            messenger.kill()
            desk.add_note("While it is away")
            assert client.expect_event("While it is away") < POLL_SECONDS
            messenger.start()
            desk.add_note("Back")
            assert client.expect_event("Back") < POLL_SECONDS
            for words in ("One", "Two", "Three"):
                desk.add_note(words)
                assert client.expect_event(words) < PROMPT_SECONDS
            assert client.notices.count("Connected") == 1
        finally:
            desk.stop()


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_postgresql_that_is_restarted_costs_no_event(
    mode: str, tmp_path: Path, db: None, cluster: PostgreSQL
) -> None:
    desk = LiveServer(tmp_path, DATABASE_URL=cluster.url)
    desk.start()
    try:
        client = Client(desk, "customer")
        desk.add_note("Before")
        assert client.expect_event("Before") < PROMPT_SECONDS
        cluster.stop(mode)
        assert desk.call("GET", "request-updates/", "support")[0] in (500, 503)
        cluster.start()
        wait_for(lambda: desk.call("GET", "request-updates/", "support")[0] == 200)
        desk.add_note("After")
        client.expect_event("After")
        desk.add_note("At once again")
        assert client.expect_event("At once again") < POLL_SECONDS
        assert client.heard.empty()
    finally:
        desk.stop()


def test_after_a_long_outage_of_postgresql_the_next_calls_succeed(
    tmp_path: Path, db: None, cluster: PostgreSQL
) -> None:
    """Without a setting, the pool doubles its pause between attempts without a limit."""
    desk = LiveServer(tmp_path, DATABASE_URL=cluster.url)
    desk.start()
    try:
        cluster.stop("fast")
        end = time.monotonic() + 36  # the next attempt would come after 63 seconds
        while time.monotonic() < end:
            assert desk.call("GET", "request-types/")[0] == 503
            time.sleep(0.5)  # a call each half second
        cluster.start()
        assert 200 in [desk.call("GET", "request-types/")[0] for _ in range(3)]
    finally:
        desk.stop()
