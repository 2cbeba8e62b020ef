"""`GET events/` on a real ASGI server, in a separate process.

The tests cover who gets what, how a stream resumes, and how it ends.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from project.settings import BASE_DIR

pytestmark = pytest.mark.services
PATIENCE = 30  # seconds
SECRET = "s" * 40
SETUP = """
import json
from django.core.management import call_command
from gasutil.access import SYSTEM, Actor
from gasutil.identity import logins
from gasutil.models import User
from gasutil.workflow import requests
call_command("migrate", verbosity=0)
def user(name, **more):
    return User.objects.create(
        username=name,
        email=name + "@example.com",
        phone_number="+917890123456",
        address="1 Street",
        **more,
    )
people = {
    "customer": user("customer"),
    "neighbour": user("neighbour"),
    "support": user("support", user_type="support", is_approved=True),
    "pending": user("pending", user_type="support"),
}
obj = requests.submit(
    actor=Actor(people["customer"]), request_type="gas_leak_inspection", description="x"
)
logged_in = {name: logins.start_login(person)._asdict() for name, person in people.items()}
print(json.dumps({"pk": obj.pk} | logged_in))
"""


@cache
def migrated() -> bytes:
    """Return the file of a database that has its tables, made once.

    Every desk begins with a copy of it.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "db.sqlite3")
        environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": SECRET,
            "DATABASE_URL": f"sqlite:///{file}",
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            cwd=BASE_DIR,
            env=environment,
            check=True,
        )
        return file.read_bytes()


class LiveServer:
    """A server, and who may call it."""

    application = ("asginl", "project.asgi:application")

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")
        }
        database = {
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "MEDIA_ROOT": str(folder),
            "PORT": str(self.port),
        }
        self.environment = kept | {"SECRET_KEY": SECRET} | database | settings
        self.process: subprocess.Popen[bytes] | None = None
        if "DATABASE_URL" not in settings:
            (folder / "db.sqlite3").write_bytes(migrated())
        self.known = json.loads(self.manage("shell", "-v0", "-c", SETUP))

    def manage(self, *command: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE_DIR,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def start(self) -> None:
        interface, application = self.application
        server = [
            "-m",
            "granian",
            "--interface",
            interface,
            "--no-access-log",
            "--log-level",
            "warning",
            "--workers-kill-timeout",
            "2",
        ]
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, *server, *where, application],
            cwd=BASE_DIR,
            env=self.environment,
            start_new_session=True,
        )
        end = time.monotonic() + PATIENCE
        while self.call("GET", "request-types/")[0] != 200:
            assert time.monotonic() < end
            time.sleep(0.1)

    def stop(self) -> None:
        assert self.process
        self.process.terminate()
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End the server and its worker at once, as a power cut does."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def request(
        self, method: str, path: str, who: str = "", body: Any = None, **headers: str
    ) -> Any:
        given = {"Content-Type": "application/json"} if body is not None else {}
        if who:
            given["Authorization"] = f"Bearer {self.known[who]['access']}"
        data = json.dumps(body).encode() if body is not None else None
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        return urllib.request.Request(
            url,
            data,
            given | {name.replace("_", "-"): value for name, value in headers.items()},
            method=method,
        )

    def call(self, method: str, path: str, who: str = "", body: Any = None) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(
                self.request(method, path, who, body), timeout=10
            ) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        except OSError:
            return 0, None

    def say(self, notes: str, **more: Any) -> int:
        status, update = self.call(
            "PATCH", f"requests/{self.known['pk']}/", "support", {"notes": notes, **more}
        )
        assert status == 200, update
        return int(
            self.call("GET", "request-updates/?page_size=1", "support")[1]["results"][0]["id"]
        )


class Listener:
    """One open stream, read in a thread."""

    def __init__(self, desk: LiveServer, who: str, last: str = "", **headers: str) -> None:
        headers |= {"Last_Event_ID": last} if last else {}
        self.answer = urllib.request.urlopen(
            desk.request("GET", "events/", who, **headers), timeout=60
        )
        self.messages: Queue[dict[str, str]] = Queue()
        self.last = last
        self.is_over = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        self.reset = self.wait_for("retry").get("event") == "reset"

    def _read(self) -> None:
        message: dict[str, str] = {}
        try:
            for line in self.answer:
                text = line.decode().rstrip("\n")
                if text.startswith(":"):
                    continue
                if text:
                    name, _, value = text.partition(": ")
                    message[name] = value
                elif message:
                    self.last = message.get("id", self.last)
                    self.messages.put(message)
                    message = {}
        except (OSError, ValueError):
            pass
        self.is_over.set()

    def wait_for(self, name: str, seconds: float = 10) -> dict[str, str]:
        message = self.messages.get(timeout=seconds)
        assert name in message, message
        return message

    def data(self, seconds: float = 10) -> Any:
        return json.loads(self.wait_for("data", seconds)["data"])

    def is_silent(self, seconds: float = 1.0) -> bool:
        try:
            self.messages.get(timeout=seconds)
        except Empty:
            return True
        return False

    def close(self) -> None:
        """Hang up, as a client does that is gone."""
        self.answer.fp.raw._sock.shutdown(socket.SHUT_RDWR)
        assert self.is_over.wait(5)
        self.answer.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveServer]:
    found = LiveServer(tmp_path)
    found.start()
    yield found
    found.stop()


