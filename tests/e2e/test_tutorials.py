"""The tutorials for app developers: their commands and programs, from origins of their own."""

import http.client
import json
import re
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.processes import free_port, kill
from tests.support.tutorials import Tutorial, copy_code
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e
ACCESS_SECONDS = "8"  # so that the page has to refresh during the test
LONG = 30_000
FIRST_EVENT_SECONDS = 15 * 60  # from the start of the service desk, as the documentation promises


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the code, which all tutorials share."""
    return copy_code(tmp_path_factory.mktemp("clone"))


@pytest.fixture
def begin(clone: Path) -> Iterator[Callable[..., Tutorial]]:
    """Return `begin(page, ports, …)`: a tutorial with its service desk running."""
    begun: list[Tutorial] = []

    def start(name: str, ports: tuple[int, ...], **settings: str) -> Tutorial:
        tutorial = Tutorial(name, clone, ports, **settings)
        begun.append(tutorial)
        ready = f"http://127.0.0.1:{tutorial.port[8000]}/health/ready/"
        tutorial.start("First terminal", until=ready)
        return tutorial

    yield start
    for tutorial in begun:
        tutorial.stop()


# --- A browser app
# --------------------------------------------------------------------------------------------------
def test_a_page_of_another_origin_files_a_request_and_shows_it_live(
    begin: Callable[..., Tutorial], page: Page
) -> None:
    began = time.monotonic()
    tutorial = begin("browser.md", (8000, 5500), JWT_ACCESS_SECONDS=ACCESS_SECONDS)
    origin = f"http://127.0.0.1:{tutorial.port[5500]}/"
    tutorial.start("Second terminal", until=origin)
    calls: Counter[str] = Counter()
    page.on(
        "request", lambda request: calls.update([request.url.split("?")[0].partition("/v1/")[2]])
    )
    page.goto(f"{origin}?api=http://127.0.0.1:{tutorial.port[8000]}/api/v1")
    page.get_by_label("Username").fill("priya.sharma")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#error")).not_to_be_empty()
    page.get_by_label("Password").fill(tutorial.run("awk").strip())
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#status")).to_have_text("live", timeout=LONG)
    page.get_by_label("What is it about?").select_option("gas_leak_inspection")
    page.get_by_label("Description").fill("A smell in the kitchen")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#safety")).to_contain_text("gas emergency number", timeout=LONG)
    event = page.locator("#events li")
    expect(event).to_contain_text("pending", timeout=LONG)
    assert time.monotonic() - began < FIRST_EVENT_SECONDS
    (number,) = re.findall(r"Request (\d+)", event.inner_text())
    opened = calls["events/"]
    wait_for(lambda: page.wait_for_timeout(100) or calls["events/"] > opened)  # the token expired
    assert calls["login/refresh/"] >= 1
    expect(page.locator("#status")).to_have_text("live", timeout=LONG)
    answer = json.loads(tutorial.run("-X PATCH", **{"201": number}))
    assert answer["status"] == "in_progress", answer
    said = page.locator("#events li", has_text="A colleague is on the way.")
    expect(said).to_contain_text("in progress", timeout=LONG)
    expect(said).to_have_count(1)
    expect(page.locator("#error")).to_be_hidden()


# --- A dispatch integration
# --------------------------------------------------------------------------------------------------
class LossyProxy(ThreadingHTTPServer):
    """Forwards calls; at an `awaited` call it kills the caller instead of responding."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), Forwarder)
        self.desk_port, self.awaited, self.is_killed = port, "", threading.Event()
        self.kill: Callable[[], None] = lambda: None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api/v1/"


class Forwarder(BaseHTTPRequestHandler):
    """One call."""

    server: LossyProxy

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        desk = http.client.HTTPConnection("127.0.0.1", self.server.desk_port, timeout=60)
        with closing(desk):
            desk.request(self.command, self.path, body, dict(self.headers))
            response = desk.getresponse()
            content = response.read()
        wanted = self.server.awaited
        if wanted and re.search(wanted, f"{self.command} {self.path}"):
            self.server.awaited = ""
            self.server.kill()
            self.server.is_killed.set()
            return
        self.send_response(response.status)
        for name in ("Content-Type", "Idempotency-Replayed"):
            if value := response.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = forward  # noqa: N815  # the names that http.server calls

    def log_message(self, *args: Any) -> None:
        """Log nothing."""


