"""The table of statuses, verbs and roles, written a second time by hand.

It detects errors in the first.
"""

import datetime as dt

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import ApprovalRequired, NotAllowed, NotFound, TransitionRefused
from gasutil.models import ServiceRequest, Status, User
from gasutil.workflow import requests
from gasutil.workflow.transitions import TABLE
from tests.support.requests import SYSTEM, file_request

# What comes of it: the status afterwards, or · for "the state forbids it", no for "never", hidden
# for "there is no such request".
BY_HAND = """
    from         verb     owner        viewer  neighbour  pending  support      system
    pending      start    no           no      hidden     wait     in_progress  in_progress
    pending      hold     no           no      hidden     wait     on_hold      on_hold
    pending      resume   no           no      hidden     wait     ·            ·
    pending      resolve  no           no      hidden     wait     resolved     resolved
    pending      cancel   cancelled    no      hidden     wait     cancelled    cancelled
    pending      reopen   ·            no      hidden     wait     ·            ·
    in_progress  start    no           no      hidden     wait     ·            ·
    in_progress  hold     no           no      hidden     wait     on_hold      on_hold
    in_progress  resume   no           no      hidden     wait     ·            ·
    in_progress  resolve  no           no      hidden     wait     resolved     resolved
    in_progress  cancel   ·            no      hidden     wait     cancelled    cancelled
    in_progress  reopen   ·            no      hidden     wait     ·            ·
    on_hold      start    no           no      hidden     wait     ·            ·
    on_hold      hold     no           no      hidden     wait     ·            ·
    on_hold      resume   no           no      hidden     wait     in_progress  in_progress
    on_hold      resolve  no           no      hidden     wait     resolved     resolved
    on_hold      cancel   ·            no      hidden     wait     cancelled    cancelled
    on_hold      reopen   ·            no      hidden     wait     ·            ·
    resolved     start    no           no      hidden     wait     ·            ·
    resolved     hold     no           no      hidden     wait     ·            ·
    resolved     resume   no           no      hidden     wait     ·            ·
    resolved     resolve  no           no      hidden     wait     ·            ·
    resolved     cancel   ·            no      hidden     wait     ·            ·
    resolved     reopen   in_progress  no      hidden     wait     in_progress  in_progress
    cancelled    start    no           no      hidden     wait     ·            ·
    cancelled    hold     no           no      hidden     wait     ·            ·
    cancelled    resume   no           no      hidden     wait     ·            ·
    cancelled    resolve  no           no      hidden     wait     ·            ·
    cancelled    cancel   ·            no      hidden     wait     ·            ·
    cancelled    reopen   ·            no      hidden     wait     ·            ·
"""
HEAD, *ROWS = [line.split() for line in BY_HAND.strip().splitlines()]
OUTCOMES = {TransitionRefused: "·", ApprovalRequired: "wait", NotAllowed: "no", NotFound: "hidden"}
LATEST = dt.timedelta(days=14)


def outcome_of(verb: str, obj: ServiceRequest, actor: Actor) -> str:
    """Return the outcome of a verb.

    Check that the request stays as it was where the verb is rejected.
    """
    before = ServiceRequest.objects.values().get(pk=obj.pk)
    try:
        requests.MOVES[verb](obj.pk, actor=actor)
    except (TransitionRefused, NotAllowed, NotFound) as error:
        assert ServiceRequest.objects.values().get(pk=obj.pk) == before
        return OUTCOMES[type(error)]
    return ServiceRequest.objects.get(pk=obj.pk).status


@pytest.mark.parametrize("row", ROWS, ids=["-".join(row[:2]) for row in ROWS])
def test_each_role_has_exactly_its_transitions(
    row: list[str], customer: User, viewer: User, neighbour: User, pending: User, support: User
) -> None:
    status, verb, *expected = row
    actors = [Actor(user) for user in (customer, viewer, neighbour, pending, support)] + [SYSTEM]
    result = [
        outcome_of(verb, file_request(customer, Status(status), seen_by=viewer), actor)
        for actor in actors
    ]
    assert dict(zip(HEAD[2:], result, strict=True)) == dict(zip(HEAD[2:], expected, strict=True))


