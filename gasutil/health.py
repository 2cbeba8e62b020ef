"""What is well and what is down, for load balancers and whoever watches them."""

import datetime as dt
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache

from gasutil import background
from gasutil.files import antivirus
from gasutil.models.heartbeats import WORKER, Heartbeat
from gasutil.workflow import escalation

logger = logging.getLogger(__name__)
REMEMBERED = 1.0  # seconds: anybody may ask, as often as he likes, and looking writes a file
KEY = f"health:{get_random_string(8)}"  # of this process, and the same each time: a cache that is filled forgets what it should not
LONGEST_ALARM = dt.timedelta(minutes=1)  # that one may wait after its moment


def check_database() -> bool:
    """Return whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def check_cache() -> bool:
    """Return whether the cache gives back what it was given."""
    value = get_random_string(8)
    cache.set(KEY, value, 5)
    return bool(cache.get(KEY) == value)


def check_storage() -> bool:
    """Return whether a file can be kept and taken away again."""
    name = default_storage.save(f"health/{get_random_string(8)}", ContentFile(b"well"))
    default_storage.delete(name)
    return True


def check_worker() -> bool:
    """Return whether a background worker has been at work within the last minute."""
    return Heartbeat.objects.alive(WORKER, background.SILENCE)


def check_escalation() -> bool:
    """Return whether escalation runs, and no alarm waits that should have rung."""
    return escalation.is_alive() and background.queues(timezone.now())["escalation"].oldest < LONGEST_ALARM


CHECKS: Mapping[str, Callable[[], bool]] = {"database": check_database, "cache": check_cache, "storage": check_storage}
BY_DATABASE: Mapping[str, Callable[[], bool]] = {"worker": check_worker, "escalation": check_escalation}


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Return 200 where all is well, 503 where something is down, and each by its name; and how long the queues are."""
    states = LATEST.states()
    return JsonResponse(states, status=200 if states["status"] == "ok" else 503)


class Latest:
    """How things stood a moment ago: whoever asks while it is looked waits for what is found, and looks not again."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: dict[str, Any] = {}
        self.until = -math.inf

    def states(self) -> dict[str, Any]:
        """Return each thing's state by its name."""
        with self.lock:
            if time.monotonic() >= self.until:
                self.found = look()
                self.until = time.monotonic() + REMEMBERED
            return self.found


LATEST = Latest()


def look() -> dict[str, Any]:
    """Look how things stand."""
    found = {name: _is_well(name, check) for name, check in CHECKS.items()}
    if settings.CLAMD_URL:
        found["antivirus"] = _is_well("antivirus", antivirus.is_alive)
    found |= {name: found["database"] and _is_well(name, check) for name, check in BY_DATABASE.items()}  # a dead one is waited for once
    states: dict[str, Any] = {name: "ok" if is_well else "down" for name, is_well in {"status": all(found.values()), **found}.items()}
    return states | {"queue": _lines() if found["database"] else {}}


def _lines() -> dict[str, dict[str, int]]:
    """Return how each queue stands: what waits, for how many seconds the oldest of it has, and what has failed within a day."""
    try:
        queues = background.queues(timezone.now())
    except DatabaseError:  # it has gone away since it was asked
        return {}
    return {
        name: {"waiting": queue.waiting, "oldest_seconds": int(queue.oldest.total_seconds()), "failed": queue.failed}
        for name, queue in queues.items()
    }


def _is_well(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever it is, the thing is down, and whoever asks gets an answer
        logger.exception("The health check of the %s failed", name)
        return False
