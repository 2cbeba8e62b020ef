"""Two web servers, two stream servers and two of each worker share one PostgreSQL.

Nothing is lost, and nothing happens twice: events, mails, webhooks and alarms.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from project.settings import BASE_DIR
from tests.support import webhook_receiver
from tests.support.databases import database
from tests.support.mail_receiver import Receiver, listening
from tests.support.processes import free_port, free_ports
from tests.support.servers import LiveServer
from tests.support.streams import Listener
from tests.support.waiting import wait_for

pytestmark = pytest.mark.services
REQUESTS = 12
MAX_CONNECTIONS = 100  # PostgreSQL's default
TWICE = ("web", "stream", "worker", "escalation", "webhooks")
PREPARE = """
from django.contrib.auth.models import Group
from gasutil.access import Actor
from gasutil.models import User
from gasutil.workflow import webhooks
support = User.objects.get(username="support")
support.groups.add(*Group.objects.all())
webhooks.subscribe(
    actor=Actor(User.objects.get(pk=support.pk)),
    name="Dispatch",
    url="{url}",
    events=["request.created"],
)
User.objects.update(email_confirmed=True)
"""
DUE = """
UPDATE gasutil_servicerequest
SET escalate_at = now(), milestones = jsonb_set(
    milestones,
    '{-1}',
    milestones->-1 || jsonb_build_object('due_at', now(), 'escalate_at', now())
)
WHERE id > %s
"""
ALARMS = "SELECT id FROM gasutil_requestupdate WHERE event = 'request.escalated' AND id > %s"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


class TwoOfEach(LiveServer):
    """The programs of `deploy/`, each twice."""

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.web_ports, self.stream_ports = free_ports(2), free_ports(2)

    def start(self) -> None:
        for name in TWICE:
            for number in range(2):
                ports = {
                    "PORT": str(self.web_ports[number]),
                    "STREAM_PORT": str(self.stream_ports[number]),
                }
                self.run([str(BASE_DIR / "deploy" / name)], **ports)
        for port in (*self.stream_ports, *self.web_ports):
            wait_for(self.at(port).is_ready)

    def at(self, port: int) -> "TwoOfEach":
        """Make the next call to a port."""
        self.port = port
        return self


@pytest.fixture
def mails() -> Iterator[tuple[Receiver, int]]:
    receiver, port = Receiver(), free_port()
    with listening(receiver, port):
        yield receiver, port


@pytest.fixture
def hook() -> Iterator[webhook_receiver.Receiver]:
    receiver = webhook_receiver.Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def desk(
    template: str,
    tmp_path: Path,
    mails: tuple[Receiver, int],
    hook: webhook_receiver.Receiver,
) -> Iterator[TwoOfEach]:
    with database(template) as url:
        desk = TwoOfEach(
            tmp_path,
            DATABASE_URL=url,
            JWT_ACCESS_SECONDS="3600",
            REQUEST_LIMIT="0",
            WEBHOOK_ALLOW_PRIVATE="true",
            EMAIL_URL=f"smtp://127.0.0.1:{mails[1]}",
        )
        desk.manage("shell", "-v0", "-c", PREPARE.format(url=hook.url))
        with desk:
            yield desk


def create_and_change(desk: TwoOfEach) -> list[int]:
    """Create requests at one web server and change each at the other; return their ids."""
    made = []
    for number in range(REQUESTS):
        first, second = desk.web_ports[number % 2], desk.web_ports[(number + 1) % 2]
        body = {
            "request_type": "no_supply",
            "description": f"No gas {number}",
            "address": "1 Street",
        }
        status, obj = desk.at(first).call("POST", "requests/", "customer", body)
        assert status == 201, obj
        change = {"status": "in_progress", "notes": f"On our way {number}"}
        status, obj = desk.at(second).call("PATCH", f"requests/{obj['id']}/", "support", change)
        assert status == 200, obj
        made.append(obj["id"])
    return made


def heard(listener: Listener, made: list[int]) -> Counter[tuple[str, int]]:
    """Return the number of times that a stream has received each event, once it has the last."""
    events: Counter[tuple[str, int]] = Counter()
    while sum(events.values()) < 2 * len(made) or not listener.messages.empty():
        data: dict[str, Any] = json.loads(listener.messages.get(timeout=30)["data"] or "{}")
        if data.get("service_request") in made:
            events[data["event"], data["service_request"]] += 1
    return events


def test_everything_happens_once(
    desk: TwoOfEach, mails: tuple[Receiver, int], hook: webhook_receiver.Receiver
) -> None:
    listeners = [
        Listener(desk.at(port), who)
        for port in desk.stream_ports
        for who in ("customer", "support")
    ]
    made = create_and_change(desk)
    events = ("request.created", "request.status_changed")
    once = Counter({(event, pk): 1 for event in events for pk in made})
    for listener in listeners:
        assert heard(listener, made) == once

    def posted() -> Counter[int]:
        every = Counter(json.loads(each.body)["service_request"] for each in hook.got)
        return Counter({pk: times for pk, times in every.items() if pk in made})

    wait_for(lambda: set(posted()) >= set(made))
    wait_for(lambda: len(mails[0].mails) >= 2 * REQUESTS)
    with psycopg.connect(desk.environment["DATABASE_URL"], autocommit=True) as session:
        session.execute(DUE, [made[0] - 1])
        wait_for(lambda: len(session.execute(ALARMS, [made[0] - 1]).fetchall()) >= REQUESTS)
        alarms = Counter(pk for (pk,) in session.execute(ALARMS, [made[0] - 1]))
        connections = session.execute(CONNECTIONS).fetchone()
    assert alarms == posted() == Counter(made)
    assert len({mail["Message-ID"] for mail in mails[0].mails}) == len(mails[0].mails)
    assert connections is not None
    assert connections[0] < MAX_CONNECTIONS
