"""Nobody is cut off while a dispute of theirs is open."""

from typing import Any

import pytest

from gasutil import disputes
from gasutil.access import SYSTEM, Actor
from gasutil.errors import TransitionRefused
from gasutil.models import RequestType, ServiceRequest, Status, User
from gasutil.workflow import catalogue, requests


def file(customer: User, kind: str) -> ServiceRequest:
    """File a request of a type that asks nothing."""
    found = RequestType.objects.get(code=kind)
    found.fields.all().delete()
    catalogue.publish(found.pk, actor=SYSTEM)
    return requests.submit(actor=Actor(customer), request_type=kind, description="x")


def told(api: Any, customer: User, obj: ServiceRequest) -> bool:
    return bool(api(customer).get(f"requests/{obj.pk}/").json()["do_not_disconnect"])


@pytest.mark.parametrize("kind", ["billing_dispute", "meter_reading_dispute"])
def test_an_open_dispute_is_told_on_every_request_of_the_customer(
    kind: str, api: Any, customer: User, neighbour: User, support: User, leak: ServiceRequest
) -> None:
    others = file(neighbour, "no_supply")
    assert not told(api, customer, leak)
    dispute = file(customer, kind)
    assert told(api, customer, leak)
    assert told(api, support, dispute)
    assert not told(api, neighbour, others)
    requests.resolve(dispute.pk, actor=Actor(support))
    assert not told(api, customer, leak)


@pytest.mark.parametrize("verb", ["start", "resolve"])
def test_a_disconnection_needs_a_reason_meanwhile(verb: str, customer: User, support: User) -> None:
    dispute, disconnection = file(customer, "billing_dispute"), file(customer, "disconnection")
    actor = Actor(support)
    with pytest.raises(TransitionRefused, match="an open dispute: a note has to say why") as refusal:
        requests.MOVES[verb](disconnection.pk, actor=actor)
    assert refusal.value.allowed_statuses == [Status.ON_HOLD, Status.CANCELLED]
    requests.MOVES[verb](disconnection.pk, actor=actor, notes="The customer asks for it in writing.")
    requests.cancel(dispute.pk, actor=actor)
    assert not disputes.do_not_disconnect(customer.pk)


def test_without_a_dispute_a_disconnection_needs_none(customer: User, support: User) -> None:
    disconnection = file(customer, "disconnection")
    requests.start(disconnection.pk, actor=Actor(support))
    assert ServiceRequest.objects.get(pk=disconnection.pk).status == Status.IN_PROGRESS
