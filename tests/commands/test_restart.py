"""The web process behind a proxy.

A reload loses no call; during an outage the proxy shows the emergency number.
"""

import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployed import CaddyDesk, DeployedDesk, NginxDesk
from tests.support.processes import children_of
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services


@pytest.fixture(params=[CaddyDesk, NginxDesk])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DeployedDesk]:
    with request.param(tmp_path) as desk:
        yield desk


def get(desk: DeployedDesk, path: str) -> tuple[int, str, str]:
    """Return the status, the type and the body of a response."""
    try:
        with urllib.request.urlopen(
            f"http://localhost:{desk.front_port}{path}", timeout=30
        ) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_a_reload_loses_no_call(desk: DeployedDesk) -> None:
    web, over = desk.processes[0].pid, threading.Event()
    before, statuses = set(servers_of(web)), list[int]()

    def call() -> None:
        while not over.is_set():
            statuses.append(get(desk, "/api/v1/request-types/")[0])
            time.sleep(0.05)  # the pace of a client

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: len(statuses) > 20)
        os.kill(web, signal.SIGHUP)
        wait_for(lambda: servers_of(web) and not before & set(servers_of(web)))
        done = len(statuses)
        wait_for(lambda: len(statuses) > max(done + 20, 100))
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
    assert sum(status != 200 for status in statuses) <= len(statuses) * 0.02


def servers_of(pid: int) -> list[int]:
    """Return granian's processes that serve."""
    return [child for child in children_of(pid) if _serves(child)]


def _serves(pid: int) -> bool:
    try:
        return b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:  # it has just ended
        return False


def test_while_it_is_down_the_proxy_shows_the_emergency_number(desk: DeployedDesk) -> None:
    desk.processes[0].terminate()
    desk.processes[0].wait(60)
    status, kind, body = get(desk, "/api/v1/request-types/")
    assert (status, kind.partition(";")[0]) == (503, "application/problem+json")
    assert "If you smell gas, call 1906." in body
    status, kind, body = get(desk, "/admin/")
    assert (status, kind.partition(";")[0]) == (503, "text/html")
    assert 'href="tel:1906"' in body
