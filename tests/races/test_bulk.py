import pytest
from django.db import transaction

from gasutil.access import Actor
from gasutil.errors import Conflict
from gasutil.models import BulkRow, BulkRun, Channel, Outcome, RequestUpdate, User
from gasutil.workflow import bulk, imports
from tests.support.bulk import a_run
from tests.support.concurrency import at_once
from tests.support.tables import table_of

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_a_run_that_is_started_many_times_at_once_runs_once(support: User, customer: User) -> None:
    run = a_run(support, customer, 3)

    def start() -> bool:
        try:
            bulk.confirm(run.pk, actor=Actor(support, Channel.CONSOLE), notes="Once")
        except Conflict:
            return False
        return True

    assert sorted(at_once(*[start] * 4)) == [False, False, False, True]
    assert RequestUpdate.objects.filter(notes="Once").count() == 3


def test_workers_that_share_a_run_do_no_row_twice(
    support: User, customer: User, settings: object
) -> None:
    settings.BULK_AT_ONCE = 0  # type: ignore[attr-defined]  # pytest-django's
    run = a_run(support, customer, 12)
    bulk.confirm(run.pk, actor=Actor(support, Channel.CONSOLE), notes="Once")
    at_once(*[lambda: bulk.work(run.pk)] * 4)
    assert RequestUpdate.objects.filter(notes="Once").count() == 12
    assert set(BulkRow.objects.filter(run=run).values_list("outcome", flat=True)) == {Outcome.DONE}
    assert BulkRun.objects.get(pk=run.pk).finished_at is not None


def test_the_unfinished_work_of_a_dead_worker_is_rolled_back(
    support: User, customer: User, settings: object
) -> None:
    settings.BULK_AT_ONCE = 0  # type: ignore[attr-defined]  # pytest-django's
    run = a_run(support, customer, 2)
    bulk.confirm(run.pk, actor=Actor(support, Channel.CONSOLE), notes="Once")
    with transaction.atomic():  # whose end never comes
        bulk._do_one(run.pk)
        transaction.set_rollback(True)
    assert not RequestUpdate.objects.filter(notes="Once").exists()
    bulk.work(run.pk)
    assert RequestUpdate.objects.filter(notes="Once").count() == 2


def test_a_table_that_is_filed_many_times_at_once_is_filed_once(
    manager: User, customer: User
) -> None:
    row = {"customer": "customer", "request_type": "new_connection", "description": "x"}
    table = imports.create_draft(
        actor=Actor(manager), filename="calls.csv", table=table_of(row, row)
    )

    def file() -> bool:
        try:
            imports.confirm(table.pk, actor=Actor(manager))
        except Conflict:
            return False
        return True

    assert sorted(at_once(*[file] * 4)) == [False, False, False, True]
    assert RequestUpdate.objects.count() == 2
