"""Redis is killed, or hangs, under load. Calls still succeed, and nothing has to be restarted."""

import signal
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.busy_server import BusyServer
from tests.support.databases import database
from tests.support.redis_server import Redis
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def desk(template: str, tmp_path: Path, cache: Redis) -> Iterator[BusyServer]:
    with database(template) as url:
        server = BusyServer(tmp_path, DATABASE_URL=url, REDIS_URL=cache.url)
        server.start()
        yield server
        server.stop()


SESSION = """
from django.test import Client
from gasutil.models import User
User.objects.filter(username="support").update(is_staff=True, is_superuser=True)
client = Client()
client.force_login(
    User.objects.get(username="support"), backend="gasutil.identity.backend.ThrottledBackend"
)
print(client.cookies["sessionid"].value)
"""


@pytest.fixture
def session(desk: BusyServer) -> str:
    """The session cookie of a user of the console."""
    return desk.manage("shell", "-v0", "-c", SESSION).strip()


def page(desk: BusyServer, session: str, path: str) -> int:
    """Open a page of the console."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{desk.port}/admin/{path}", headers={"Cookie": f"sessionid={session}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return int(answer.status) if answer.url == request.full_url else 302
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def check_that_all_is_answered(desk: BusyServer, session: str) -> None:
    """Check that the desk responds to everything.

    A wrong password is rejected for itself, not because of the cache.
    """
    began = time.monotonic()
    for path in (
        "",
        "gasutil/servicerequest/",
        f"gasutil/servicerequest/{desk.known['pk']}/change/",
    ):
        assert page(desk, session, path) == 200, path
    assert desk.call("GET", "dashboard/", "support")[0] == 200
    for make in (desk.file, desk.file_with_picture, desk.note):
        call = make()
        desk.calls.append(call)
        call.make()
        assert call.status in (200, 201), call
    assert desk.call("POST", "login/", "", {"username": "customer", "password": "wrong"})[0] == 401
    assert time.monotonic() - began < 20


def test_every_call_gets_a_response_during_an_outage(
    desk: BusyServer, session: str, cache: Redis
) -> None:
    assert desk.health()[1]["cache"] == "ok"
    with desk.busy():
        desk.get_going()
        cache.kill()
        desk.get_going()
        check_that_all_is_answered(desk, session)
        status, states = desk.health()
        assert (status, states["status"], states["cache"], states["database"]) == (
            503,
            "down",
            "down",
            "ok",
        )
        cache.start()
        wait_for(lambda: desk.health()[1]["cache"] == "ok")
        cache.process.send_signal(signal.SIGSTOP)
        check_that_all_is_answered(desk, session)
        cache.process.send_signal(signal.SIGCONT)
        wait_for(lambda: desk.health()[1]["cache"] == "ok")
    assert Counter(call.status for call in desk.calls).keys() == {200, 201}
    desk.check()


@pytest.fixture
def limited(template: str, tmp_path: Path, cache: Redis) -> Iterator[BusyServer]:
    """A desk where an account may make each call once."""
    names = ("REQUEST_LIMIT", "COMMENT_LIMIT", "UPDATE_LIMIT", "EMERGENCY_LIMIT")
    with database(template) as url:
        server = BusyServer(
            tmp_path, DATABASE_URL=url, REDIS_URL=cache.url, **dict.fromkeys(names, "1")
        )
        server.start()
        yield server
        server.stop()


def test_no_limit_rejects_anything_while_it_is_away(limited: BusyServer, cache: Redis) -> None:
    connection = {"request_type": "new_connection", "description": "A new house"}
    leak = {"request_type": "gas_leak_inspection", "description": "It smells of gas"}
    result = [limited.send("requests/", "customer", connection)[0] for _ in range(2)]
    assert result == [201, 429]
    assert [limited.send("requests/", "customer", leak)[0] for _ in range(3)] == [201] * 3
    cache.kill()
    assert [limited.send("requests/", "customer", connection)[0] for _ in range(3)] == [201] * 3
    answers = [limited.send("requests/", "customer", leak) for _ in range(3)]
    assert [(status, body["is_unverified"]) for status, body in answers] == [(201, False)] * 3
