"""What a representative can be assigned: requests of their teams or of none, and emergencies."""

import pytest

from gasutil.access import Actor
from gasutil.errors import Conflict
from gasutil.models import Channel, RequestType, ServiceRequest, Team, User
from gasutil.workflow import requests
from tests.support.people import make_team


def file(customer: User, code: str) -> ServiceRequest:
    return requests.submit(actor=Actor(customer, Channel.API), request_type=code, description=code)


def take(user: User) -> str:
    return requests.take_next(actor=Actor(user, Channel.CONSOLE)).request_type_id


def test_a_member_can_take_types_of_the_team_and_of_no_team(support: User, customer: User) -> None:
    make_team("Connections", [support], ["new_connection"])
    make_team("Tests", [], ["safety_inspection"])
    for code in ("safety_inspection", "new_connection", "appliance_conversion"):
        file(customer, code)
    assert {take(support), take(support)} == {"new_connection", "appliance_conversion"}
    with pytest.raises(Conflict, match="There are no unassigned requests"):
        take(support)


def test_a_user_without_a_team_can_take_anything(
    support: User, colleague: User, customer: User
) -> None:
    make_team("Connections", [colleague], ["new_connection"])
    file(customer, "new_connection")
    assert take(support) == "new_connection"


def test_a_type_of_two_teams_is_both_teams(support: User, colleague: User, customer: User) -> None:
    make_team("One", [support], ["new_connection"])
    make_team("Two", [colleague], ["new_connection"])
    file(customer, "new_connection")
    assert take(support) == "new_connection"


def test_everyone_can_take_an_emergency(
    support: User, colleague: User, leak: ServiceRequest, customer: User
) -> None:
    make_team("Leaks", [colleague], ["gas_leak_inspection", "new_connection"])
    make_team("Other", [support], ["safety_inspection"])
    assert take(support) == "gas_leak_inspection"
    raised = file(customer, "new_connection")
    with pytest.raises(Conflict):
        take(support)
    requests.prioritise(raised.pk, actor=Actor(colleague), priority="emergency")
    assert take(support) == "new_connection"


def test_a_team_of_no_types_takes_nothing_away(support: User, customer: User) -> None:
    make_team("Everything", [support], [])
    file(customer, "new_connection")
    assert take(support) == "new_connection"


def test_the_most_urgent_of_these_comes_first(
    support: User, colleague: User, connection: ServiceRequest, customer: User
) -> None:
    make_team("Tests", [colleague], ["safety_inspection"])
    make_team("Connections", [support], ["new_connection"])
    other = file(customer, "safety_inspection")
    requests.prioritise(other.pk, actor=Actor(colleague), priority="high")
    assert take(support) == "new_connection"
    assert Team.objects.get(name="Tests").request_types.get() == RequestType.objects.get(
        code="safety_inspection"
    )
