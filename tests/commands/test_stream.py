"""`GET events/` on a real ASGI server: who gets which events, resuming, and the end."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import TIMEOUT_SECONDS, LiveServer
from tests.support.streams import Listener

pytestmark = pytest.mark.services


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(tmp_path) as server:
        yield server


def test_each_user_gets_what_they_may_see_at_once(desk: LiveServer) -> None:
    support, customer, neighbour = (
        Listener(desk, who) for who in ("support", "customer", "neighbour")
    )
    began = time.monotonic()
    desk.add_note("On our way", status="in_progress")
    result = customer.data()
    assert time.monotonic() - began < 1
    assert (result["event"], result["service_request"], result["reference"][:3]) == (
        "request.status_changed",
        desk.known["pk"],
        "SR-",
    )
    assert (result["update"]["notes"], result["update"]["id"]) == ("On our way", result["id"])
    for_support = support.data()
    assert for_support["update"].pop("author_name") == "Arjun Nair"
    assert result["update"].pop("author_name") == "Arjun"
    assert for_support == result
    desk.add_note("Between us", is_internal=True)
    assert support.data()["update"]["notes"] == "Between us"
    assert customer.is_silent()
    assert neighbour.is_silent()


def test_a_client_that_reconnects_has_missed_nothing(desk: LiveServer) -> None:
    first = Listener(desk, "customer")
    desk.add_note("One")
    assert first.data()["update"]["notes"] == "One"
    first.close()
    desk.add_note("Two")
    desk.add_note("Three")
    again = Listener(desk, "customer", first.last)
    assert [again.data()["update"]["notes"] for _ in range(2)] == ["Two", "Three"]
    desk.add_note("Four")
    assert again.data()["update"]["notes"] == "Four"
    assert again.is_silent()


def test_nothing_is_lost_over_a_restart(desk: LiveServer) -> None:
    listener = Listener(desk, "customer")
    desk.add_note("Before")
    assert listener.data()["update"]["notes"] == "Before"
    began = time.monotonic()
    desk.stop()
    assert time.monotonic() - began < 8  # an open stream holds nothing up
    assert listener.is_over.wait(5)
    desk.start()
    desk.add_note("After")
    assert Listener(desk, "customer", listener.last).data()["update"]["notes"] == "After"


@pytest.mark.parametrize("cursor", ["nonsense", "999999999999-999999999999-0"])
def test_an_invalid_cursor_gets_a_reset(cursor: str, desk: LiveServer) -> None:
    with urllib.request.urlopen(
        desk.request("GET", "events/", "customer", Last_Event_ID=cursor), timeout=10
    ) as answer:
        lines = [answer.readline().decode() for _ in range(4)]
    assert lines[2:] == ["event: reset\n", "data: {}\n"]


def open_with(desk: LiveServer, ticket: str) -> int:
    """Open a stream with a ticket. Return the status of the response."""
    try:
        with urllib.request.urlopen(desk.request("GET", f"events/?ticket={ticket}"), timeout=10):
            return 200
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_ticket_opens_one_stream(desk: LiveServer) -> None:
    status, created = desk.call("POST", "events/ticket/", "customer")
    assert (status, created["expires_in"]) == (201, 60)
    listener = Listener(desk, "", path=f"events/?ticket={created['ticket']}")
    desk.add_note("On our way")
    assert listener.data()["update"]["notes"] == "On our way"
    assert open_with(desk, created["ticket"]) == 401
    assert open_with(desk, "unknown") == 401
    assert open_with(desk, "") == 401
    desk.call("POST", "logout/", "", {"refresh": desk.known["customer"]["refresh"]})
    assert listener.is_over.wait(TIMEOUT_SECONDS)


def test_a_ticket_ends_with_its_login(desk: LiveServer) -> None:
    _status, created = desk.call("POST", "events/ticket/", "customer")
    desk.call("POST", "logout/", "", {"refresh": desk.known["customer"]["refresh"]})
    assert open_with(desk, created["ticket"]) == 401


def test_a_login_that_is_over_ends_its_streams(desk: LiveServer) -> None:
    listener = Listener(desk, "customer")
    assert (
        desk.call("POST", "logout/", "", {"refresh": desk.known["customer"]["refresh"]})[0] == 204
    )
    assert listener.is_over.wait(15)


LOG_IN = """
from django.test import Client
from gasutil.models import User
client = Client()
client.force_login(
    User.objects.get(username="support"), backend="gasutil.identity.backend.ThrottledBackend"
)
print(client.cookies["sessionid"].value)
"""
END = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
TIME_OUT = """
import datetime as dt
from gasutil.models import ConsoleSession
for row in ConsoleSession.objects.all():
    row.last_used_at -= dt.timedelta(hours=2)
    row.save()
