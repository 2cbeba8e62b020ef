"""Workers that are killed repeatedly while they work.

In the end everything is done, and nothing is sent twice.
"""

import datetime as dt
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
from tests.support.bulk import a_run
from tests.support.locks import has_waiting_session, held
from tests.support.processes import Process, kill
from tests.support.randomness import Random
from tests.support.servers import Server, on_the_tests_database
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
HEARTBEAT_TIMEOUT_SECONDS = 2
LEAKS = 60
Start = Callable[[], "Process[bytes]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return `start()`, which starts a worker of all queues. Each is killed in the end."""
    server = Server(on_the_tests_database(WORKER_SILENCE=str(HEARTBEAT_TIMEOUT_SECONDS)))
    yield server.start_worker
    server.kill()


def unfinished() -> int:
    """Return the number of tasks that are not done, without alarms in the future."""
    now = timezone.now()
    return (
        DBTaskResult.objects.exclude(status="SUCCESSFUL")
        .exclude(status="READY", run_after__gt=now, run_after__year__lt=9999)
        .count()
    )


def kill_one(workers: list["Process[bytes]"], start: Start, chance: Random) -> None:
    """Kill a worker at a random moment, and start another."""
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
        time.sleep(chance.uniform(0.1, 0.8))  # a random moment
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


def test_a_task_of_a_dead_worker_is_done_by_another(customer: User, start: Start) -> None:
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


def test_a_bulk_run_of_a_dead_worker_does_each_row_once(
    support: User, customer: User, start: Start, settings: Any
) -> None:
    settings.BULK_AT_ONCE = 0
    run = a_run(support, customer, 12)
    rows = list(bulk.rows_of(run))
    bulk.confirm(run.pk, actor=Actor(support, Channel.CONSOLE), notes="Once")
    for number in (4, 9):  # of rows that are done when a worker is killed over the next
        with held(rows[number].service_request):
            worker = start()
            wait_for(has_waiting_session)
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
