"""What is well and what is down, for load balancers and whoever watches them."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache

from gasutil.models.heartbeats import WORKER, Heartbeat
from gasutil.workflow import escalation

logger = logging.getLogger(__name__)
SILENCE = dt.timedelta(seconds=60)


def check_database() -> bool:
    """Return whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def check_cache() -> bool:
    """Return whether the cache gives back what it was given."""
    key, value = f"health:{get_random_string(8)}", get_random_string(8)
    cache.set(key, value, 5)
    return bool(cache.get(key) == value)


def check_storage() -> bool:
    """Return whether a file can be kept and taken away again."""
    name = default_storage.save(f"health/{get_random_string(8)}", ContentFile(b"well"))
    default_storage.delete(name)
    return True


def check_worker() -> bool:
    """Return whether a background worker has been at work within the last minute."""
    return Heartbeat.objects.alive(WORKER, SILENCE)


CHECKS: Mapping[str, Callable[[], bool]] = {"database": check_database, "cache": check_cache, "storage": check_storage}


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Return 200 where all is well, 503 where something is down, and each by its name."""
    found = {name: _is_well(name, check) for name, check in CHECKS.items()}
    found["worker"] = found["database"] and _is_well("worker", check_worker)  # a dead database is waited for once
    found["escalation"] = found["database"] and _is_well("escalation", escalation.is_alive)
    well = all(found.values())
    states = {name: "ok" if is_well else "down" for name, is_well in {"status": well, **found}.items()}
    return JsonResponse(states, status=200 if well else 503)


def _is_well(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever it is, the thing is down, and whoever asks gets an answer
        logger.exception("The health check of the %s failed", name)
        return False
