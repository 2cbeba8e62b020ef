"""The thread of each process that follows the log.

There is one in a process. It gives each row to the streams of those who may see it.
"""

import asyncio
import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import Busy, TooManyStreams
from gasutil.events.leases import RENEW_SECONDS, RETRY_SECONDS, Lease, Leases
from gasutil.events.restored import is_restored
from gasutil.events.tail import Batch, Position, Tail
from gasutil.events.wakeups import WAKEUP_BACKEND
from gasutil.identity import logins, machine_keys
from gasutil.identity.sessions import active_sessions
from gasutil.identity.tracking import Claims, active_requests
from gasutil.models import MachineAccount, MachineScope

logger = logging.getLogger(__name__)
POLL_SECONDS = 2.0  # between two reads of the log without a wake-up
ACCESS_CHECK_SECONDS = 10.0  # between two checks that the subscribers may still listen
# Messages for one stream; a client that reads more slowly starts again at its last position
QUEUE_SIZE = 256
THREAD_START_SECONDS = 5  # for the thread to start
RESPONSE_START_SECONDS = 15.0  # for a response to begin: it may be lost when the client disconnects
CLOSE = b""  # what ends a stream


@dataclass(eq=False)
class Subscriber:
    """One open stream."""

    actor: Actor
    sid: uuid.UUID | None  # the login; None where it is a session of the console
    loop: asyncio.AbstractEventLoop
    until: float = 0.0  # its place is kept, in seconds since the epoch
    queue: "asyncio.Queue[bytes]" = field(default_factory=lambda: asyncio.Queue(QUEUE_SIZE))
    has_left: bool = False
    session_key: str = ""  # of a session of the console
    machine_key: int | None = None  # of a machine account
    address: str = ""  # that a machine account uses it from
    tracked: Claims | None = None  # of a tracking token
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def lease(self) -> Lease:
        """Return the key under which the streams of a user are counted."""
        return f"streams:{self.actor.key}", self.id

    def may_see(self, pk: int, viewers: Collection[int]) -> bool:
        """Return whether the rows of a request are for a customer; `viewers` can see it."""
        return self.actor.id in viewers and self.actor.is_limited_to(pk)

    def put(self, message: bytes) -> None:
        """Queue a message for the stream, from any thread; end a stream whose queue is full."""
        with contextlib.suppress(RuntimeError):  # its loop is over
            self.loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: bytes) -> None:
        if self.queue.full():
            self.queue.get_nowait()
            message = CLOSE
        self.queue.put_nowait(message)


class Disconnected(Exception):
    """The client has disconnected."""


