"""Emergencies: no priority hides one, and no one can end one without a notice."""

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from gasutil import deadlines, figures, teams
from gasutil.access import SYSTEM, Actor
from gasutil.errors import Conflict
from gasutil.models import (
    EMERGENCIES,
    URGENT_FIRST,
    Delivery,
    Priority,
    RequestUpdate,
    ServiceRequest,
    User,
)
from gasutil.models.vocabulary import MUTABLE
from gasutil.notify.deliveries import plan_notifications
from gasutil.notify.mails import compose
from gasutil.workflow import engine, requests
from tests.support.people import make_support, make_team, make_user
from tests.support.request_types import make_type

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
INVISIBLE = ["", "\u200b", "\u3164 \u00ad", "??", "👍"]


def now_of(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def stored_milestones(obj: ServiceRequest) -> dict[str, deadlines.Milestone]:
    return {milestone.name: milestone for milestone in deadlines.milestones_of(now_of(obj))}


def notified(obj: ServiceRequest) -> list[str]:
    """Return who is notified that an emergency was ended."""
    plan_notifications.func(
        list(RequestUpdate.objects.filter(id=obj.pk).values_list("pk", flat=True))
    )
    return [
        delivery.user.username
        for delivery in Delivery.objects.filter(notice="emergency_ended").order_by("pk")
    ]


@pytest.fixture
def raised(connection: ServiceRequest, support: User) -> ServiceRequest:
    """A request that support made an emergency."""
    return requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.EMERGENCY)


# --- Ending it
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("notes", ["", "It was the bin"])
@pytest.mark.parametrize("priority", ["low", "normal", "high"])
def test_the_priority_of_an_emergency_type_cannot_be_lowered(
    priority: str, notes: str, support: User, leak: ServiceRequest
) -> None:
    with pytest.raises(Conflict, match="because of its type"):
        requests.update(leak.pk, actor=Actor(support), priority=priority, notes=notes)
    assert (now_of(leak).priority, now_of(leak).is_emergency) == ("emergency", True)


@pytest.mark.parametrize("notes", INVISIBLE)
def test_nothing_ends_an_emergency_without_notes(
    notes: str, support: User, customer: User, leak: ServiceRequest, raised: ServiceRequest
) -> None:
    for end in (
        lambda: requests.cancel(leak.pk, actor=Actor(support), notes=notes),
        lambda: requests.cancel(leak.pk, actor=Actor(customer), notes=notes),
        lambda: requests.update(leak.pk, actor=Actor(support), status="cancelled", notes=notes),
        lambda: requests.reclassify(
            leak.pk, actor=Actor(support), request_type="billing_dispute", notes=notes
        ),
        lambda: requests.reclassify(
            leak.pk, actor=Actor(support), request_type="third_party_damage", notes=notes
        ),
        lambda: requests.prioritise(
            raised.pk, actor=Actor(support), priority=Priority.LOW, notes=notes
        ),
        lambda: requests.update(
            raised.pk, actor=Actor(support), priority="low", status="in_progress", notes=notes
        ),
    ):
        with pytest.raises(Conflict):
            end()
    assert now_of(leak).is_open
    assert all(obj.is_pressing for obj in (now_of(leak), now_of(raised)))


@pytest.mark.parametrize(
    "how", ["cancel", "owner", "reclassify", "lower", "internal", "to another emergency"]
)
def test_supervisors_are_notified_with_the_notes(
    how: str,
    support: User,
    manager: User,
    customer: User,
    leak: ServiceRequest,
    raised: ServiceRequest,
) -> None:
    fields: dict[str, Any] = {"actor": Actor(support), "notes": "It was the bin"}
    obj, end = {
        "cancel": (leak, lambda: requests.cancel(leak.pk, **fields)),
        "owner": (leak, lambda: requests.cancel(leak.pk, **fields | {"actor": Actor(customer)})),
        "reclassify": (
            leak,
            lambda: requests.reclassify(leak.pk, request_type="billing_dispute", **fields),
        ),
        "lower": (raised, lambda: requests.prioritise(raised.pk, priority=Priority.LOW, **fields)),
        "internal": (leak, lambda: requests.cancel(leak.pk, is_internal=True, **fields)),
        "to another emergency": (
            leak,
            lambda: requests.reclassify(leak.pk, request_type="third_party_damage", **fields),
        ),
    }[how]
    end()
    assert notified(obj) == ["manager"]
    mail = compose(Delivery.objects.get(notice="emergency_ended"), manager)
    assert "It was the bin" in str(mail.body)


def test_the_supervisor_who_does_it_is_not_the_only_one_who_knows(
    manager: User, leak: ServiceRequest
) -> None:
    make_user("root", is_superuser=True)
    requests.cancel(leak.pk, actor=Actor(manager), notes="Filed twice")
    assert notified(leak) == ["root"]


def test_the_only_supervisor_is_notified_of_their_own_change(
    manager: User, leak: ServiceRequest
) -> None:
    requests.cancel(leak.pk, actor=Actor(manager), notes="Filed twice")
    assert notified(leak) == ["manager"]


