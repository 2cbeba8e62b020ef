import pytest

from gasutil.access import Actor
from gasutil.errors import ApprovalRequired, FieldError, Invalid, NotAllowed, NotFound
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests


def test_it_works(support: User, colleague: User, connection: ServiceRequest) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=colleague.pk, notes="Yours")
    row = RequestUpdate.objects.filter(id=connection.pk).latest("history_id")
    assert ServiceRequest.objects.get(pk=connection.pk).assigned_to == colleague
    assert (row.event, row.notes, row.assigned_to, row.history_user) == (
        "request.assigned",
        "Yours",
        colleague,
        support,
    )


def test_it_removes_the_assignee(
    support: User, colleague: User, connection: ServiceRequest
) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=colleague.pk)
    requests.assign(connection.pk, actor=Actor(support), assigned_to=None)
    assert ServiceRequest.objects.get(pk=connection.pk).assigned_to is None


def test_it_requires_support(
    customer: User, neighbour: User, pending: User, support: User, connection: ServiceRequest
) -> None:
    for user, kind in ((customer, NotAllowed), (neighbour, NotFound), (pending, ApprovalRequired)):
        with pytest.raises(kind):
            requests.assign(connection.pk, actor=Actor(user), assigned_to=support.pk)


@pytest.mark.parametrize("who", ["customer", "pending", "inactive", "nobody"])
def test_it_requires_an_approved_active_representative(
    who: str, support: User, pending: User, colleague: User, connection: ServiceRequest
) -> None:
    colleague.is_active = False
    colleague.save()
    ids = {
        "customer": connection.customer_id,
        "pending": pending.pk,
        "inactive": colleague.pk,
        "nobody": 2**63 - 1,
    }
    with pytest.raises(Invalid) as refusal:
        requests.assign(connection.pk, actor=Actor(support), assigned_to=ids[who])
    assert refusal.value.errors == [
        FieldError(
            "assigned_to", "not_a_representative", "This is not an approved support representative."
        )
    ]


def test_it_writes_nothing_where_the_assignee_stays(
    support: User, connection: ServiceRequest
) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)
    requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)
    assert RequestUpdate.objects.filter(id=connection.pk, event="request.assigned").count() == 1
    assert ServiceRequest.objects.get(pk=connection.pk).version == 2
