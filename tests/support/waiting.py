"""Waiting for a condition."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
TIMEOUT_SECONDS = 90  # for a machine that has much else to do
PAUSE_SECONDS = 0.05


def wait_for(what: Callable[[], T], seconds: float = TIMEOUT_SECONDS) -> T:
    """Return the first true value of a function; fail if there is none in time."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"{what} is still {found!r} after {seconds} s"
        time.sleep(PAUSE_SECONDS)  # then it looks again
    return found
