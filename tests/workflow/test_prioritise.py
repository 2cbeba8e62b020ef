import pytest

from gasutil.access import Actor
from gasutil.errors import ApprovalRequired, NotAllowed, NotFound
from gasutil.models import Priority, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests


def test_it_works(support: User, connection: ServiceRequest) -> None:
    requests.prioritise(
        connection.pk, actor=Actor(support), priority=Priority.HIGH, notes="A hospital"
    )
    row = RequestUpdate.objects.filter(id=connection.pk).latest("history_id")
    assert ServiceRequest.objects.get(pk=connection.pk).priority == "high"
    assert (row.event, row.priority, row.notes, row.history_user) == (
        "request.prioritised",
        "high",
        "A hospital",
        support,
    )


def test_it_changes_the_rank_of_the_request(support: User, connection: ServiceRequest) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.EMERGENCY)
    assert ServiceRequest.objects.get(pk=connection.pk).urgency == 3


def test_it_requires_support(
    customer: User, neighbour: User, pending: User, connection: ServiceRequest
) -> None:
    for user, kind in ((customer, NotAllowed), (neighbour, NotFound), (pending, ApprovalRequired)):
        with pytest.raises(kind):
            requests.prioritise(connection.pk, actor=Actor(user), priority=Priority.HIGH)


def test_it_writes_nothing_where_the_priority_stays(
    support: User, connection: ServiceRequest
) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.NORMAL)
    assert RequestUpdate.objects.filter(id=connection.pk).count() == 1
