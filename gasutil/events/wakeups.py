"""Telling every process that the log has grown.

A wake-up carries nothing, so a lost one costs no more than the next poll.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import psycopg
import redis
from django.conf import settings
from django.db import connection

logger = logging.getLogger(__name__)
CHANNEL = "gasutil_log"
RETRY_SECONDS = 0.5  # between two tries while the messenger is down
TIMEOUT_SECONDS = 1  # that a messenger which does not respond may delay a change


class Wakeups(Protocol):
    """How processes wake one another."""

    def announce(self) -> None:
        """Notify all processes of a commit."""

    def wait(self, seconds: float) -> None:
        """Wait for a notification or a timeout."""

    def close(self) -> None:
        """Stop listening."""


class InProcess:
    """Wakes the streams of a single process."""

    def __init__(self) -> None:
        self.event = threading.Event()

    def announce(self) -> None:
        """Notify all processes of a commit."""
        self.event.set()

    def wait(self, seconds: float) -> None:
        """Wait for a notification or a timeout."""
        self.event.wait(seconds)
        self.event.clear()

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class Listening:
    """Base of wake-ups that listen on their own connection, opened when needed."""

    listener: Any = None

    def close(self) -> None:
        """Stop listening."""
        listener, self.listener = self.listener, None
        if listener is not None:
            listener.close()


class ByRedis(Listening):
    """Wake-ups by Redis publish and subscribe."""

    def __init__(self) -> None:
        self.client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_timeout=TIMEOUT_SECONDS,
        )
        # Redis shares channels among its databases: ignore those of another installation.
        self.channel = f"{CHANNEL}:{self.client.get_connection_kwargs().get('db', 0)}"

    def announce(self) -> None:
        """Notify all processes of a commit; log if Redis is down."""
        try:
            self.client.publish(self.channel, b"")
        except redis.RedisError as error:
            logger.warning("Redis is unavailable, so streams are delayed: %s", error)

    def wait(self, seconds: float) -> None:
        """Wait for a notification or a timeout."""
        try:
            if self.listener is None:
                self.listener = self.client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                self.listener.subscribe(self.channel)
            end = time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0 and self.listener.get_message(
                timeout=min(left, TIMEOUT_SECONDS / 2)
            ) is None:
                pass
        except redis.RedisError:
            self.close()
            time.sleep(min(seconds, RETRY_SECONDS))


class ByPostgreSQL(Listening):
    """Wake-ups by PostgreSQL's LISTEN and NOTIFY."""

    def announce(self) -> None:
        """Notify all processes of a commit."""
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")

    def wait(self, seconds: float) -> None:
        """Wait for a notification or a timeout."""
        try:
            if self.listener is None:
                known = (
                    connection.get_connection_params()
                )  # without the pool's, and with two objects of Django's own
                known = {
                    name: value
                    for name, value in known.items()
                    if name not in ("context", "cursor_factory")
                }
                self.listener = psycopg.connect(**known, autocommit=True)
                self.listener.execute(f"LISTEN {CHANNEL}")
            for _ in self.listener.notifies(timeout=seconds, stop_after=1):
                pass
        except psycopg.Error:
            self.close()
            time.sleep(min(seconds, RETRY_SECONDS))


WAKEUP_CLASSES: dict[str, Callable[[], Wakeups]] = {
    "process": InProcess,
    "redis": ByRedis,
    "postgresql": ByPostgreSQL,
}
WAKEUP_BACKEND: Wakeups = WAKEUP_CLASSES[settings.WAKEUPS]()


def announce() -> None:
    """Notify the streams of every process."""
    WAKEUP_BACKEND.announce()
