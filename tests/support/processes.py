"""Programs that tests start: their ports, their environment, their start and their end.

Each runs in a session of its own, and writes where the test writes, so that pytest shows its
output when the test fails.
"""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from project.settings import BASE_DIR
from tests.support.waiting import TIMEOUT_SECONDS, wait_for

Process = subprocess.Popen
SECRET = "s" * 40
INHERITED = ("PATH", "HOME", "LANG")  # a developer's other variables must not change the results


def free_ports(number: int) -> list[int]:
    """Return ports that nothing uses, each a different one."""
    with ExitStack() as probes:
        return [
            int(probes.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1])
            for _ in range(number)
        ]


def free_port() -> int:
    """Return a port that nothing uses."""
    return free_ports(1)[0]


def environment_of(**settings: str) -> dict[str, str]:
    """Return the environment of a program that has these settings and a SECRET_KEY."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {"SECRET_KEY": SECRET} | settings


def manage(*command: str, environment: Mapping[str, str], folder: Path = BASE_DIR) -> str:
    """Run a command of manage.py and return what it prints."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def try_manage(*command: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a command of manage.py that may fail, and return its status and its output."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=BASE_DIR,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )


def start(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    is_ready: Callable[[], Any] = lambda: True,
    folder: Path = BASE_DIR,
    is_quiet: bool = False,
    seconds: float = TIMEOUT_SECONDS,
) -> "Process[bytes]":
    """Start a program and wait until it is ready. Kill it if it does not get ready in time."""
    output = subprocess.DEVNULL if is_quiet else None
    process = subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True, stdout=output, stderr=output
    )

    def is_up() -> bool:
        assert process.poll() is None, f"{command[0]} has ended with {process.returncode}"
        return bool(is_ready())

    try:
        wait_for(is_up, seconds)
    except BaseException:
        kill(process)
        raise
    return process


def stop(*processes: "Process[bytes]", seconds: float = TIMEOUT_SECONDS) -> None:
    """Ask programs to end, and wait until they have. Kill those that do not."""
    for process in processes:
        process.terminate()
    late = [process for process in processes if not _has_ended(process, seconds)]
    kill(*late)
    assert not late, f"Still running after {seconds} s: {[process.args for process in late]}"


def _has_ended(process: "Process[bytes]", seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.returncode is not None


def kill(*processes: "Process[bytes]") -> None:
    """End programs and all that they have started at once, as a power cut does."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    return [
        int(child)
        for thread in Path(f"/proc/{pid}/task").iterdir()
        for child in (thread / "children").read_text().split()
    ]


def accepts(port: int) -> bool:
    """Return whether a program accepts connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def status_of(url: str, seconds: float = 5) -> int:
    """Return the status of a GET request; 0 without a response."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0
