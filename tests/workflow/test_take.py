"""Taking an emergency assigns it to the agent, and acknowledges it."""

import pytest

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.errors import Conflict, NotAllowed
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests


def test_it_works(support: User, leak: ServiceRequest) -> None:
    obj = requests.take(leak.pk, actor=Actor(support))
    assert (obj.assigned_to, deadlines.awaits_acknowledgement(obj)) == (support, False)


def test_it_acknowledges_what_is_the_agents_already(
    support: User, colleague: User, leak: ServiceRequest
) -> None:
    obj = requests.assign(leak.pk, actor=Actor(colleague), assigned_to=support.pk)
    assert deadlines.awaits_acknowledgement(obj)
    obj = requests.take(leak.pk, actor=Actor(support))
    assert (obj.assigned_to, deadlines.awaits_acknowledgement(obj)) == (support, False)
    with pytest.raises(Conflict, match="has nothing to acknowledge"):
        requests.take(leak.pk, actor=Actor(support))


def test_it_takes_over_from_an_assignee_who_does_not_react(
    support: User, colleague: User, leak: ServiceRequest
) -> None:
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    requests.finish(leak.pk, actor=Actor(support), outcome="made_safe")
    requests.reopen(leak.pk, actor=Actor(leak.customer), notes="It smells again")
    obj = requests.take(leak.pk, actor=Actor(colleague))
    assert (obj.assigned_to, deadlines.awaits_acknowledgement(obj)) == (colleague, False)


def test_it_leaves_an_emergency_of_an_active_assignee(
    support: User, colleague: User, leak: ServiceRequest
) -> None:
    requests.take(leak.pk, actor=Actor(support))
    with pytest.raises(Conflict, match="has already taken"):
        requests.take(leak.pk, actor=Actor(colleague))


def test_it_takes_no_closed_request_and_needs_support(
    support: User, customer: User, leak: ServiceRequest
) -> None:
    with pytest.raises(NotAllowed):
        requests.take(leak.pk, actor=Actor(customer))
    requests.cancel(leak.pk, actor=Actor(support), notes="Reported twice")
    with pytest.raises(Conflict, match="cancelled"):
        requests.take(leak.pk, actor=Actor(support))
