"""One thread a process follows the log and gives each row to the streams of those who may see it."""

import asyncio
import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import Busy, TooManyAttempts
from gasutil.events.restored import is_restored
from gasutil.events.tail import Batch, Position, Tail
from gasutil.events.wakeups import WAKEUPS
from gasutil.identity import logins
from gasutil.models import User

logger = logging.getLogger(__name__)
POLL = 2.0  # seconds between two looks at the log where no wake-up comes
CHECK = 10.0  # seconds between two looks at whether those who listen still may
WAITING = 256  # messages for one stream; who reads so slowly starts again where he was
PATIENCE = 5  # seconds for the thread to begin
BEGINNING = 15.0  # seconds for a response to begin, which may be lost on its way out when whoever asked for it hangs up
ENOUGH = b""  # what ends a stream


@dataclass(eq=False)
class Subscriber:
    """One open stream."""

    actor: Actor
    sid: uuid.UUID | None  # the login; None where it is a session of the console
    loop: asyncio.AbstractEventLoop
    until: float = 0.0  # its place is kept, in seconds since the epoch
    queue: "asyncio.Queue[bytes]" = field(default_factory=lambda: asyncio.Queue(WAITING))
    has_left: bool = False

    def put(self, message: bytes) -> None:
        """Give a message to the stream, from whatever thread; a stream that is full is ended."""
        with contextlib.suppress(RuntimeError):  # its loop is over
            self.loop.call_soon_threadsafe(self._put, message)

    def _put(self, message: bytes) -> None:
        if self.queue.full():
            self.queue.get_nowait()
            message = ENOUGH
        self.queue.put_nowait(message)


class Left(Exception):
    """Whoever would have listened has hung up."""


class Hub:
    """Everybody who listens in this process; `render` makes the message of a row, with the position to go on from."""

    def __init__(self, render: Callable[[Any, Position], bytes]) -> None:
        self.render = render
        self.lock = threading.Lock()
        self.subscribers: set[Subscriber] = set()
        self.thread: threading.Thread | None = None
        self.began = threading.Event()
        self.position = Position(0, 0)
        self.waiting: Batch | None = None

    def open(self, subscriber: Subscriber) -> None:
        """Take a stream in, which misses nothing from now on; raise `TooManyAttempts`, `Busy`, or `Left`."""
        with self.lock:
            if subscriber.has_left:
                raise Left
            self._forget_those_whose_time_is_up()
            if sum(one.actor.id == subscriber.actor.id for one in self.subscribers) >= settings.STREAMS_A_USER:
                raise TooManyAttempts(30)
            if len(self.subscribers) >= settings.STREAMS_A_PROCESS:
                raise Busy
            subscriber.until = time.time() + BEGINNING
            self.subscribers.add(subscriber)
            if self.thread is None:
                self.began.clear()
                self.thread = threading.Thread(target=self._follow, name="log", daemon=True)
                self.thread.start()
        if not self.began.wait(PATIENCE):
            self.close(subscriber)
            raise Busy

    def keep(self, subscriber: Subscriber, until: float) -> None:
        """Keep the place of a stream that has begun until then; raise `Left` where it is lost."""
        with self.lock:
            if subscriber.has_left:
                raise Left
            subscriber.until = until

    def close(self, subscriber: Subscriber) -> None:
        """Forget a stream, and never take it in again."""
        with self.lock:
            self._forget(subscriber)

    def _forget(self, subscriber: Subscriber) -> None:
        subscriber.has_left = True
        self.subscribers.discard(subscriber)

    def _forget_those_whose_time_is_up(self) -> None:
        now = time.time()
        for one in [one for one in self.subscribers if one.until < now]:
            self._forget(one)

    def _follow(self) -> None:
        """Follow the log as long as somebody listens."""
        tail, checked = None, time.monotonic()
        try:
            while self._goes_on():
                try:
                    close_old_connections()
                    tail = tail or self._begin()
                    self._tell(tail)
                    if time.monotonic() - checked > CHECK:
                        self._end_those_who_may_no_longer()
                        checked = time.monotonic()
                    WAKEUPS.wait(POLL)
                except Exception as error:  # a database that is away comes back, and the tail goes on where it was
                    logger.exception("The log could not be read")
                    if not isinstance(error, DatabaseError | InterfaceError):
                        self.waiting = None  # a row that can't be told does not keep the others from being told
                    connection.close()
                    time.sleep(1)
        finally:
            WAKEUPS.close()
            connection.close()

    def _begin(self) -> Tail:
        """Begin to follow the log from now on, and let those in who wait for it."""
        if is_restored():
            logger.error("The log has come from another PostgreSQL. Run `manage.py migrate`, which mends it.")
        tail = Tail()
        self.position, self.waiting = tail.position, None
        self.began.set()
        return tail

    def _tell(self, tail: Tail) -> None:
        """Tell everything that is new. What could not be told whole is told the next time: a tail gives each row once."""
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
        """Give rows to those who may see them, asking once a request; all that can fail comes before the first is given."""
        messages = list(self.messages(batch))
        viewers = {pk: access.viewers(pk) for pk in {row.id for row in batch.rows}}
        with self.lock:
            listening = list(self.subscribers)
        for row, message in messages:
            for one in listening:
                if one.actor.is_staff or (not row.is_internal and one.actor.id in viewers[row.id]):
                    one.put(message)

    def messages(self, batch: Batch) -> Iterator[tuple[Any, bytes]]:
        """Yield each row with its message. Only the last has the position after them all: whoever is cut off between two
        gets some again, and misses none."""
        for row in batch.rows:
            yield row, self.render(row, batch.after if row is batch.rows[-1] else batch.before)

    def _end_those_who_may_no_longer(self) -> None:
        """End the streams of logins that are over, and of those who are not what they were."""
        with self.lock:
            self._forget_those_whose_time_is_up()
            listening = list(self.subscribers)
        standing = logins.standing({one.sid for one in listening if one.sid})
        users = User.objects.in_bulk({one.actor.id for one in listening if not one.sid and one.actor.id})
        for one in listening:
            user = standing.get(one.sid) if one.sid else users.get(one.actor.id or 0)
            if user is None or Actor(user).role != one.actor.role:
                one.put(ENOUGH)