def key_of_new_machine(page: Page, tutorial: Tutorial) -> str:
    """Create the machine account as the page says, and return its key."""
    logins = (tutorial.folder / "var" / "logins.txt").read_text(encoding="utf-8")
    (password,) = re.findall(r"meera\.iyer +(\S+)", logins)
    desk = f"http://127.0.0.1:{tutorial.port[8000]}"
    page.goto(f"{desk}/admin/login/")
    page.get_by_label("Username").fill("meera.iyer")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#nav-sidebar")).to_be_visible(timeout=LONG)
    page.goto(f"{desk}/admin/gasutil/machineaccount/add/")
    page.locator("input[name=name]").fill("Crews")
    page.locator("select[name=owner]").select_option(label="Meera Iyer")
    for scope in ("requests:read", "requests:work", "webhooks:manage"):
        page.locator(f"input[name=scopes][value='{scope}']").check(force=True)
    page.get_by_role("button", name="Save", exact=True).first.click()
    return page.locator("#secret").input_value()


class Dispatch:
    """The program of the tutorial behind a lossy proxy, and its results in the desk."""

    def __init__(self, tutorial: Tutorial, key: str) -> None:
        self.tutorial, self.key, self.port = tutorial, key, free_port()
        self.proxy = LossyProxy(tutorial.port[8000])
        tutorial.environment["DISPATCH_PORT"] = str(self.port)

    def close(self) -> None:
        """Stop the proxy."""
        self.proxy.shutdown()
        self.proxy.server_close()

    def start(self, *, until_lost: str = "") -> None:
        """Start it; with `until_lost`, it is killed by the first call that matches."""
        variables = {"DESK_API": self.proxy.url, "DESK_KEY": self.key}
        process = self.tutorial.start("Second terminal", **variables)
        self.proxy.kill = lambda: kill(process)
        if until_lost:
            self.lose(until_lost)

    def lose(self, call: str, act: Callable[[], Any] = lambda: None) -> None:
        """Lose the response to a call, and kill the program that waits for it."""
        self.proxy.is_killed.clear()
        self.proxy.awaited = call
        act()
        assert self.proxy.is_killed.wait(60), f"{call} was not called"

    def read(self, path: str) -> Any:
        """Read from the desk, without the proxy."""
        url = f"http://127.0.0.1:{self.proxy.desk_port}/api/v1/{path}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())["results"]

    def report(self, place: str) -> int:
        """Report an emergency as the page does, and return its ID."""
        return int(json.loads(self.tutorial.run("/emergencies/", **{"7, Lake": place}))["id"])

    def orders(self) -> dict[int, str]:
        """Return the reference of each open emergency that has one."""
        query = "&".join(f"status={status}" for status in ("pending", "in_progress", "on_hold"))
        rows = self.read(f"requests/?priority=emergency&{query}&page_size=100")
        given = {row["id"]: [it["id"] for it in row["references"]] for row in rows}
        if not all(given.values()):
            return {}
        return {pk: name for pk, (name,) in given.items()}

    def printed(self) -> list[list[str]]:
        """Return what the program prints about its orders."""
        return [line.split("\t") for line in self.tutorial.run("dispatch.py orders").splitlines()]


def test_a_dispatch_system_that_is_killed_loses_nothing_and_does_nothing_twice(
    begin: Callable[..., Tutorial], page: Page
) -> None:
    tutorial = begin("dispatch.md", (8000,))
    program = Dispatch(tutorial, key_of_new_machine(page, tutorial))
    with closing(program):
        run_and_kill(program)


def run_and_kill(program: Dispatch) -> None:
    program.start(until_lost="POST .*/webhooks/$")
    program.start(until_lost="PUT .*/references/")
    program.start()
    before = wait_for(program.orders)
    first = program.report("8, Lake")
    number = wait_for(lambda: program.orders().get(first))
    step = {"WO-1": number}
    program.lose("POST .*/milestones/", lambda: program.tutorial.run("dispatch.py step", **step))
    missed = [program.report(place) for place in ("9, Lake", "10, Lake")]
    program.start()
    wait_for(lambda: any(number in line and "on_site" in line for line in program.printed()))
    after = wait_for(program.orders)

    assert after.keys() == before.keys() | {first, *missed}
    assert len(set(after.values())) == len(after)  # one order each
    assert {int(line[1]): line[0] for line in program.printed()} == after
    updates = program.read(f"request-updates/?service_request={first}&page_size=100")
    steps = [(row["author_name"], row["milestone"]) for row in updates if row["milestone"]]
    assert steps == [("Crews", "on_site")]
    (webhook,) = program.read("webhooks/")
    assert wait_for(
        lambda: [
            row
            for row in program.read(f"webhooks/{webhook['id']}/deliveries/")
            if row["state"] == "sent"
        ]
    )