def test_the_table_by_hand_is_complete() -> None:
    assert {status.value for status in TABLE} == {row[0] for row in ROWS} == set(Status.values)
    assert (
        {move.verb for moves in TABLE.values() for move in moves.values()}
        == {row[1] for row in ROWS}
        == set(requests.MOVES)
    )


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PENDING])
def test_it_never_goes_back_to_pending(status: Status, customer: User, support: User) -> None:
    obj = file_request(customer, status)
    with pytest.raises(TransitionRefused):
        requests.update(obj.pk, actor=Actor(support), status=Status.PENDING)


def test_an_error_names_the_allowed_statuses(customer: User, support: User) -> None:
    obj = file_request(customer, Status.IN_PROGRESS)
    with pytest.raises(TransitionRefused) as refusal:
        requests.update(obj.pk, actor=Actor(support), status=Status.PENDING)
    assert (
        refusal.value.message
        == f"{obj.reference} is in_progress and can't become pending. Allowed: on_hold, resolved,"
        " cancelled."
    )
    assert refusal.value.allowed_statuses == ["on_hold", "resolved", "cancelled"]


def test_cancelled_has_no_other_transition(customer: User, support: User) -> None:
    obj = file_request(customer, Status.CANCELLED)
    with pytest.raises(TransitionRefused) as refusal:
        requests.reopen(obj.pk, actor=Actor(support))
    assert (
        refusal.value.message
        == f"{obj.reference} is cancelled and can't become in_progress. Allowed: none."
    )


def test_it_lets_the_owner_reopen_until_the_fourteenth_day_is_over(customer: User) -> None:
    obj = file_request(customer, Status.RESOLVED)
    assert (
        requests.reopen(obj.pk, actor=Actor(customer), now=obj.resolved_at + LATEST).status
        == Status.IN_PROGRESS
    )


def test_it_does_not_let_the_owner_reopen_later(customer: User) -> None:
    obj = file_request(customer, Status.RESOLVED)
    late = obj.resolved_at + LATEST + dt.timedelta(microseconds=1)
    assert requests.allowed_statuses(Actor(customer), obj, late) == []
    with pytest.raises(TransitionRefused):
        requests.reopen(obj.pk, actor=Actor(customer), now=late)


def test_it_lets_support_reopen_at_any_time(customer: User, support: User) -> None:
    obj = file_request(customer, Status.RESOLVED)
    late = obj.resolved_at + 10 * LATEST
    assert requests.allowed_statuses(Actor(support), obj, late) == ["in_progress"]
    assert requests.reopen(obj.pk, actor=Actor(support), now=late).status == Status.IN_PROGRESS


def test_reopening_clears_the_time_of_resolution(customer: User, support: User) -> None:
    obj = file_request(customer, Status.RESOLVED)
    requests.reopen(obj.pk, actor=Actor(support))
    assert ServiceRequest.objects.get(pk=obj.pk).resolved_at is None


@pytest.mark.parametrize(
    ("status", "for_owner", "for_support"),
    [
        (Status.PENDING, ["cancelled"], ["in_progress", "on_hold", "resolved", "cancelled"]),
        (Status.IN_PROGRESS, [], ["on_hold", "resolved", "cancelled"]),
        (Status.ON_HOLD, [], ["in_progress", "resolved", "cancelled"]),
        (Status.RESOLVED, ["in_progress"], ["in_progress"]),
        (Status.CANCELLED, [], []),
    ],
)
def test_it_lists_the_allowed_statuses(
    status: Status,
    for_owner: list[str],
    for_support: list[str],
    customer: User,
    viewer: User,
    pending: User,
    support: User,
) -> None:
    obj = file_request(customer, status, seen_by=viewer)
    result = [
        requests.allowed_statuses(Actor(user), obj, timezone.now())
        for user in (customer, viewer, pending, support)
    ]
    assert result == [for_owner, [], [], for_support]