class Hub:
    """The open streams of this process.

    `render` makes the messages of rows as an actor may see them, each with the position to go on
    from.
    """

    def __init__(
        self, render: Callable[[Actor, Sequence[Any], Sequence[Position]], list[bytes]]
    ) -> None:
        self.render = render
        self.lock = threading.Lock()
        self.subscribers: set[Subscriber] = set()
        self.thread: threading.Thread | None = None
        self.began = threading.Event()
        self.position = Position(0, 0)
        self.waiting: Batch | None = None
        self.leases = Leases()
        self.renewed = 0.0

    def open(self, subscriber: Subscriber) -> None:
        """Take a stream in, which misses nothing from now on.

        Raise `TooManyStreams`, `Busy`, or `Disconnected`.
        """
        with self.lock:
            self._forget_those_whose_time_is_up()
        self.leases.take(subscriber.lease)
        try:
            self._let_in(subscriber)
        except BaseException:
            self.leases.give_back(subscriber.lease)
            raise
        if not self.began.wait(THREAD_START_SECONDS):
            self.close(subscriber)
            raise Busy

    def _let_in(self, subscriber: Subscriber) -> None:
        with self.lock:
            if subscriber.has_left:
                raise Disconnected
            self._forget_those_whose_time_is_up()
            if (
                sum(other.actor.key == subscriber.actor.key for other in self.subscribers)
                >= settings.STREAMS_A_USER
            ):
                raise TooManyStreams(settings.STREAMS_A_USER, RETRY_SECONDS)
            if len(self.subscribers) >= settings.STREAMS_A_PROCESS:
                raise Busy
            subscriber.until = time.time() + RESPONSE_START_SECONDS
            self.subscribers.add(subscriber)
            if self.thread is None:
                self.began.clear()
                self.thread = threading.Thread(target=self._follow, name="log", daemon=True)
                self.thread.start()

    def extend(self, subscriber: Subscriber, until: float) -> None:
        """Keep the place of a stream that has begun until then.

        Raise `Disconnected` where it is lost.
        """
        with self.lock:
            if subscriber.has_left:
                raise Disconnected
            subscriber.until = until

    def close(self, subscriber: Subscriber) -> None:
        """Remove a stream permanently."""
        with self.lock:
            self._forget(subscriber)

    def _forget(self, subscriber: Subscriber) -> None:
        subscriber.has_left = True
        self.subscribers.discard(subscriber)
        self.leases.give_back(subscriber.lease)

    def _forget_those_whose_time_is_up(self) -> None:
        now = time.time()
        for subscriber in [subscriber for subscriber in self.subscribers if subscriber.until < now]:
            self._forget(subscriber)

    def _follow(self) -> None:
        """Follow the history while there are subscribers."""
        tail, checked = None, time.monotonic()
        try:
            while self._goes_on():
                try:
                    self._renew_leases()
                    close_old_connections()
                    tail = tail or self._begin()
                    self._send_new_rows(tail)
                    if time.monotonic() - checked > ACCESS_CHECK_SECONDS:
                        self._end_those_who_may_no_longer()
                        checked = time.monotonic()
                    WAKEUP_BACKEND.wait(POLL_SECONDS)
                except (
                    Exception
                ) as error:  # a database that is away comes back, and the tail goes on where it was
                    logger.exception("The event log could not be read")
                    if not isinstance(error, DatabaseError | InterfaceError):
                        self.waiting = None  # a row that can't be sent does not stop the others
                    connection.close()
                    time.sleep(1)
        finally:
            self.leases.flush()
            WAKEUP_BACKEND.close()
            connection.close()

    def _renew_leases(self) -> None:
        """Renew the leases of the open streams, and release those that were given back."""
        self.leases.flush()
        if time.monotonic() - self.renewed > RENEW_SECONDS:
            self.renewed = time.monotonic()
            self.leases.renew(self._open_leases)

    def _open_leases(self) -> list[Lease]:
        with self.lock:
            return [subscriber.lease for subscriber in self.subscribers]

    def _begin(self) -> Tail:
        """Start to follow the log from now on, and admit the waiting streams."""
        if is_restored():
            logger.error(
                "The event log was restored from another PostgreSQL server."
                " Run `manage.py migrate`."
            )
        tail = Tail()
        self.position, self.waiting = tail.position, None
        self.began.set()
        return tail

    def _send_new_rows(self, tail: Tail) -> None:
        """Send everything new.

        Rows that could not be sent are sent the next time: a tail yields each row once.
        """
        while True:
            self.waiting = self.waiting or tail.poll()
            self._deliver(self.waiting)
            self.position = self.waiting.after
            is_more, self.waiting = bool(self.waiting.rows), None
            if not is_more:
                return

    def _goes_on(self) -> bool:
        with self.lock:
            if not self.subscribers:
                self.thread = None
            return bool(self.subscribers)

    def _deliver(self, batch: Batch) -> None:
        """Send rows to the users who may see them, with one query for all.

        Everything that can fail comes before the first is sent.
        """
        if not batch.rows:
            return
        viewers = access.viewers({row.id for row in batch.rows})
        with self.lock:
            listening = list(self.subscribers)
        staff = [subscriber for subscriber in listening if subscriber.actor.is_staff]
        customers = [subscriber for subscriber in listening if not subscriber.actor.is_staff]
        for_staff = self.messages(staff[0].actor, batch) if staff else []
        for_customers = self.messages(customers[0].actor, batch) if customers else []
        for _row, message in for_staff:
            for subscriber in staff:
                subscriber.put(message)
        for row, message in for_customers:
            for subscriber in customers:
                if not row.is_internal and subscriber.may_see(row.id, viewers[row.id]):
                    subscriber.put(message)

    def messages(self, actor: Actor, batch: Batch) -> list[tuple[Any, bytes]]:
        """Return each row with its message; all staff get the same, and so do all customers.

        Only the last has the position after all of them: a client that is disconnected in between
        gets some again, and misses none.
        """
        positions = [batch.before] * (len(batch.rows) - 1) + [batch.after]
        rows = batch.rows
        return list(zip(rows, self.render(actor, rows, positions[: len(rows)]), strict=True))

    def _end_those_who_may_no_longer(self) -> None:
        """End the streams of ended logins, and of users whose permissions have changed."""
        with self.lock:
            self._forget_those_whose_time_is_up()
            listening = list(self.subscribers)
        active = logins.active_logins(
            {subscriber.sid for subscriber in listening if subscriber.sid}
        )
        of_sessions = active_sessions(
            {subscriber.session_key for subscriber in listening if subscriber.session_key}
        )
        of_machines = machine_keys.valid_keys(
            {subscriber.machine_key for subscriber in listening if subscriber.machine_key}
        )
        of_tokens = active_requests(
            {subscriber.tracked for subscriber in listening if subscriber.tracked}
        )
        for subscriber in listening:
            if subscriber.machine_key is not None:
                account = of_machines.get(subscriber.machine_key)
                is_valid = account is not None and may_listen(account, subscriber.address)
            elif subscriber.tracked:
                is_valid = subscriber.tracked in of_tokens
            else:
                user = (
                    active.get(subscriber.sid)
                    if subscriber.sid
                    else of_sessions.get(subscriber.session_key)
                )
                is_valid = user is not None and Actor(user).role == subscriber.actor.role
            if not is_valid:
                subscriber.put(CLOSE)


def may_listen(account: MachineAccount, address: str) -> bool:
    """Return whether a machine account may follow the stream from an address."""
    is_within = machine_keys.is_within(address, account.networks)
    return is_within and MachineScope.EVENTS_READ in account.scopes
