"""Workers that are killed, again and again, while they work off a queue.

In the end everything is done, and nothing is sent twice.
"""

import datetime as dt
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gasutil.access import Actor
from gasutil.models import BulkRun, Channel, Event, Outcome, RequestUpdate, User, Worker
from gasutil.workflow import bulk, requests
from tests.support import processes
from tests.support.bulk import a_run
from tests.support.databases import database_url
from tests.support.locks import held, somebody_waits
from tests.support.processes import kill
from tests.support.randomness import Random
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
HEARTBEAT_TIMEOUT_SECONDS = 2
LEAKS = 60
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Give `start()`: a worker of all queues; each is killed in the end."""
    started: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "EMAIL_URL": "dummy:",
    }
    environment |= {"WORKER_SILENCE": str(HEARTBEAT_TIMEOUT_SECONDS), "SECRET_KEY": "s" * 40}

    def start() -> "subprocess.Popen[bytes]":
        started.append(processes.start([sys.executable, "manage.py", "worker"], environment))
        return started[-1]

    yield start
    for process in started:
        kill(process)


def unfinished() -> int:
    """Return how many tasks are not done, but for alarms of the future."""
    now = timezone.now()
    return (
        DBTaskResult.objects.exclude(status="SUCCESSFUL")
        .exclude(status="READY", run_after__gt=now, run_after__year__lt=9999)
        .count()
    )


def kill_one(workers: list["subprocess.Popen[bytes]"], start: Start, chance: Random) -> None:
    """Kill a worker in the middle of whatever it does, and start another."""
    victim = workers.pop(chance.randrange(len(workers)))
    kill(victim)
    workers.append(start())


def test_everything_is_done_in_the_end(customer: User, start: Start, chance: Random) -> None:
    filed = timezone.now() - dt.timedelta(
        minutes=6
    )  # the first milestone has passed, the second has not
    leaks = [
        requests.submit(
            actor=Actor(customer, Channel.API),
            request_type="gas_leak_inspection",
            description="Gas!",
            now=filed,
        )
        for _ in range(LEAKS)
    ]
    begun = unfinished()
    assert begun >= LEAKS
    workers = [start(), start()]
    wait_for(lambda: unfinished() < begun)
    for _ in range(4):
        time.sleep(chance.uniform(0.1, 0.8))  # a moment that no condition tells
        kill_one(workers, start, chance)
    wait_for(lambda: unfinished() == 0, 60)
    assert Counter(DBTaskResult.objects.values_list("status", flat=True)).keys() == {
        "SUCCESSFUL",
        "READY",
    }
    result = Counter(
        RequestUpdate.objects.filter(event=Event.ESCALATED).values_list("id", flat=True)
    )
    assert {result[leak.pk] for leak in leaks} == {1}


def test_a_task_that_its_worker_died_over_is_done_by_another(customer: User, start: Start) -> None:
    leak = requests.submit(
        actor=Actor(customer, Channel.API), request_type="new_connection", description="Please"
    )
    task = DBTaskResult.objects.filter(task_path="gasutil.workflow.engine.escalate_due").earliest(
        "enqueued_at"
    )
    Worker.objects.create(pk="dead", queues="escalation", place="here", beat_at=timezone.now())
    task.claim("dead")
    start()
    wait_for(lambda: DBTaskResult.objects.get(pk=task.pk).status == "SUCCESSFUL")
    assert len(DBTaskResult.objects.get(pk=task.pk).worker_ids) == 2
    assert not RequestUpdate.objects.filter(id=leak.pk, event=Event.ESCALATED).exists()


def test_a_bulk_run_that_its_worker_died_over_does_each_row_once(
    support: User, customer: User, start: Start, settings: Any
) -> None:
    settings.BULK_AT_ONCE = 0
    run = a_run(support, customer, 12)
    rows = list(bulk.rows_of(run))
    bulk.confirm(run.pk, actor=Actor(support, Channel.CONSOLE), notes="Once")
    for number in (4, 9):  # of rows that are done when a worker is killed over the next
        with held(rows[number].service_request):
            worker = start()
            wait_for(somebody_waits)
            kill(worker)
        assert bulk.progress(run) == {
            "waiting": 12 - number,
            "done": number,
            "refused": 0,
            "all": 12,
        }
    start()
    wait_for(lambda: BulkRun.objects.filter(pk=run.pk, finished_at__isnull=False).exists())
    assert set(run.rows.values_list("outcome", flat=True)) == {Outcome.DONE}
    counts = Counter(RequestUpdate.objects.filter(notes="Once").values_list("id", flat=True))
    assert counts == {row.service_request_id: 1 for row in rows}
