"""The health of the installation, for load balancers and monitoring."""

import datetime as dt
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gasutil import __version__, background
from gasutil.files import antivirus
from gasutil.models.heartbeats import TIDY, WEBHOOKS, WORKER, Heartbeat
from gasutil.notify import alarms
from gasutil.proof import proof_status
from gasutil.workflow import escalation

logger = logging.getLogger(__name__)
CACHE_SECONDS = 1.0  # anyone may call this as often as they like, and a check writes a file
# Of this process, and the same each time: a cache that is filled forgets what it should not
KEY = f"health:{get_random_string(8)}"
TIDY_INTERVAL = dt.timedelta(days=2)
READY_SECONDS = 0.8  # a load balancer waits no longer for an answer
MAX_ALARM_DELAY = dt.timedelta(minutes=1)  # after its time


def check_database() -> bool:
    """Return whether the database responds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def check_cache() -> bool:
    """Return whether the cache returns what was stored."""
    value = get_random_string(8)
    cache.set(KEY, value, 5)
    return bool(cache.get(KEY) == value)


def check_storage() -> bool:
    """Return whether a file can be stored and deleted."""
    name = default_storage.save(f"health/{get_random_string(8)}", ContentFile(b"well"))
    default_storage.delete(name)
    return True


def check_worker() -> bool:
    """Return whether a background worker has sent a heartbeat within a minute."""
    return Heartbeat.objects.alive(WORKER, background.HEARTBEAT_TIMEOUT)


def check_webhooks() -> bool:
    """Return whether a worker of the webhooks has sent a heartbeat within a minute."""
    return Heartbeat.objects.alive(WEBHOOKS, background.HEARTBEAT_TIMEOUT)


def check_tidy() -> bool:
    """Return whether `tidy` ran within two days.

    A new installation, or a new release, has two days to run it first.
    """
    last = Heartbeat.objects.filter(name=TIDY).values_list("beat_at", flat=True).first()
    last = last or MigrationRecorder.Migration.objects.aggregate(last=Max("applied"))["last"]
    return last is not None and last >= timezone.now() - TIDY_INTERVAL


def check_escalation() -> bool:
    """Return whether escalation runs and no alarm is overdue."""
    return (
        escalation.is_alive()
        and background.queues(timezone.now())["escalation"].oldest < MAX_ALARM_DELAY
    )


def check_mail() -> bool:
    """Return whether every alarm has reached someone, and no mail is long overdue."""
    mail = alarms.late_counts(timezone.now())
    return not mail["unheard"] and not mail["late"]


CHECKS: Mapping[str, Callable[[], bool]] = {
    "database": check_database,
    "cache": check_cache,
    "storage": check_storage,
}
BY_DATABASE: Mapping[str, Callable[[], bool]] = {
    "worker": check_worker,
    "escalation": check_escalation,
    "webhooks": check_webhooks,
    "tidy": check_tidy,
    "mail": check_mail,
}


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Return 200: the process responds."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Return 200 if the database responds, and 503 if it does not within a moment.

    Check nothing else.
    """
    is_ready = DATABASE_PROBE.responds()
    return JsonResponse({"status": "ok" if is_ready else "down"}, status=200 if is_ready else 503)


class DatabaseProbe:
    """Check the database in a separate thread, which concurrent callers share.

    The thread may wait longer than the callers do.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: Future[bool] | None = None

    def responds(self) -> bool:
        """Return whether the database responds within `READY_SECONDS`."""
        with self.lock:
            if self.running is None or self.running.done():
                self.running = Future()
                threading.Thread(
                    target=self._check, args=(self.running,), name="database-probe", daemon=True
                ).start()
            check = self.running
        try:
            return check.result(READY_SECONDS)
        except FutureTimeoutError:
            return False

    def _check(self, result: "Future[bool]") -> None:
        try:
            result.set_result(_is_well("database", check_database))
        finally:
            connection.close()


DATABASE_PROBE = DatabaseProbe()


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Return 200 where all is well, 503 where something is down, and each by its name.

    And how long the queues are.
    """
    states = LATEST.states()
    return JsonResponse(states, status=200 if states["status"] == "ok" else 503)


HEALTH_VIEWS: Mapping[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/health/": health,
    "/health/live/": live,
    "/health/ready/": ready,
}


class HealthMiddleware:
    """Answer health checks before anything asks for the host name.

    Load balancers and monitors call by IP address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request."""
        return HEALTH_VIEWS.get(request.path_info, self.get_response)(request)


class Latest:
    """Cache the last result; concurrent callers share one check."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.result: dict[str, Any] = {}
        self.until = -math.inf

    def states(self) -> dict[str, Any]:
        """Return each thing's state by its name."""
        with self.lock:
            if time.monotonic() >= self.until:
                self.result = check_all()
                self.until = time.monotonic() + CACHE_SECONDS
            return self.result


LATEST = Latest()


def check_all() -> dict[str, Any]:
    """Run all checks."""
    result = {name: _is_well(name, check) for name, check in CHECKS.items()}
    if settings.CLAMD_URL:
        result["antivirus"] = _is_well("antivirus", antivirus.is_reachable)
    result |= {
        name: result["database"] and _is_well(name, check) for name, check in BY_DATABASE.items()
    }  # a dead one is waited for once
    states: dict[str, Any] = {
        name: "ok" if is_well else "down"
        for name, is_well in {"status": all(result.values()), **result}.items()
    }
    states |= {"version": __version__} | ({"sandbox": True} if settings.SANDBOX else {})
    if not result["database"]:
        return states | {"queue": {}, "mails": {}, "history": {}}
    return states | {"queue": _lines(), "mails": _mails(), "history": _history()}


def _history() -> dict[str, Any]:
    """Return the age of the newest checkpoint of the history."""
    try:
        return proof_status.for_monitoring(timezone.now())
    except DatabaseError:
        return {}


def _mails() -> dict[str, Any]:
    """Return the state of mail.

    It has the number waiting, the age of the oldest, the number given up within a day, and the
    alarms that are retried.
    """
    now = timezone.now()
    try:
        mail, recipients = alarms.late_counts(now), alarms.receivers().exists()
    except DatabaseError:
        return {}
    return {
        "waiting": mail["waiting"],
        "oldest_seconds": int((now - (mail["oldest"] or now)).total_seconds()),
        "given_up": mail["given_up"],
        "alarms_retried": mail["alarms"],
        "alarms_unheard": mail["unheard"],
        "alarm_recipients": "ok" if recipients else "none",
    }


def _lines() -> dict[str, dict[str, int]]:
    """Return the state of each queue.

    It has the number waiting, the age of the oldest in seconds, and the failures within a day.
    """
    try:
        queues = background.queues(timezone.now())
    except DatabaseError:  # it has gone away since it was asked
        return {}
    return {
        name: {
            "waiting": queue.waiting,
            "oldest_seconds": int(queue.oldest.total_seconds()),
            "failed": queue.failed,
        }
        for name, queue in queues.items()
    }


def _is_well(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # any error means that it is down; the caller always gets a response
        logger.exception("Health check failed: %s", name)
        return False
