"""One verb for many requests.

The preview is right, each is changed once and by the verb, also if the run is repeated or a process
dies.
"""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid, NotAllowed, NotFound
from gasutil.models import (
    BulkRow,
    BulkRun,
    BulkVerb,
    Channel,
    Outcome,
    RequestUpdate,
    ServiceRequest,
    User,
)
from gasutil.workflow import bulk, incidents, requests


def by(user: User) -> Actor:
    return Actor(user, Channel.CONSOLE)


def foretold(run: BulkRun, user: User) -> dict[str, str]:
    return {row.service_request.reference: bulk.previewed_reason(row) for row in bulk.rows_of(run)}


def outcomes(run: BulkRun) -> list[tuple[int, str, str]]:
    return list(
        run.rows.order_by("service_request").values_list("service_request", "outcome", "reason")
    )


def rows(*requested: ServiceRequest) -> int:
    return RequestUpdate.objects.filter(id__in=[item.pk for item in requested]).count()


def test_it_works(support: User, leak: ServiceRequest, connection: ServiceRequest) -> None:
    requests.resolve(connection.pk, actor=by(support))
    run = bulk.prepare(actor=by(support), verb="hold", pks=[leak.pk, connection.pk])
    refusal = f"{connection.reference} is resolved and can't become on_hold. Allowed: in_progress."
    before = rows(leak, connection)
    assert foretold(run, support) == {leak.reference: "", connection.reference: refusal}
    assert rows(leak, connection) == before  # looking changes nothing
    assert ServiceRequest.objects.get(pk=leak.pk).status == "pending"

    run = bulk.confirm(run.pk, actor=by(support), notes="The road is closed")
    assert run.finished_at is not None
    assert outcomes(run) == [(leak.pk, Outcome.DONE, ""), (connection.pk, Outcome.REFUSED, refusal)]
    update = RequestUpdate.objects.filter(id=leak.pk).latest()
    assert (update.status, update.notes, update.channel, update.history_user) == (
        "on_hold",
        "The road is closed",
        Channel.CONSOLE,
        support,
    )
    assert rows(leak, connection) == before + 1


@pytest.mark.parametrize("verb", BulkVerb)
def test_each_does_what_its_verb_does(
    verb: BulkVerb, support: User, colleague: User, connection: ServiceRequest
) -> None:
    if verb == BulkVerb.RESUME:
        requests.hold(connection.pk, actor=by(support))
    incident = incidents.open_incident(actor=by(support), title="Street", reports=[])
    run = bulk.prepare(actor=by(support), verb=verb, pks=[connection.pk])
    bulk.confirm(
        run.pk,
        actor=by(support),
        notes="A word",
        is_internal=True,
        assigned_to=colleague.pk,
        incident=incident.pk,
    )
    obj = ServiceRequest.objects.get(pk=connection.pk)
    status = {
        BulkVerb.HOLD: "on_hold",
        BulkVerb.RESUME: "in_progress",
        BulkVerb.RESOLVE: "resolved",
    }.get(verb, "pending")
    assignee = {BulkVerb.ASSIGN: colleague, BulkVerb.TAKE: support}.get(verb)
    assert (obj.status, obj.assigned_to) == (status, assignee)
    assert obj.incident == (incident if verb == BulkVerb.JOIN else None)
    row = RequestUpdate.objects.filter(id=obj.pk).latest()
    assert (row.notes, row.is_internal) == ("A word", True)


def test_an_emergency_needs_a_note_here_as_well(support: User, leak: ServiceRequest) -> None:
    run = bulk.prepare(actor=by(support), verb="resolve", pks=[leak.pk])
    assert "add notes that explain why" in foretold(run, support)[leak.reference]
    run = bulk.update_draft(run.pk, actor=by(support), notes="The valve was replaced")
    assert foretold(run, support) == {leak.reference: ""}


def test_it_does_not_overwrite_faster_changes(
    support: User, colleague: User, connection: ServiceRequest
) -> None:
    run = bulk.prepare(actor=by(support), verb="take", pks=[connection.pk])
    requests.assign(connection.pk, actor=by(colleague), assigned_to=colleague.pk)
    run = bulk.confirm(run.pk, actor=by(support))
    assert outcomes(run) == [
        (
            connection.pk,
            Outcome.REFUSED,
            f"{connection.reference} has changed. Its current version is 2.",
        )
    ]
    assert ServiceRequest.objects.get(pk=connection.pk).assigned_to == colleague


def test_a_new_preview_shows_the_current_state(
    support: User, colleague: User, connection: ServiceRequest
) -> None:
    run = bulk.prepare(actor=by(support), verb="take", pks=[connection.pk])
    requests.assign(connection.pk, actor=by(colleague), assigned_to=colleague.pk)
    assert foretold(run, support)[connection.reference]
    assert foretold(bulk.update_draft(run.pk, actor=by(support)), support) == {
        connection.reference: ""
    }


def test_requests_without_a_change_are_listed(support: User, connection: ServiceRequest) -> None:
    requests.assign(connection.pk, actor=by(support), assigned_to=support.pk)
    run = bulk.prepare(actor=by(support), verb="take", pks=[connection.pk])
    assert foretold(run, support) == {connection.reference: "No changes to save."}


def test_it_runs_once(support: User, leak: ServiceRequest) -> None:
    run = bulk.prepare(actor=by(support), verb="comment", pks=[leak.pk])
    bulk.confirm(run.pk, actor=by(support), notes="Once")
    with pytest.raises(Conflict):
        bulk.confirm(run.pk, actor=by(support), notes="Once")
    bulk.work(run.pk)
    assert RequestUpdate.objects.filter(id=leak.pk, notes="Once").count() == 1