def test_each_gets_what_he_may_see_at_once(desk: LiveServer) -> None:
    support, customer, neighbour = (
        Listener(desk, who) for who in ("support", "customer", "neighbour")
    )
    began = time.monotonic()
    desk.say("On our way", status="in_progress")
    told = customer.data()
    assert time.monotonic() - began < 1
    assert (told["event"], told["service_request"], told["reference"][:3]) == (
        "request.status_changed",
        desk.known["pk"],
        "SR-",
    )
    assert (told["update"]["notes"], told["update"]["id"]) == ("On our way", told["id"])
    assert support.data() == told
    desk.say("Between us", is_internal=True)
    assert support.data()["update"]["notes"] == "Between us"
    assert customer.is_silent()
    assert neighbour.is_silent()


def test_whoever_comes_back_has_missed_nothing(desk: LiveServer) -> None:
    first = Listener(desk, "customer")
    desk.say("One")
    assert first.data()["update"]["notes"] == "One"
    first.close()
    desk.say("Two")
    desk.say("Three")
    again = Listener(desk, "customer", first.last)
    assert [again.data()["update"]["notes"] for _ in range(2)] == ["Two", "Three"]
    desk.say("Four")
    assert again.data()["update"]["notes"] == "Four"
    assert again.is_silent()


def test_nothing_is_lost_over_a_restart(desk: LiveServer) -> None:
    listener = Listener(desk, "customer")
    desk.say("Before")
    assert listener.data()["update"]["notes"] == "Before"
    began = time.monotonic()
    desk.stop()
    assert time.monotonic() - began < 8  # an open stream holds nothing up
    assert listener.is_over.wait(5)
    desk.start()
    desk.say("After")
    assert Listener(desk, "customer", listener.last).data()["update"]["notes"] == "After"


@pytest.mark.parametrize("cursor", ["nonsense", "999999999999-999999999999-0"])
def test_a_cursor_that_is_none_is_told_to_start_afresh(cursor: str, desk: LiveServer) -> None:
    with urllib.request.urlopen(
        desk.request("GET", "events/", "customer", Last_Event_ID=cursor), timeout=10
    ) as answer:
        lines = [answer.readline().decode() for _ in range(4)]
    assert lines[2:] == ["event: reset\n", "data: {}\n"]


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
    desk.say("Before")
    assert listener.data()["update"]["notes"] == "Before"
    assert not listener.is_over.wait(11)  # as long as the session is there, so is the stream
    desk.manage("shell", "-v0", "-c", ending)
    assert listener.is_over.wait(15)


def test_it_is_not_for_everybody_and_not_without_end(desk: LiveServer) -> None:
    assert [desk.call("GET", "events/", who)[0] for who in ("", "pending")] == [401, 403]
    assert desk.call("GET", "events/?last_event=1", "customer")[0] == 422
    listeners = [Listener(desk, "support") for _ in range(5)]
    status, problem = desk.call("GET", "events/", "support")
    assert (status, problem["type"]) == (429, "urn:gasutil:problem:too-many-attempts")
    listeners[0].close()
    desk.say("One")  # the server notices that nobody reads
    end = time.monotonic() + PATIENCE
    while True:
        try:
            Listener(desk, "support").close()
            break
        except urllib.error.HTTPError as error:
            error.close()
            assert time.monotonic() < end
            time.sleep(0.5)


def test_those_who_hang_up_while_they_are_let_in_take_no_places(desk: LiveServer) -> None:
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
            time.sleep(milliseconds / 1000)
    end = time.monotonic() + PATIENCE
    listeners: list[Listener] = []
    while len(listeners) < 5:
        try:
            listeners.append(Listener(desk, "support"))
        except urllib.error.HTTPError as error:  # those who have hung up are noticed in a moment
            error.close()
            assert time.monotonic() < end, f"{5 - len(listeners)} places are lost"
            time.sleep(0.5)


def test_a_token_that_is_spent_is_told_to_be_renewed(tmp_path: Path) -> None:
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
