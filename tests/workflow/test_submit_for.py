"""Filing for a customer who has called.

The customer owns the request, and the log names the agent.
"""

import pytest

from gasutil import access
from gasutil.access import Actor, Role
from gasutil.errors import Invalid, NotAllowed
from gasutil.models import Channel, RequestUpdate, User
from gasutil.workflow import requests
from tests.support.request_types import make_type

A_LEAK = {"request_type": "gas_leak_inspection", "description": "It smells of gas in the kitchen"}


def test_it_works(support: User, customer: User) -> None:
    obj = requests.submit_for(actor=Actor(support, Channel.CONSOLE), customer=customer, **A_LEAK)
    assert (obj.customer, obj.address, obj.status, obj.priority, obj.is_emergency) == (
        customer,
        customer.address,
        "pending",
        "emergency",
        True,
    )
    assert access.roles_on(Actor(customer), obj) == {Role.CUSTOMER, Role.OWNER}
    assert access.visible_to(Actor(customer), type(obj)).get() == obj
    row = RequestUpdate.objects.get(id=obj.pk)
    assert (row.event, row.history_user, row.channel) == (
        "request.created",
        support,
        Channel.CONSOLE,
    )
    requests.cancel(
        obj.pk, actor=Actor(customer), notes="It was the neighbour's"
    )  # the owner may do what an owner may


def test_it_requires_the_permission(
    support: User, customer: User, neighbour: User, pending: User
) -> None:
    support.groups.clear()
    for user in (User.objects.get(pk=support.pk), neighbour, pending):
        with pytest.raises(NotAllowed):
            requests.submit_for(actor=Actor(user, Channel.CONSOLE), customer=customer, **A_LEAK)


def test_it_files_for_customers_alone(
    support: User, colleague: User, pending: User, customer: User
) -> None:
    customer.is_active = False
    for user in (colleague, pending, customer):
        with pytest.raises(Invalid) as refused:
            requests.submit_for(actor=Actor(support), customer=user, **A_LEAK)
        assert [(error.field, error.code) for error in refused.value.errors] == [
            ("customer", "not_a_customer")
        ]


def test_no_one_files_for_a_customer_what_the_customer_may_not(
    support: User, customer: User
) -> None:
    make_type("retired", fields=[{"name": "street", "kind": "short_text", "is_required": True}])
    asked = make_type(
        "asks", fields=[{"name": "street", "kind": "short_text", "is_required": True}]
    )
    type(asked).objects.filter(code="retired").update(is_active=False)
    for code, field in (("retired", "request_type"), ("asks", "details.street")):
        with pytest.raises(Invalid) as refused:
            requests.submit_for(
                actor=Actor(support), customer=customer, request_type=code, description="x"
            )
        assert [error.field for error in refused.value.errors] == [field]
