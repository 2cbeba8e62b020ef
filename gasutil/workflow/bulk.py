"""One verb over many requests.

A person looks at what will happen, confirms it, has it done, and reads the results. A run knows no
rule of its own. What will happen is found out by doing each verb and taking it back, so a preview
can't differ from what is done. Each row is done in a transaction of its own together with the note
that it is done, so a worker that is killed has done a row wholly or not at all, and the worker that
continues repeats none.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from gasutil import access
from gasutil.access import STAFF, Actor, representatives
from gasutil.errors import Conflict, DeskError, FieldError, Invalid, NotFound
from gasutil.languages import stored_language
from gasutil.models import (
    BulkRow,
    BulkRun,
    BulkVerb,
    Channel,
    Incident,
    Outcome,
    ServiceRequest,
)
from gasutil.workflow import engine, incidents, requests

logger = logging.getLogger(__name__)
VERBS: Mapping[str, Callable[..., Any]] = {
    BulkVerb.ASSIGN: requests.assign,
    BulkVerb.TAKE: requests.assign,
    BulkVerb.COMMENT: requests.comment,
    BulkVerb.HOLD: requests.hold,
    BulkVerb.RESUME: requests.resume,
    BulkVerb.RESOLVE: requests.resolve,
    BulkVerb.JOIN: incidents.join,
}
STALLED_AFTER = dt.timedelta(minutes=1)  # without progress; then another worker continues


def runs_of(actor: Actor) -> QuerySet[BulkRun]:
    """Return the runs that the actor may see: their own, or all with the permission for it."""
    access.require(actor, STAFF)
    rows = BulkRun.objects.select_related("author", "assigned_to", "incident")
    return (
        rows if actor.person.has_perm("gasutil.view_bulkrun") else rows.filter(author=actor.person)
    )


def started(actor: Actor) -> QuerySet[BulkRun]:
    """Return the started runs that the actor may see, with the number of requests by outcome."""
    outcomes = (
        BulkRow.objects.filter(run=OuterRef("pk"))
        .order_by()
        .values("run")
        .annotate(number=Count("pk"))
        .values("number")
    )
    counts = {
        f"n_{outcome.value}": Coalesce(Subquery(outcomes.filter(outcome=outcome)), 0)
        for outcome in (Outcome.DONE, Outcome.REFUSED)
    }
    return (
        runs_of(actor)
        .filter(confirmed_at__isnull=False)
        .annotate(n_all=Coalesce(Subquery(outcomes), 0), **counts)
    )


def most() -> int:
    """Return the maximum number of requests of a run."""
    return int(settings.BULK_LIMIT)


def prepare(*, actor: Actor, verb: str, pks: Collection[int]) -> BulkRun:
    """Keep a selection, each request at the version that it has now.

    Nothing happens to any before it is confirmed.
    """
    access.require(actor, STAFF)
    access.require_permission(actor, access.WORK)
    if verb not in VERBS:
        raise NotFound
    seen = list(
        access.visible_to(actor, ServiceRequest)
        .filter(pk__in=pks)
        .order_by("pk")
        .values_list("pk", "version")
    )
    if not seen:
        raise Conflict(_("Select at least one request."))
    if len(pks) > most():
        raise Conflict(
            _("You can select at most %(limit)d requests at once. Filter the list first.")
            % {"limit": most()}
        )
    with transaction.atomic():
        run = BulkRun.objects.create(
            author=actor.person,
            verb=verb,
            assigned_to=actor.person if verb == BulkVerb.TAKE else None,
        )
        BulkRow.objects.bulk_create(
            BulkRow(run=run, service_request_id=pk, version=version) for pk, version in seen
        )
        _store_preview(run, actor)
    return run


def update_draft(
    pk: int,
    *,
    actor: Actor,
    notes: str = "",
    is_internal: bool = False,
    assigned_to: int | None = None,
    incident: int | None = None,
) -> BulkRun:
    """Change a draft and preview it again, with the current versions of its requests.

    Raises `NotFound`, `Conflict` and `Invalid`.
    """
    with transaction.atomic():
        run = _draft(pk, actor)
        _word(
            run,
            notes=notes,
            is_internal=is_internal,
            assigned_to=assigned_to,
            incident=incident,
        )
        run.save(update_fields=["notes", "is_internal", "assigned_to", "incident"])
        rows = list(run.rows.select_related("service_request"))
        for row in rows:
            row.version = row.service_request.version
        BulkRow.objects.bulk_update(rows, ["version"])
        _store_preview(run, actor)
    return run


def missing_field(run: BulkRun) -> str:
    """Return the field that a run still lacks: its message, assignee or incident; or nothing."""
    needed = {
        BulkVerb.COMMENT: ("notes", run.notes),
        BulkVerb.ASSIGN: ("assigned_to", run.assigned_to_id),
        BulkVerb.JOIN: ("incident", run.incident_id),
    }
    name, value = needed.get(BulkVerb(run.verb), ("", True))
    return "" if value else name


def is_incomplete(run: BulkRun) -> bool:
    """Return whether a run still lacks something."""
    return bool(missing_field(run))


def _store_preview(run: BulkRun, actor: Actor) -> None:
    """Store on each row the reason why it can't be done, if there is one.

    Every verb is really done, and rolled back.
    """
    if is_incomplete(run):
        run.previewed_at = None
    else:
        rows = list(run.rows.order_by("pk"))
        for row in rows:
            row.reason = _rehearse(row, run, actor)
        BulkRow.objects.bulk_update(rows, ["reason"])
        run.previewed_at = timezone.now()
    run.save(update_fields=["previewed_at"])


def previewed_reason(row: BulkRow) -> str:
    """Return the reason why the request of a row can't be changed, else an empty text.

    The reason is from the stored preview, or is that the request has changed after it.
    """
    if row.version != row.service_request.version:
        return _("%(request)s changed after the check. Check again.") % {
            "request": row.service_request.reference
        }
    return row.reason


def rows_of(run: BulkRun) -> QuerySet[BulkRow]:
    """Return the requests of a run, in the order in which they are done."""
    return run.rows.select_related(
        "service_request__customer", "service_request__assigned_to", "service_request__request_type"
    ).order_by("pk")


def confirm(
    pk: int,
    *,
    actor: Actor,
    notes: str = "",
    is_internal: bool = False,
    assigned_to: int | None = None,
    incident: int | None = None,
) -> BulkRun:
    """Start a run, once.

    A few requests are done at once, more of them by the background worker. Raises `Conflict` where
    it has been started already.
    """
    with transaction.atomic():
        run = _draft(pk, actor)
        _word(
            run,
            notes=notes,
            is_internal=is_internal,
            assigned_to=assigned_to,
            incident=incident,
        )
        if needed := missing_field(run):
            raise Invalid([FieldError(needed, "required", _("This field is required."))])
        run.confirmed_at = run.moved_at = timezone.now()
        run.save()
        is_long = run.rows.count() > settings.BULK_AT_ONCE
        if is_long:
            continue_run.enqueue(run.pk)
    return run if is_long else work(run.pk)


def work(pk: int) -> BulkRun:
    """Do what is left of a run, and note when it is finished; any number may work on one run."""
    while _do_one(pk):
        pass
    if not BulkRow.objects.filter(run=pk, outcome=Outcome.WAITING).exists():
        BulkRun.objects.filter(pk=pk, finished_at=None).update(finished_at=timezone.now())
    return BulkRun.objects.get(pk=pk)


@task()
def continue_run(pk: int) -> None:
    """Work on a run in the background."""
    work(pk)


go_on = continue_run  # queued tasks of 0.1.0 have this path; to be removed in 0.3.0


def sweep(now: dt.datetime | None = None) -> int:
    """Requeue stalled runs; return how many."""
    now = now or timezone.now()
    count = 0
    for run in BulkRun.objects.silent(now, STALLED_AFTER):
        with transaction.atomic():
            if BulkRun.objects.filter(pk=run.pk, moved_at=run.moved_at).update(
                moved_at=now
            ):  # of several who sweep, one
                continue_run.enqueue(run.pk)
                count += 1
    return count


def progress(run: BulkRun) -> Mapping[str, int]:
    """Return the number of requests of a run by outcome, and in all."""
    result = dict(run.rows.order_by().values_list("outcome").annotate(Count("pk")))
    return {outcome: result.get(outcome, 0) for outcome in Outcome.values} | {
        "all": sum(result.values())
    }


def _draft(pk: int, actor: Actor) -> BulkRun:
    """Lock a run of the actor that has not been started."""
    run = BulkRun.objects.select_for_update().filter(pk=pk, author=actor.person).first()
    if run is None:
        raise NotFound
    if run.confirmed_at is not None:
        raise Conflict(_("This bulk run has already started."))
    return run


def _word(
    run: BulkRun,
    *,
    notes: str,
    is_internal: bool,
    assigned_to: int | None,
    incident: int | None,
) -> None:
    run.notes = engine.clean_notes(notes, required=False)
    run.is_internal = is_internal and bool(run.notes)
    if run.verb == BulkVerb.ASSIGN:
        run.assigned_to = representatives().filter(pk=assigned_to).first() if assigned_to else None
    if run.verb == BulkVerb.JOIN:
        run.incident = Incident.objects.filter(pk=incident).first() if incident else None


def _rehearse(row: BulkRow, run: BulkRun, actor: Actor) -> str:
    with transaction.atomic():
        refusal = _call(row, run, actor)
        transaction.set_rollback(True)
    return refusal


def _do_one(pk: int) -> bool:
    """Process one row that no other worker holds; return whether there was one."""
    waiting = BulkRow.objects.filter(run=pk, outcome=Outcome.WAITING)
    with transaction.atomic():
        row = waiting.select_for_update(skip_locked=True).order_by("pk").first()
        if row is None:
            return False
        run = BulkRun.objects.select_related("author").get(pk=pk)
        with stored_language():
            row.reason = _call(row, run, Actor(run.author, Channel.CONSOLE))
        row.outcome = Outcome.REFUSED if row.reason else Outcome.DONE
        row.save(update_fields=["outcome", "reason"])
        BulkRun.objects.filter(pk=pk).update(moved_at=timezone.now())
    return True


def _call(row: BulkRow, run: BulkRun, actor: Actor) -> str:
    """Do the verb to one request; return why not, or nothing."""
    try:
        with transaction.atomic():
            _verb(row, run, actor)
    except DeskError as error:
        return (
            " ".join(problem.message for problem in error.errors)
            if isinstance(error, Invalid)
            else error.message
        )
    except DatabaseError:
        raise
    except Exception:  # one request that fails must not keep the others from being done
        logger.exception("Bulk run %s failed on request %s", run.pk, row.service_request_id)
        return _("Unexpected error. It has been logged.")
    return ""


def _verb(row: BulkRow, run: BulkRun, actor: Actor) -> None:
    done = VERBS[run.verb](
        row.service_request_id, actor=actor, versions=(row.version,), **_arguments(run)
    )
    if isinstance(done, ServiceRequest) and done.last_update is None:
        raise Conflict(_("No changes to save."))


def _arguments(run: BulkRun) -> dict[str, Any]:
    fields = {"notes": run.notes, "is_internal": run.is_internal, "is_mass": True}
    if run.verb == BulkVerb.JOIN:
        return fields | {"incident": run.incident_id}
    if run.verb in (BulkVerb.ASSIGN, BulkVerb.TAKE):
        return fields | {"assigned_to": run.assigned_to_id}
    return fields