@pytest.mark.parametrize(("verb", "field"), [("comment", "notes"), ("assign", "assigned_to")])
def test_it_is_not_started_without_what_it_needs(
    verb: str, field: str, support: User, leak: ServiceRequest
) -> None:
    run = bulk.prepare(actor=by(support), verb=verb, pks=[leak.pk])
    with pytest.raises(Invalid) as refused:
        bulk.confirm(run.pk, actor=by(support))
    assert [error.field for error in refused.value.errors] == [field]
    assert BulkRun.objects.get(pk=run.pk).confirmed_at is None


def test_it_is_its_authors_alone(
    support: User,
    colleague: User,
    manager: User,
    customer: User,
    pending: User,
    leak: ServiceRequest,
) -> None:
    run = bulk.prepare(actor=by(support), verb="hold", pks=[leak.pk])
    for verb in (bulk.update_draft, bulk.confirm):
        with pytest.raises(NotFound):
            verb(run.pk, actor=by(colleague))
    for stranger in (customer, pending):
        with pytest.raises(NotAllowed):
            bulk.prepare(actor=by(stranger), verb="hold", pks=[leak.pk])
    assert [
        bulk.runs_of(by(user)).filter(pk=run.pk).exists() for user in (support, colleague, manager)
    ] == [True, False, True]


def test_it_takes_no_more_than_the_limit(
    support: User, leak: ServiceRequest, connection: ServiceRequest, settings: Any
) -> None:
    settings.BULK_LIMIT = 1
    with pytest.raises(Conflict, match="select at most 1 "):
        bulk.prepare(actor=by(support), verb="hold", pks=[leak.pk, connection.pk])
    with pytest.raises(Conflict, match="Select at least one"):
        bulk.prepare(actor=by(support), verb="hold", pks=[0])
    with pytest.raises(NotFound):
        bulk.prepare(actor=by(support), verb="delete", pks=[leak.pk])


def test_many_are_left_to_the_worker(
    support: User, leak: ServiceRequest, connection: ServiceRequest, settings: Any
) -> None:
    settings.BULK_AT_ONCE = 1
    run = bulk.prepare(actor=by(support), verb="hold", pks=[leak.pk, connection.pk])
    run = bulk.confirm(run.pk, actor=by(support))
    assert run.finished_at is None
    assert bulk.progress(run) == {"waiting": 2, "done": 0, "refused": 0, "all": 2}
    [queued] = DBTaskResult.objects.filter(task_path="gasutil.workflow.bulk.continue_run")
    assert queued.args_kwargs["args"] == [run.pk]
    bulk.continue_run.call(run.pk)
    assert bulk.progress(run) == {"waiting": 0, "done": 2, "refused": 0, "all": 2}


def test_a_run_of_a_dead_worker_continues_and_repeats_nothing(
    support: User, leak: ServiceRequest, connection: ServiceRequest, settings: Any
) -> None:
    settings.BULK_AT_ONCE = 0
    run = bulk.prepare(actor=by(support), verb="comment", pks=[leak.pk, connection.pk])
    run = bulk.confirm(run.pk, actor=by(support), notes="Once")
    assert bulk._do_one(run.pk)  # and then it was killed
    assert bulk.sweep() == 0  # which no one can know yet
    later = timezone.now() + dt.timedelta(minutes=2)
    assert (bulk.sweep(later), bulk.sweep(later)) == (1, 0)
    bulk.continue_run.call(run.pk)
    assert bulk.sweep(later + dt.timedelta(hours=1)) == 0
    assert RequestUpdate.objects.filter(notes="Once").count() == 2
    assert BulkRun.objects.get(pk=run.pk).finished_at is not None


def test_a_row_that_fails_stops_no_other(
    support: User,
    leak: ServiceRequest,
    connection: ServiceRequest,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(pk: int, **options: object) -> object:
        if pk == leak.pk:
            raise ZeroDivisionError
        return requests.hold(pk, **options)  # type: ignore[arg-type]

    monkeypatch.setitem(bulk.VERBS, "hold", broken)  # type: ignore[arg-type]
    run = bulk.prepare(actor=by(support), verb="hold", pks=[leak.pk, connection.pk])
    run = bulk.confirm(run.pk, actor=by(support))
    assert [outcome for _, outcome, _ in outcomes(run)] == [Outcome.REFUSED, Outcome.DONE]
    assert "ZeroDivisionError" in caplog.text


def test_a_user_who_loses_their_rights_changes_nothing_more(
    support: User, leak: ServiceRequest, settings: Any
) -> None:
    settings.BULK_AT_ONCE = 0
    run = bulk.prepare(actor=by(support), verb="hold", pks=[leak.pk])
    bulk.confirm(run.pk, actor=by(support))
    User.objects.filter(pk=support.pk).update(is_approved=False)
    bulk.work(run.pk)
    assert BulkRow.objects.get(run=run).outcome == Outcome.REFUSED
    assert ServiceRequest.objects.get(pk=leak.pk).status == "pending"


def test_joining_needs_an_open_incident(support: User, connection: ServiceRequest) -> None:
    incident = incidents.open_incident(actor=by(support), title="Street", reports=[])
    run = bulk.prepare(actor=by(support), verb="join", pks=[connection.pk])
    with pytest.raises(Invalid) as error:
        bulk.confirm(run.pk, actor=by(support))
    assert [field_error.field for field_error in error.value.errors] == ["incident"]
    incidents.close(incident.pk, actor=by(support), notes="Repaired")
    run = bulk.confirm(run.pk, actor=by(support), incident=incident.pk)
    assert outcomes(run) == [(connection.pk, Outcome.REFUSED, f"{incident.reference} is closed.")]