def test_it_cannot_be_muted(manager: User, support: User, leak: ServiceRequest) -> None:
    assert "emergency_ended" not in MUTABLE


@pytest.mark.parametrize("verb", ["take", "milestone", "resolve", "comment", "hold", "raise"])
def test_nothing_else_notifies_them(
    verb: str, support: User, manager: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    actor = Actor(support)
    {
        "take": lambda: requests.assign(leak.pk, actor=actor, assigned_to=support.pk),
        "milestone": lambda: requests.record_milestone(leak.pk, actor=actor, milestone="made_safe"),
        "resolve": lambda: requests.resolve(leak.pk, actor=actor, notes="Fixed"),
        "comment": lambda: requests.comment(leak.pk, actor=actor, notes="We come"),
        "hold": lambda: requests.hold(leak.pk, actor=actor, notes="Wait"),
        "raise": lambda: requests.prioritise(connection.pk, actor=actor, priority="emergency"),
    }[verb]()
    assert notified(leak) + notified(connection) == []


# --- Becoming one, and being one no more
# ----------------------------------------------------------------------------
def test_a_raised_request_is_an_emergency_in_everything(
    support: User, connection: ServiceRequest
) -> None:
    now = connection.created_at + 5 * HOUR
    requests.prioritise(connection.pk, actor=Actor(support), priority="emergency", now=now)
    obj = now_of(connection)
    dues = {
        name: item.due_at - now
        for name, item in stored_milestones(obj).items()
        if name in deadlines.EMERGENCY_LIMITS
    }
    assert obj.is_emergency
    assert dues == {
        "acknowledged": 5 * MINUTE,
        "on_site": HOUR,
        "made_safe": 2 * HOUR,
        "resolved": 12 * HOUR,
    }
    assert (obj.respond_by, obj.resolve_by, obj.escalate_at) == (
        now + 5 * MINUTE,
        now + 12 * HOUR,
        now + 5 * MINUTE,
    )
    assert "gas emergency number" in obj.safety_instructions


def test_an_earlier_deadline_of_its_own_stays(support: User, customer: User) -> None:
    make_type("quick", limits={"acknowledged": 60, "on_site": 70, "resolved": 6000})
    obj = requests.submit(actor=Actor(customer), request_type="quick", description="x")
    requests.prioritise(
        obj.pk, actor=Actor(support), priority="emergency", now=obj.created_at + 58 * MINUTE
    )
    dues = {name: item.due_at - obj.created_at for name, item in stored_milestones(obj).items()}
    assert dues == {
        "acknowledged": 60 * MINUTE,
        "on_site": 70 * MINUTE,
        "made_safe": 178 * MINUTE,
        "resolved": 778 * MINUTE,
    }


def test_an_acknowledgement_from_before_does_not_count(
    support: User, connection: ServiceRequest
) -> None:
    requests.start(connection.pk, actor=Actor(support))
    requests.reclassify(connection.pk, actor=Actor(support), request_type="gas_leak_inspection")
    assert stored_milestones(connection)["acknowledged"].met_at is None


def test_lowering_restores_the_limits_of_its_type_without_holds(
    support: User, customer: User
) -> None:
    make_type("slow", limits={"acknowledged": 60, "visit": 600, "resolved": 6000})
    obj = requests.submit(actor=Actor(customer), request_type="slow", description="x")
    start = obj.created_at
    requests.hold(obj.pk, actor=Actor(support), now=start + HOUR / 2)
    requests.resume(obj.pk, actor=SYSTEM, now=start + 10 * HOUR)
    before = stored_milestones(obj)
    requests.prioritise(obj.pk, actor=Actor(support), priority="emergency", now=start + 10 * HOUR)
    requests.prioritise(
        obj.pk,
        actor=Actor(support),
        priority="low",
        notes="No smell",
        now=start + 10 * HOUR + MINUTE,
    )
    after = stored_milestones(obj)
    assert {name: item.due_at for name, item in after.items()} == {
        name: item.due_at for name, item in before.items()
    }
    assert (now_of(obj).is_emergency, now_of(obj).priority) == (False, "low")


def test_a_breach_stays_after_lowering_reclassifying_and_reopening(
    support: User, raised: ServiceRequest, leak: ServiceRequest
) -> None:
    late = raised.created_at + 90 * MINUTE
    requests.prioritise(raised.pk, actor=Actor(support), priority="low", notes="No smell", now=late)
    assert stored_milestones(raised)["on_site"].is_breached(late)
    requests.reclassify(
        leak.pk, actor=Actor(support), request_type="billing_dispute", notes="No smell", now=late
    )
    assert stored_milestones(leak)["on_site"].is_breached(late)
    requests.reclassify(leak.pk, actor=Actor(support), request_type="gas_leak_inspection", now=late)
    requests.resolve(leak.pk, actor=Actor(support), notes="Fixed", now=late + HOUR)
    requests.reopen(leak.pk, actor=Actor(support), now=late + 2 * HOUR)
    assert [
        stored_milestones(leak)[name].is_breached(late + 2 * HOUR)
        for name in ("acknowledged", "on_site")
    ] == [True, True]


def test_a_request_that_was_held_for_long_is_not_late_at_once_when_it_is_reclassified(
    support: User, customer: User
) -> None:
    make_type("slow", limits={"acknowledged": 60, "visit": 600, "resolved": 6000})
    make_type("other", limits={"acknowledged": 60, "check": 700, "resolved": 7000})
    obj = requests.submit(actor=Actor(customer), request_type="slow", description="x")
    requests.hold(obj.pk, actor=Actor(support), now=obj.created_at)
    later = obj.created_at + dt.timedelta(days=10)
    requests.resume(obj.pk, actor=SYSTEM, now=later)
    requests.reclassify(obj.pk, actor=Actor(support), request_type="other", now=later + MINUTE)
    assert {name: item.due_at - later for name, item in stored_milestones(obj).items()} == {
        "acknowledged": HOUR,
        "check": 700 * MINUTE,
        "resolved": 7000 * MINUTE,
    }
    assert engine.escalate(obj.pk, later + MINUTE) == 0


def test_reclassifying_keeps_a_reopening(support: User, connection: ServiceRequest) -> None:
    make_type("other", limits={"acknowledged": 60, "resolved": 600})
    requests.resolve(connection.pk, actor=Actor(support))
    again = connection.created_at + dt.timedelta(days=5)
    requests.reopen(connection.pk, actor=Actor(support), now=again)
    requests.reclassify(
        connection.pk, actor=Actor(support), request_type="other", now=again + MINUTE
    )
    item = stored_milestones(connection)["resolved"]
    assert (item.met_at, item.due_at) == (None, again + 600 * MINUTE)


def test_a_reopened_emergency_is_a_new_emergency(support: User, leak: ServiceRequest) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes="Fixed")
    again = leak.created_at + dt.timedelta(days=2)
    requests.reopen(leak.pk, actor=Actor(support), notes="It smells again", now=again)
    limits = {"acknowledged": 5, "on_site": 60, "made_safe": 120, "resolved": 720}
    assert {
        name: (item.met_at, item.due_at - again) for name, item in stored_milestones(leak).items()
    } == {name: (None, minutes * MINUTE) for name, minutes in limits.items()}
    obj = now_of(leak)
    assert (obj.respond_by, obj.due_at, obj.escalate_at, obj.resolve_by) == (
        again + 5 * MINUTE,
    ) * 3 + (again + 12 * HOUR,)


