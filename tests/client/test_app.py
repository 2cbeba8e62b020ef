"""`gasutil-cli` in separate processes, against a real server that is killed and restarted."""

import base64
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import httpx
import pytest
from PIL import Image

from gasutil_verify.notes import LOG_KEY, VerifierKey
from project.settings import BASE_DIR
from tests.support.databases import empty_database
from tests.support.people import PASSWORD
from tests.support.servers import LiveServer
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services
PROMPT_SECONDS = 1.0
TIMEOUT_SECONDS = 60.0
SOURCES = [BASE_DIR / "clients" / "python" / "src", BASE_DIR / "clients" / "verify"]
KEY = base64.b64encode(bytes(range(32))).decode()
AGENT = f"""
from django.contrib.auth.models import Group
from gasutil.groups import SUPPORT
from gasutil.models import User
agent = User.objects.create_user(
    "agent", "agent@example.com", {PASSWORD!r}, phone_number="+917890123456", user_type="support",
    is_approved=True, is_staff=True, email_confirmed=True)
agent.groups.add(Group.objects.get(name=SUPPORT))
"""
COMMENT = """
from gasutil.access import Actor
from gasutil.models import User
from gasutil.workflow import requests
requests.comment({pk}, actor=Actor(User.objects.get(username="agent")), notes={notes!r})
"""


