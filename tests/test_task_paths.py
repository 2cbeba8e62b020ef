"""Paths of tasks, which queued rows store.

They are known to the console, and run after a rename.
"""

import importlib
import pkgutil

import pytest
from django.utils import timezone
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

import gasutil
from gasutil.access import Actor
from gasutil.admin.operations.task_wording import TASK_KINDS, task_label
from gasutil.models import ServiceRequest, User
from gasutil.notify.deliveries import plan_notifications
from gasutil.workflow import bulk
from gasutil.workflow.bulk import continue_run
from gasutil.workflow.engine import escalate_due
from tests.support.worker import run_worker

FORMER = {
    "gasutil.workflow.engine.ring": escalate_due,
    "gasutil.notify.deliveries.tell": plan_notifications,
    "gasutil.workflow.bulk.go_on": continue_run,
}


def all_tasks() -> set[str]:
    """Return the paths of all tasks of the package."""
    names = [
        module.name
        for module in pkgutil.walk_packages(gasutil.__path__, "gasutil.")
        if ".migrations" not in module.name
    ]
    values = [value for name in names for value in vars(importlib.import_module(name)).values()]
    return {value.module_path for value in values if isinstance(value, Task)}


def test_the_console_has_a_label_for_every_task() -> None:
    assert all_tasks() == set(TASK_KINDS)


@pytest.mark.parametrize(("path", "task"), FORMER.items())
def test_a_former_path_has_the_label_of_its_task(path: str, task: "Task[..., object]") -> None:
    assert task_label(path) == task_label(task.module_path) != path


def test_a_path_without_a_task_is_named_by_its_function() -> None:
    assert task_label("gasutil.no_such_module.send_letters") == "Send letters"


def test_tasks_that_the_former_release_queued_run(
    support: User, leak: ServiceRequest, settings: object
) -> None:
    settings.BULK_AT_ONCE = 0  # type: ignore[attr-defined]
    run = bulk.prepare(actor=Actor(support), verb="comment", pks=[leak.pk])
    bulk.confirm(run.pk, actor=Actor(support), notes="Crew is on the way")
    for former, task in FORMER.items():
        assert DBTaskResult.objects.filter(task_path=task.module_path).update(
            task_path=former, run_after=timezone.now()
        )
    for queue in ("default", "escalation"):
        run_worker(queue)
    assert (
        list(DBTaskResult.objects.filter(task_path__in=FORMER).exclude(status="SUCCESSFUL")) == []
    )
    run.refresh_from_db()
    assert run.finished_at