def test_raising_comes_before_resolving_in_one_change(
    support: User, connection: ServiceRequest
) -> None:
    with pytest.raises(Conflict):
        requests.update(
            connection.pk, actor=Actor(support), priority="emergency", status="resolved"
        )


# --- The queue, where the previous release has written a priority without the fact
# -----------------------------------
def test_a_lowered_row_of_the_previous_release_is_an_emergency_everywhere(
    support: User, customer: User, leak: ServiceRequest, api: Any
) -> None:
    other = requests.submit(actor=Actor(customer), request_type="new_connection", description="x")
    requests.prioritise(other.pk, actor=SYSTEM, priority="high")
    ServiceRequest.objects.filter(pk=leak.pk).update(priority="low")
    make_team("Elsewhere", [make_support("elsewhere")], ["gas_leak_inspection"])
    make_team("Bills", [support], ["new_connection"])
    assert list(ServiceRequest.objects.order_by(*URGENT_FIRST)) == [leak, other]
    assert list(ServiceRequest.objects.filter(EMERGENCIES)) == [leak]
    assert figures._count_open(leak.created_at).emergencies == 1
    assert ServiceRequest.objects.filter(teams.within_reach(Actor(support)), pk=leak.pk).exists()
    for query, result in (("emergency", [leak.pk]), ("low", []), ("high", [other.pk])):
        assert [
            item["id"] for item in api(support).get(f"requests/?priority={query}").json()["results"]
        ] == result
    assert requests.take_next(actor=Actor(support)) == leak
    assert now_of(leak).priority == "emergency"


def test_the_migration_restores_what_was_lowered(
    leak: ServiceRequest, connection: ServiceRequest
) -> None:
    ServiceRequest.objects.filter(pk=leak.pk).update(priority="low")
    ServiceRequest.objects.filter(pk=connection.pk).update(priority="emergency")
    import_module("gasutil.migrations.0014_emergency_queue").restore(apps, None)
    assert (now_of(leak).priority, now_of(leak).version, now_of(connection).is_emergency) == (
        "emergency",
        2,
        True,
    )
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert (row.event, row.changed, row.priority, row.is_internal, row.version) == (
        "request.prioritised",
        "priority",
        "emergency",
        True,
        2,
    )


# --- Figures
# --------------------------------------------------------------------------------------------------
def test_a_share_kept_in_time_counts_every_milestone_and_open_overdue_requests(
    support: User, customer: User, leak: ServiceRequest
) -> None:
    requests.start(leak.pk, actor=Actor(support), now=leak.created_at + 10 * MINUTE)
    requests.resolve(
        leak.pk, actor=Actor(support), notes="Fixed", now=leak.created_at + 15 * MINUTE
    )
    assert figures.dashboard(actor=Actor(support))["kept_in_time"] == 0
