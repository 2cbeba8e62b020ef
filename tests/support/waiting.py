"""Waiting for a condition."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 90  # seconds, on a machine that has much else to do


def wait_for(what: Callable[[], Any], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, what
        time.sleep(0.05)
