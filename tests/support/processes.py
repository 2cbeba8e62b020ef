"""Programs that tests start, each in a session of its own.

They write where the test writes, so that pytest shows their output when it fails.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from project.settings import BASE_DIR
from tests.support.waiting import TIMEOUT_SECONDS, wait_for

Process = subprocess.Popen


def start(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    *,
    is_ready: Callable[[], Any] = lambda: True,
    folder: Path = BASE_DIR,
    is_quiet: bool = False,
) -> "Process[bytes]":
    """Start a program and wait until it is ready. Stop it if it does not get ready."""
    output = subprocess.DEVNULL if is_quiet else None
    process = subprocess.Popen(
        command, cwd=folder, env=environment, start_new_session=True, stdout=output, stderr=output
    )

    def is_up() -> bool:
        assert process.poll() is None, f"{command[0]} has ended with {process.returncode}"
        return bool(is_ready())

    try:
        wait_for(is_up)
    except BaseException:
        kill(process)
        raise
    return process


def stop(process: "Process[bytes]", seconds: float = TIMEOUT_SECONDS) -> None:
    """Ask a program to end, and wait until it has."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        raise


def kill(process: "Process[bytes]") -> None:
    """End a program and all that it has started at once, as a power cut does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