class App:
    """The app of one customer, with a folder for its state."""

    def __init__(self, server: str, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "GASUTIL_SERVER": server,
            "XDG_STATE_HOME": str(folder),
            "PYTHONPATH": os.pathsep.join(map(str, SOURCES)),
            "TZ": "UTC",
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "gasutil_client.cli", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.folder.parent,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        return process.returncode, out, err

    def register(self) -> None:
        account = [
            "--username",
            "anshu",
            "--email",
            "anshu@example.com",
            "--first-name",
            "Anshu",
            "--last-name",
            "Singh",
        ]
        code, _, err = self(
            "register",
            *account,
            "--phone",
            "+917890123456",
            "--address",
            "Flat 302",
            "--password",
            PASSWORD,
        )
        assert code == 0, err

    def file_a_leak(self, *more: str) -> tuple[int, str]:
        texts = [
            "--type",
            "gas_leak_inspection",
            "--description",
            "Suspected gas leak near kitchen stove",
        ]
        code, out, err = self(
            "file", *texts, "--set", "location=inside", "--set", "everyone_out=yes", *more
        )
        assert code == 0, err
        match = re.search(r"\(ID (\d+)", out)
        assert match
        return int(match[1]), out

    def stored(self, name: str) -> dict[str, Any]:
        return dict(json.loads(next(self.folder.rglob(name)).read_text(encoding="utf-8")))

    def key(self) -> str:
        return next(self.folder.rglob("log.key")).read_text(encoding="utf-8")


class Watcher:
    """`gasutil-cli watch`, and the lines that it prints."""

    def __init__(self, app: App, *arguments: str) -> None:
        self.process = app.start("watch", *arguments)
        self.steps: list[str] = []
        self.lines: queue.Queue[str] = queue.Queue()
        self.notes: queue.Queue[str] = queue.Queue()
        self.threads = [
            threading.Thread(target=self._read, args=pair)
            for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.notes))
        ]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def _read(stream: IO[str], into: "queue.Queue[str]") -> None:
        for line in stream:
            into.put(line.rstrip("\n"))

    def sees(self, text: str, seconds: float = TIMEOUT_SECONDS) -> float:
        """Wait for the next line, which has to match; return the seconds that it took."""
        began = time.monotonic()
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(
                (self.steps, list(self.notes.queue), self.process.poll())
            ) from None
        self.steps.append(line)
        assert text in line, line
        return time.monotonic() - began

    def shows_notice(self, text: str) -> None:
        """Wait until the app prints a notice."""
        while text not in self.notes.get(timeout=TIMEOUT_SECONDS):
            pass

    def end(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        for thread in self.threads:
            thread.join(TIMEOUT_SECONDS)
        self.process.wait(TIMEOUT_SECONDS)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()


class Agent:
    """A representative who uses the forms of the console."""

    def __init__(self, server: str) -> None:
        self.http = httpx.Client(base_url=server, timeout=TIMEOUT_SECONDS)
        self.http.get("/admin/login/")
        answer = self.post("/admin/login/?next=/admin/", username="agent", password=PASSWORD)
        assert answer.headers["Location"] == "/admin/"

    def post(self, path: str, **options: str) -> httpx.Response:
        answer = self.http.post(
            path, data={"csrfmiddlewaretoken": self.http.cookies["csrftoken"], **options}
        )
        assert answer.status_code == 302, answer.text
        return answer

    def does(self, verb: str, pk: int, **options: str) -> None:
        self.post(f"/admin/gasutil/servicerequest/{pk}/{verb}/", _form_submitted="on", **options)


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    with empty_database() as settings:
        yield settings


@pytest.fixture
def desk(tmp_path: Path, database: dict[str, str]) -> Iterator[LiveServer]:
    """A server with an agent and a worker, whose access tokens expire after six seconds."""
    desk = LiveServer(tmp_path, JWT_ACCESS_SECONDS="6", PROOF_KEY=KEY, **database)
    desk.manage("shell", "-v0", "-c", AGENT)
    desk.start()
    desk.start_worker()
    yield desk
    desk.stop()


@pytest.fixture
def app(desk: LiveServer, tmp_path: Path) -> App:
    app = App(f"http://127.0.0.1:{desk.port}", tmp_path / "state")
    app.register()
    return app


@pytest.fixture
def agent(desk: LiveServer) -> Iterator[Agent]:
    agent = Agent(f"http://127.0.0.1:{desk.port}")
    yield agent
    agent.http.close()


@pytest.fixture
def watch(app: App) -> Iterator[Callable[..., Watcher]]:
    """Return `watch(id)`, which starts a watcher; it is stopped after the test."""
    started: list[Watcher] = []

    def watch(*arguments: str) -> Watcher:
        started.append(Watcher(app, *arguments))
        return started[-1]

    yield watch
    for watcher in started:
        watcher.end()


def test_a_leak_is_watched_to_its_end_through_two_restarts(
    desk: LiveServer, app: App, agent: Agent, tmp_path: Path, watch: Callable[..., Watcher]
) -> None:
    Image.effect_noise((320, 240), 60).convert("RGB").save(tmp_path / "stove.jpg")
    pk, result = app.file_a_leak("--file", str(tmp_path / "stove.jpg"))
    assert (
        result.index("DO THIS NOW")
        < result.index("1906")
        < result.index("Created request SR-")
        < result.index("Resolution due by")
    )
    watcher, first = watch(str(pk)), app.stored("tokens.json")
    watcher.sees("created")
    watcher.sees("file 1 added")

    def at_once(verb: str, text: str, **options: str) -> None:
        agent.does(verb, pk, **options)
        assert watcher.sees(text) < PROMPT_SECONDS

    at_once(
        "start",
        "in progress, assigned  “Technician assigned for inspection”",
        notes="Technician assigned for inspection",
    )
    at_once("record", "reached: on site", milestone="on_site")
    desk.kill()
    watcher.shows_notice("Reconnecting")
    desk.manage(
        "shell", "-v0", "-c", COMMENT.format(pk=pk, notes="Written while the app was closed")
    )
    desk.start()
    watcher.shows_notice("Connected again.")
    watcher.sees("“Written while the app was closed”")
    at_once("record", "reached: made safe", milestone="made_safe")
    desk.stop(desk.web)
    watcher.shows_notice("Reconnecting")
    desk.start()
    watcher.shows_notice("Connected again.")
    agent.does("comment", pk, notes="Between us", is_internal="on")
    at_once("comment", "“Please air the rooms.”", notes="Please air the rooms.")
    wait_for(lambda: app.stored("tokens.json") != first)  # the stream renews them by itself
    at_once("resolve", "resolved  “Gas leak fixed.”", notes="Gas leak fixed.")
    assert len(set(watcher.steps)) == len(watcher.steps) == 8
    assert watcher.lines.empty()
    assert (watcher.process.poll(), len(re.findall(r"\bSR-", app("show", str(pk))[1]))) == (None, 9)


def test_a_watcher_that_is_started_again_goes_on_where_it_was(
    app: App, agent: Agent, watch: Callable[..., Watcher]
) -> None:
    first = watch()
    first.shows_notice("Watching.")
    pk, _ = app.file_a_leak()
    first.sees("created")
    agent.does("comment", pk, notes="One")
    first.sees("“One”")
    # Else it prints an event again, as the stream does while an older transaction is open.
    wait_for(lambda: len(app.stored("stream.json")["seen"]) == 2)
    first.end()
    agent.does("comment", pk, notes="Two")
    agent.does("comment", pk, notes="Three")
    again = watch()
    again.sees("“Two”")
    again.sees("“Three”")
    assert (again.lines.empty(), again.process.poll()) == (True, None)


def test_two_apps_of_one_login_share_its_tokens(
    desk: LiveServer, app: App, watch: Callable[..., Watcher]
) -> None:
    """A refresh token is valid once: neither app may use up that of the other."""
    pk, _ = app.file_a_leak()
    watcher = watch(str(pk))
    watcher.sees("created")
    for _ in range(8):
        code, _, err = app("comment", str(pk), "Still smelling it")
        assert code == 0, err
        assert watcher.sees("Still smelling it") < TIMEOUT_SECONDS
        time.sleep(1)  # as a user who types


def test_a_proof_is_saved_and_holds_without_the_server(
    desk: LiveServer, app: App, tmp_path: Path
) -> None:
    pk, filed = app.file_a_leak()
    reference = re.findall(r"SR-[\w-]+", filed)[0]
    code, first, notes = app("proof", reference, "--output", "leak.proof.json")
    assert code == 0, notes
    assert '    description: "Suspected gas leak near kitchen stove"' in first
    assert "Verified: 1 row is in the log" in first
    assert "Compare it with the one that the utility publishes elsewhere." in notes
    desk.stop(desk.web)
    file = tmp_path / "leak.proof.json"
    command = [sys.executable, "-m", "gasutil_verify", "proof", str(file), "--key", app.key()]
    assert subprocess.check_output(command, env=app.environment, text=True) == first
    moved = file.read_bytes().replace(b'"index":', b'"index":1', 1)
    (tmp_path / "moved.json").write_bytes(moved)
    command[4] = str(tmp_path / "moved.json")
    result = subprocess.run(
        command, env=app.environment, text=True, capture_output=True, check=False
    )
    assert (result.returncode, result.stderr[:13]) == (1, "NOT VERIFIED:")
    desk.start()
    assert app("comment", str(pk), "Still smelling it")[0] == 0
    code, second, notes = app("proof", str(pk))
    assert (code, "2 rows are in the log" in second, "Compare it" in notes) == (0, True, False)
    assert app("proof", str(pk), "--output", str(file))[::2] == (
        1,
        f"{file} exists. Keep it, and name another file.\n",
    )


def test_a_server_with_another_key_is_noticed(app: App) -> None:
    pk, _ = app.file_a_leak()
    assert app("proof", str(pk))[0] == 0
    key = app.key()
    other = VerifierKey(VerifierKey.parse(key).name, LOG_KEY, bytes(32)).vkey
    next(app.folder.rglob("log.key")).write_text(other)
    code, out, err = app("proof", str(pk), "--output", "other.proof.json")
    assert (code, out, "The server names another key" in err) == (1, "", True)
    code, _, err = app("proof", str(pk), "--output", "third.proof.json", "--key", other)
    assert (code, "NOT VERIFIED: The checkpoint is not signed by" in err) == (1, True)
    assert app("proof", str(pk), "--output", "fourth.proof.json", "--key", key)[0] == 0
    assert app.key() == key


def test_an_error_is_printed_as_a_sentence(desk: LiveServer, app: App) -> None:
    assert app("show", "999")[0::2] == (1, "Not found.\n")
    assert app("file", "--type", "billing_dispute", "--description", "x", "--no-ask")[0::2] == (
        1,
        "reason: This field is required.\n",
    )
    code, _, err = app("logout")
    assert (code, app("requests")[0::2]) == (
        0,
        (1, "You are not logged in. Use `gasutil-cli login` or `gasutil-cli register`.\n"),
    ), err
    app.environment["GASUTIL_SERVER"] = "http://127.0.0.1:1"
    code, _, err = app("types")
    assert (code, err.startswith("127.0.0.1 can't be reached")) == (1, True), err
