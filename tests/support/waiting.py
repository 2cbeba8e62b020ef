"""Waiting for a condition."""

import time
from collections.abc import Callable
from typing import Any

TIMEOUT_SECONDS = 90  # for a machine that has much else to do


def wait_for(what: Callable[[], Any], seconds: float = TIMEOUT_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, what
        time.sleep(0.05)
