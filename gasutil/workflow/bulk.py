"""One verb over many requests: look at what will happen, confirm it, have it worked off, read what came of it.

A run knows no rule of its own. What will happen is found out by doing each verb and taking it back, so a preview can't
differ from what is done. Each row is done in a transaction of its own together with the note that it is done, so a worker
that is killed has done a row wholly or not at all, and whoever goes on does none twice.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.errors import Conflict, DeskError, Fault, Invalid, NotFound
from gasutil.models import BulkRow, BulkRun, BulkVerb, Channel, Outcome, ServiceRequest
from gasutil.workflow import engine, requests
from gasutil.workflow.steps import representatives

logger = logging.getLogger(__name__)
VERBS: Mapping[str, Callable[..., Any]] = {
    BulkVerb.ASSIGN: requests.assign,
    BulkVerb.TAKE: requests.assign,
    BulkVerb.COMMENT: requests.comment,
    BulkVerb.HOLD: requests.hold,
    BulkVerb.RESUME: requests.resume,
    BulkVerb.RESOLVE: requests.resolve,
}
GIVEN_UP_AFTER = dt.timedelta(minutes=1)  # without a row done, after which another worker goes on


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What would happen to one request of a run."""

    row: BulkRow
    refusal: str


def runs_of(actor: Actor) -> QuerySet[BulkRun]:
    """Return the runs that somebody may look at: his own, or with the permission for it everybody's."""
    access.require(actor, STAFF)
    rows = BulkRun.objects.select_related("author", "assigned_to")
    return rows if actor.person.has_perm("gasutil.view_bulkrun") else rows.filter(author=actor.person)


def started(actor: Actor) -> QuerySet[BulkRun]:
    """Return the runs that somebody may look at and that were started, each with how many requests came to which outcome."""
    outcomes = BulkRow.objects.filter(run=OuterRef("pk")).order_by().values("run").annotate(number=Count("pk")).values("number")
    counts = {f"n_{one.value}": Coalesce(Subquery(outcomes.filter(outcome=one)), 0) for one in (Outcome.DONE, Outcome.REFUSED)}
    return runs_of(actor).filter(confirmed_at__isnull=False).annotate(n_all=Coalesce(Subquery(outcomes), 0), **counts)


def most() -> int:
    """Return how many requests one run may have."""
    return int(settings.BULK_LIMIT)


def prepare(*, actor: Actor, verb: str, pks: Collection[int]) -> BulkRun:
    """Keep a selection, each request at the version that it has now; nothing happens to any before it is confirmed."""
    access.require(actor, STAFF)
    if verb not in VERBS:
        raise NotFound
    seen = list(access.visible_to(actor, ServiceRequest).filter(pk__in=pks).order_by("pk").values_list("pk", "version"))
    if not seen:
        raise Conflict(_("Nothing is selected."))
    if len(pks) > most():
        raise Conflict(_("At most %(limit)d requests at once; narrow the list first.") % {"limit": most()})
    with transaction.atomic():
        run = BulkRun.objects.create(author=actor.person, verb=verb, assigned_to=actor.person if verb == BulkVerb.TAKE else None)
        BulkRow.objects.bulk_create(BulkRow(run=run, service_request_id=pk, version=version) for pk, version in seen)
    return run


def say(pk: int, *, actor: Actor, notes: str = "", is_internal: bool = False, assigned_to: int | None = None) -> BulkRun:
    """Say what a run is to do, and look at its requests anew: those that have changed since are seen as they are now."""
    with transaction.atomic():
        run = _draft(pk, actor)
        _word(run, notes=notes, is_internal=is_internal, assigned_to=assigned_to)
        run.save(update_fields=["notes", "is_internal", "assigned_to"])
        rows = list(run.rows.select_related("service_request"))
        for row in rows:
            row.version = row.service_request.version
        BulkRow.objects.bulk_update(rows, ["version"])
    return run


def lacks(run: BulkRun) -> bool:
    """Return whether a run still has to be told what to say, or whom to hand its requests to."""
    return (run.verb == BulkVerb.COMMENT and not run.notes) or (run.verb == BulkVerb.ASSIGN and run.assigned_to_id is None)


def prospects(run: BulkRun, *, actor: Actor) -> Iterator[Prospect]:
    """Yield what would happen to each request: every verb is really done, and taken back."""
    for row in rows_of(run):
        yield Prospect(row=row, refusal=_rehearse(row, run, actor))


def rows_of(run: BulkRun) -> QuerySet[BulkRow]:
    """Return the requests of a run, in the order in which they are done."""
    return run.rows.select_related("service_request__customer", "service_request__assigned_to").order_by("pk")


