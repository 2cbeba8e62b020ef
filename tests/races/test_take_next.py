import pytest

from gasutil.access import Actor
from gasutil.errors import Conflict
from gasutil.models import Channel, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.concurrency import at_once
from tests.support.people import make_support, make_team

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def take(user: User) -> int:
    try:
        return requests.take_next(actor=Actor(user, Channel.CONSOLE)).pk
    except Conflict:
        return 0


@pytest.mark.parametrize("waiting", [3, 10, 12])
def test_ten_who_press_at_once_get_one_each(waiting: int, customer: User) -> None:
    agents = [make_support(f"agent{number}") for number in range(10)]
    filed = {
        requests.submit(actor=Actor(customer), request_type="new_connection", description="x").pk
        for _ in range(waiting)
    }
    taken = [pk for pk in at_once(*(lambda user=user: take(user) for user in agents)) if pk]
    assert len(set(taken)) == len(taken) == min(waiting, 10)
    assert set(taken) <= filed
    assert ServiceRequest.objects.exclude(assigned_to=None).count() == len(taken)
    assert RequestUpdate.objects.filter(event="request.assigned").count() == len(taken)


def test_two_teams_that_press_at_once_are_given_their_own(customer: User) -> None:
    agents = [make_support(f"agent{number}") for number in range(10)]
    make_team("Connections", agents[:5], ["new_connection"])
    make_team("Inspections", agents[5:], ["safety_inspection"])
    for code in ("new_connection", "safety_inspection"):
        for _ in range(4):
            requests.submit(actor=Actor(customer), request_type=code, description="x")
    taken = at_once(*(lambda user=user: take(user) for user in agents))
    assert [sorted(map(bool, half)) for half in (taken[:5], taken[5:])] == [
        [False, True, True, True, True]
    ] * 2
    kinds = dict(ServiceRequest.objects.values_list("pk", "request_type"))
    assert [{kinds[pk] for pk in half if pk} for half in (taken[:5], taken[5:])] == [
        {"new_connection"},
        {"safety_inspection"},
    ]