"""


@pytest.mark.parametrize("ending", [END, TIME_OUT], ids=["ended", "timeout"])
def test_a_session_of_the_console_that_is_over_ends_its_streams(
    ending: str, desk: LiveServer
) -> None:
    listener = Listener(
        desk, "", Cookie=f"sessionid={desk.manage('shell', '-v0', '-c', LOG_IN).strip()}"
    )
    desk.add_note("Before")
    assert listener.data()["update"]["notes"] == "Before"
    assert not listener.is_over.wait(11)  # as long as the session is there, so is the stream
    desk.manage("shell", "-v0", "-c", ending)
    assert listener.is_over.wait(15)


def test_it_needs_approval_and_has_limits(desk: LiveServer) -> None:
    assert [desk.call("GET", "events/", who)[0] for who in ("", "pending")] == [401, 403]
    assert desk.call("GET", "events/?last_event=1", "customer")[0] == 422
    listeners = [Listener(desk, "support") for _ in range(5)]
    status, problem = desk.call("GET", "events/", "support")
    assert (status, problem["type"]) == (429, "urn:gasutil:problem:too-many-attempts")
    assert problem["detail"].startswith("This account has 5 streams open already.")
    listeners[0].close()
    desk.add_note("One")  # the server notices that no one reads
    end = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            Listener(desk, "support").close()
            break
        except urllib.error.HTTPError as error:
            error.close()
            assert time.monotonic() < end
            time.sleep(0.5)  # the server counts attempts


def test_clients_that_disconnect_while_connecting_take_no_places(desk: LiveServer) -> None:
    request = desk.request("GET", "events/", "support", Last_Event_ID="0-0-0")
    lines = [
        f"GET {request.selector} HTTP/1.1",
        "Host: 127.0.0.1",
        *(": ".join(header) for header in request.header_items()),
        "",
        "",
    ]
    for milliseconds in [*range(4, 34)] * 2:
        with socket.create_connection(("127.0.0.1", desk.port)) as connection:
            connection.sendall("\r\n".join(lines).encode())
            time.sleep(milliseconds / 1000)  # then it hangs up
    end = time.monotonic() + TIMEOUT_SECONDS
    listeners: list[Listener] = []
    while len(listeners) < 5:
        try:
            listeners.append(Listener(desk, "support"))
        except urllib.error.HTTPError as error:  # those who have hung up are noticed in a moment
            error.close()
            assert time.monotonic() < end, f"{5 - len(listeners)} places are lost"
            time.sleep(0.5)  # the server counts attempts


def test_an_expired_token_is_401(tmp_path: Path) -> None:
    desk = LiveServer(tmp_path, JWT_ACCESS_SECONDS="6")
    desk.start()
    try:
        desk.known = json.loads(
            desk.manage(
                "shell",
                "-v0",
                "-c",
                "import json; from gasutil.identity import logins; from gasutil.models import"
                " User;print(json.dumps({'customer':"
                " logins.start_login(User.objects.get(username='customer'))._asdict()}))",
            )
        )
        listener = Listener(desk, "customer")
        assert listener.wait_for("event", 10)["event"] == "reauth"
        assert listener.is_over.wait(5)
    finally:
        desk.stop()


MACHINE = """
import datetime as dt
from django.contrib.auth.models import Group
from django.utils import timezone
from gasutil.access import Actor
from gasutil.groups import MANAGERS
from gasutil.models import User
from gasutil.workflow import machines
owner = User.objects.get(username="support")
owner.groups.add(Group.objects.get(name=MANAGERS))
_, key = machines.create_machine(
    actor=Actor(owner), name="Dispatch", owner=owner, scopes=["{scope}"], networks=[],
    expires_at=timezone.now() + dt.timedelta(days=1))
print(key)
"""
CHANGE = """
from gasutil.access import Actor
from gasutil.models import MachineAccount, User
from gasutil.workflow import machines
actor = Actor(User.objects.get(username="support"))
pk = MachineAccount.objects.get().pk
machines.{change}
"""


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("revoke(pk, actor=actor)", 401),
        ('change_machine(pk, actor=actor, scopes=["requests:read"])', 403),
        ('change_machine(pk, actor=actor, networks=["192.0.2.0/24"])', 401),
    ],
)
def test_the_stream_of_a_machine_account_ends_with_its_right(
    desk: LiveServer, change: str, status: int
) -> None:
    key = desk.manage("shell", "-v0", "-c", MACHINE.format(scope="events:read")).strip()
    desk.known["machine"] = {"access": key}
    listener = Listener(desk, "machine")
    desk.add_note("Between us", is_internal=True)
    update = listener.data()["update"]
    assert (update["notes"], update["author_name"]) == ("Between us", "Arjun Nair")
    desk.manage("shell", "-v0", "-c", CHANGE.format(change=change))
    assert listener.is_over.wait(15)
    listener.answer.close()
    with pytest.raises(urllib.error.HTTPError) as error:
        Listener(desk, "machine")
    with error.value:
        assert error.value.code == status


def test_a_machine_account_needs_the_scope_of_the_stream(desk: LiveServer) -> None:
    key = desk.manage("shell", "-v0", "-c", MACHINE.format(scope="requests:read")).strip()
    desk.known["machine"] = {"access": key}
    with pytest.raises(urllib.error.HTTPError) as error:
        Listener(desk, "machine")
    with error.value:
        problem = json.loads(error.value.read())
    assert (problem["status"], problem["type"]) == (403, "urn:gasutil:problem:insufficient-scope")