def confirm(pk: int, *, actor: Actor, notes: str = "", is_internal: bool = False, assigned_to: int | None = None) -> BulkRun:
    """Start a run, once: a few requests are worked off at once, more of them by the background worker.

    Raises `Conflict` where it has been started already.
    """
    with transaction.atomic():
        run = _draft(pk, actor)
        _word(run, notes=notes, is_internal=is_internal, assigned_to=assigned_to)
        if lacks(run):
            needed = "notes" if run.verb == BulkVerb.COMMENT else "assigned_to"
            raise Invalid([Fault(needed, "required", _("This is needed."))])
        run.confirmed_at = run.moved_at = timezone.now()
        run.save()
        is_long = run.rows.count() > settings.BULK_AT_ONCE
        if is_long:
            go_on.enqueue(run.pk)
    return run if is_long else work(run.pk)


def work(pk: int) -> BulkRun:
    """Do what is left of a run, and note when it is finished; any number may work on one run."""
    while _do_one(pk):
        pass
    if not BulkRow.objects.filter(run=pk, outcome=Outcome.WAITING).exists():
        BulkRun.objects.filter(pk=pk, finished_at=None).update(finished_at=timezone.now())
    return BulkRun.objects.get(pk=pk)


@task()
def go_on(pk: int) -> None:
    """Work on a run in the background."""
    work(pk)


def sweep(now: dt.datetime | None = None) -> int:
    """Have the runs gone on with on which nothing has moved for a while; return how many there were."""
    now = now or timezone.now()
    count = 0
    for run in BulkRun.objects.silent(now, GIVEN_UP_AFTER):
        with transaction.atomic():
            if BulkRun.objects.filter(pk=run.pk, moved_at=run.moved_at).update(moved_at=now):  # of several who sweep, one
                go_on.enqueue(run.pk)
                count += 1
    return count


def progress(run: BulkRun) -> Mapping[str, int]:
    """Return how many requests of a run have come to which outcome, and how many there are."""
    found = dict(run.rows.order_by().values_list("outcome").annotate(Count("pk")))
    return {outcome: found.get(outcome, 0) for outcome in Outcome.values} | {"all": sum(found.values())}


def _draft(pk: int, actor: Actor) -> BulkRun:
    """Lock one's own run that has not been started."""
    run = BulkRun.objects.select_for_update().filter(pk=pk, author=actor.person).first()
    if run is None:
        raise NotFound
    if run.confirmed_at is not None:
        raise Conflict(_("This has been started already."))
    return run


def _word(run: BulkRun, *, notes: str, is_internal: bool, assigned_to: int | None) -> None:
    run.notes = engine.clean_notes(notes, required=False)
    run.is_internal = is_internal and bool(run.notes)
    if run.verb == BulkVerb.ASSIGN:
        run.assigned_to = representatives().filter(pk=assigned_to).first() if assigned_to else None


def _rehearse(row: BulkRow, run: BulkRun, actor: Actor) -> str:
    with transaction.atomic():
        refusal = _call(row, run, actor)
        transaction.set_rollback(True)
    return refusal


def _do_one(pk: int) -> bool:
    """Do one row that nobody else is just doing; return whether there was one."""
    waiting = BulkRow.objects.filter(run=pk, outcome=Outcome.WAITING)
    with transaction.atomic():
        row = waiting.select_for_update(skip_locked=True).order_by("pk").first()
        if row is None:
            return False
        run = BulkRun.objects.select_related("author").get(pk=pk)
        with translation.override(settings.LANGUAGE_CODE):  # what is kept is English, whoever works it off
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
        return " ".join(fault.message for fault in error.faults) if isinstance(error, Invalid) else error.message
    except DatabaseError:
        raise
    except Exception:  # one request that fails must not keep the others from being done
        logger.exception("Bulk run %s failed on request %s", run.pk, row.service_request_id)
        return _("It failed by a fault of the desk, which has been logged.")
    return ""


def _verb(row: BulkRow, run: BulkRun, actor: Actor) -> None:
    done = VERBS[run.verb](row.service_request_id, actor=actor, versions=(row.version,), **_arguments(run))
    if isinstance(done, ServiceRequest) and done.last_update is None:
        raise Conflict(_("It is so already: there is nothing to change."))


def _arguments(run: BulkRun) -> dict[str, Any]:
    said = {"notes": run.notes, "is_internal": run.is_internal}
    return said | ({"assigned_to": run.assigned_to_id} if run.verb in (BulkVerb.ASSIGN, BulkVerb.TAKE) else {})
