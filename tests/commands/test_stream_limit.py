"""`STREAMS_A_USER` over two servers that share a Redis.

Streams are counted together, and those of a dead server expire.
"""

import copy
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from gasutil.events.leases import LEASE_SECONDS
from tests.support.processes import free_port
from tests.support.servers import TIMEOUT_SECONDS, LiveServer
from tests.support.streams import Listener
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services
STREAM_LIMIT = 3


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[LiveServer, LiveServer]]:
    """Two servers on one database and one Redis."""
    first = LiveServer(tmp_path, REDIS_URL=settings.REDIS_URL, STREAMS_A_USER=str(STREAM_LIMIT))
    second = copy.copy(first)
    second.port, second.processes = free_port(), []
    second.environment = first.environment | {"PORT": str(second.port)}
    with first, second:
        yield first, second


def status_of(server: LiveServer) -> int:
    """Return the status of one more stream, which is closed at once."""
    try:
        Listener(server, "customer").close()
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    return 200


def seconds_until_free(server: LiveServer) -> float:
    began = time.monotonic()
    wait_for(lambda: status_of(server) == 200, TIMEOUT_SECONDS + LEASE_SECONDS)
    return time.monotonic() - began


def test_streams_are_counted_over_all_servers(servers: tuple[LiveServer, LiveServer]) -> None:
    first, second = servers
    listeners = [Listener(server, "customer") for server in (first, first, second)]
    assert [status_of(server) for server in servers] == [429, 429]
    Listener(second, "neighbour").close()  # each user has their own
    listeners[0].close()
    first.add_note("One")  # the server notices that no one reads
    seconds_until_free(second)

    listeners += [Listener(second, "customer")]
    assert status_of(second) == 429
    first.kill()
    assert seconds_until_free(second) > 1  # its streams count until their leases expire
