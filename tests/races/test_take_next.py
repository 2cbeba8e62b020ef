import pytest

from gasutil.access import Actor
from gasutil.errors import Conflict
from gasutil.models import Channel, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.conftest import make_support
from tests.races.conftest import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def take(user: User) -> int:
    try:
        return requests.take_next(actor=Actor(user, Channel.CONSOLE)).pk
    except Conflict:
        return 0


@pytest.mark.parametrize("waiting", [3, 10, 12])
def test_ten_who_press_at_once_get_one_each(waiting: int, customer: User) -> None:
    agents = [make_support(f"agent{number}") for number in range(10)]
    filed = {requests.submit(actor=Actor(customer), request_type="new_connection", description="x").pk for _ in range(waiting)}
    taken = [pk for pk in at_once(*(lambda user=user: take(user) for user in agents)) if pk]
    assert len(set(taken)) == len(taken) == min(waiting, 10)
    assert set(taken) <= filed
    assert ServiceRequest.objects.exclude(assigned_to=None).count() == len(taken)
    assert RequestUpdate.objects.filter(event="request.assigned").count() == len(taken)
