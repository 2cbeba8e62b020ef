"""The work besides calls and pages: logins, mails, webhooks, and many alarms at once."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, cycle

import psycopg

from bench.calls import API, SUBMISSION, reader
from bench.client import Ask, Client
from bench.data import PASSWORD, TargetData
from bench.databases import Database
from bench.fill import SUPPORT
from bench.load import load
from bench.servers import served, working
from bench.sinks import Arrivals, mail_server, webhook_receiver

CLIENTS = 4  # that log in at the same time
LOGIN_SECONDS = 6
TIMEOUT_SECONDS = 60  # for all mails, and for all webhooks
ALARM_SECONDS = 120  # for all alarms
SUBSCRIBE = """
from gasutil.access import Actor
from gasutil.models import User, Webhook
from gasutil.workflow import webhooks
Webhook.objects.filter(name="bench").delete()  # of an earlier run on the same database
webhooks.subscribe(
    actor=Actor(User.objects.get(pk={pk})), name="bench", url="{url}", events=["request.created"]
)
"""
CLEAR_TASKS = "TRUNCATE django_tasks_database_dbtaskresult"
DUE_AT_ONCE = """
UPDATE gasutil_servicerequest AS r
SET
    escalate_at = now(),
    due_at = now(),
    milestones = (
        SELECT jsonb_agg(
            CASE
                WHEN place = 1
                THEN milestone || jsonb_build_object('due_at', now(), 'escalate_at', now())
                ELSE milestone
            END
            ORDER BY place
        )
        FROM jsonb_array_elements(r.milestones) WITH ORDINALITY AS each(milestone, place)
    )
WHERE r.id IN (
    SELECT id
    FROM gasutil_servicerequest
    WHERE status = 'pending' AND jsonb_array_length(milestones) > 0
    ORDER BY id DESC
    LIMIT %s
)
"""
NOT_YET = "UPDATE gasutil_servicerequest SET escalate_at = NULL WHERE escalate_at IS NOT NULL"
ESCALATED = """
SELECT count(*)
FROM gasutil_requestupdate
WHERE event = 'request.escalated' AND history_id > %s
"""


@dataclass(frozen=True)
class Logins:
    """Logins per second, and a list's milliseconds without and with them."""

    rate: float
    list_p50: float
    list_p99: float
    list_p50_meanwhile: float
    list_p99_meanwhile: float


@dataclass(frozen=True)
class Sent:
    """Mails or webhooks per second of one worker, and how many of those expected arrived."""

    rate: float
    arrived: int
    expected: int


@dataclass(frozen=True)
class Alarms:
    """Alarms that were due at once, how many were escalated, and in how many seconds."""

    due: int
    escalated: int
    seconds: float

    @property
    def rate(self) -> float:
        """Return the number per second."""
        return self.escalated / self.seconds


@dataclass(frozen=True)
class Background:
    """All of it."""

    logins: Logins
    mails: Sent
    webhooks: Sent
    alarms: Alarms


def measure_background(
    database: Database, data: TargetData, *, messages: int, alarms: int
) -> Background:
    """Measure one after the other on the two-process server that `deploy/` has."""
    logins = measure_logins(database, data)
    mails, webhooks = measure_messages(database, data, messages)
    return Background(logins, mails, webhooks, measure_alarms(database, alarms))


def measure_logins(database: Database, data: TargetData) -> Logins:
    """Measure logins, and the time of a customer's list without and with them."""
    lists = (Ask("GET", f"{API}requests/", reader(data, n)) for n in count())
    with served("project.asgi:application", database.environment, "asginl", workers=2) as server:
        before = load(server.port, lists, seconds=LOGIN_SECONDS / 2, connections=1)
        with logging_in(server.port, data.writers) as done:
            began = time.monotonic()
            during = load(server.port, lists, seconds=LOGIN_SECONDS, connections=1)
            rate = len(done) / (time.monotonic() - began)
    return Logins(rate, before.p50, before.p99, during.p50, during.p99)


@contextmanager
def logging_in(port: int, users: Sequence[int]) -> Iterator[list[int]]:
    """Log users in on several connections while the block runs; yield those who are."""
    over, done = threading.Event(), list[int]()

    def repeat(mine: Sequence[int]) -> None:
        client = Client(port)
        for user in cycle(mine):
            if over.is_set():
                return
            body = {"username": f"user{user}", "password": PASSWORD}
            client.time(Ask("POST", f"{API}login/", "", body))
            done.append(user)

    threads = [
        threading.Thread(target=repeat, args=(users[part::CLIENTS],)) for part in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join()


def measure_messages(database: Database, data: TargetData, number: int) -> tuple[Sent, Sent]:
    """Create requests, and measure their mails and then their webhooks, with one worker each."""
    with mail_server() as (mails, mail_port), webhook_receiver() as (webhooks, hook_port):
        settings = {
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "WEBHOOK_ALLOW_PRIVATE": "true",
        }
        database = replace(database, settings=settings)
        url = f"http://127.0.0.1:{hook_port}/"
        database.shell(SUBSCRIBE.format(pk=SUPPORT[6], url=url))
        _execute(database, CLEAR_TASKS)
        _create(database, data, number)
        with working("default", database.environment):
            mails.wait(number, TIMEOUT_SECONDS)
        with working("webhooks", database.environment):
            webhooks.wait(number, TIMEOUT_SECONDS)
    return _sent(mails, number), _sent(webhooks, number)


def _create(database: Database, data: TargetData, number: int) -> None:
    with served("project.wsgi:application", database.environment) as server:
        client = Client(server.port)
        for n in range(number):
            client.time(Ask("POST", f"{API}requests/", data.writer(n), SUBMISSION, 201))


def _sent(arrivals: Arrivals, expected: int) -> Sent:
    return Sent(arrivals.rate, len(arrivals.times), expected)


def measure_alarms(database: Database, number: int) -> Alarms:
    """Let the deadlines of many requests pass at once, and measure their escalation."""
    _execute(database, CLEAR_TASKS)
    _execute(database, NOT_YET)
    with psycopg.connect(database.url, autocommit=True) as session:
        due = session.execute(DUE_AT_ONCE, [number]).rowcount
        (last,) = session.execute("SELECT max(history_id) FROM gasutil_requestupdate").fetchone()
        with working("escalation", database.environment):
            return _watch(session, due, last)


def _watch(session: psycopg.Connection, due: int, last: int) -> Alarms:
    """Return the number of escalations and the seconds from the first to the last.

    The start of the worker does not count.
    """
    began = first = time.monotonic()
    escalated = 0
    while escalated < due and time.monotonic() - began < ALARM_SECONDS:
        (escalated,) = session.execute(ESCALATED, [last]).fetchone()
        if not escalated:
            first = time.monotonic()
        time.sleep(0.1)
    return Alarms(due, escalated, time.monotonic() - first)


def _execute(database: Database, statement: str) -> None:
    with psycopg.connect(database.url, autocommit=True) as session:
        session.execute(statement)
