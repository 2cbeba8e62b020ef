"""Handing back the requests of former representatives.

They keep no open request, each one has a row in its log, and no milestone is met by it.
"""

import pytest

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.models import Channel, RequestUpdate, ServiceRequest, User
from gasutil.workflow import approval, requests


def by(user: User) -> Actor:
    return Actor(user, Channel.CONSOLE)


def test_it_works(
    manager: User, support: User, colleague: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    for obj in (leak, connection):
        requests.assign(obj.pk, actor=by(colleague), assigned_to=support.pk)
    assert approval.withdraw_approval(support.pk, actor=by(manager)).handed_back == 2
    assert requests.take_next(actor=by(colleague)) == leak
    text = (
        "Manager Example changed the account of Support Example, who can no longer have requests."
    )
    rows = RequestUpdate.objects.filter(id=connection.pk).order_by("-history_id")[:2]
    assert [
        (row.event, row.assigned_to_id, row.history_user, row.notes, row.is_internal)
        for row in rows
    ] == [
        ("request.commented", None, None, text, True),
        ("request.assigned", None, None, "", False),
    ]


def test_it_leaves_what_is_closed(manager: User, support: User, connection: ServiceRequest) -> None:
    requests.assign(connection.pk, actor=by(support), assigned_to=support.pk)
    requests.resolve(connection.pk, actor=by(support), notes="Done")
    assert approval.withdraw_approval(support.pk, actor=by(manager)).handed_back == 0
    connection.refresh_from_db()
    assert connection.assigned_to == support


def test_it_acknowledges_nothing(manager: User, support: User, leak: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=leak.pk).update(assigned_to=support)
    approval.withdraw_approval(support.pk, actor=by(manager))
    leak.refresh_from_db()
    assert leak.assigned_to is None
    assert deadlines.milestones_of(leak)[0].met_at is None


def test_any_number_of_requests_is_handed_back(
    manager: User,
    support: User,
    leak: ServiceRequest,
    connection: ServiceRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(approval, "BATCH_SIZE", 1)
    ServiceRequest.objects.update(assigned_to=support)
    assert approval.withdraw_approval(support.pk, actor=by(manager)).handed_back == 2
    assert not ServiceRequest.objects.filter(assigned_to=support).exists()
