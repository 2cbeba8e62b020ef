"""The other users who look at a ticket."""

import pytest
from django.core.cache import cache

from gasutil.admin.requests import presence
from gasutil.models import ServiceRequest, User
from tests.support.console import ticket
from tests.support.people import make_support


def beat(client, obj: ServiceRequest, **options: str) -> str:
    answer = client.post(ticket(obj, "presence"), options)
    assert answer.status_code == 200
    return str(answer.json()["text"])


def test_each_sees_the_other_and_not_themselves(
    support: User, colleague: User, connection: ServiceRequest, console
) -> None:
    mine, other = console(support), console(colleague)
    assert beat(mine, connection) == ""
    assert beat(other, connection) == f"{support} is viewing this request."
    assert beat(mine, connection) == f"{colleague} is viewing this request."
    assert f"{colleague} is viewing this request." in mine.get(ticket(connection)).content.decode()


def test_it_shows_who_is_writing(
    support: User, colleague: User, connection: ServiceRequest, console
) -> None:
    beat(console(support), connection, writing="1")
    assert beat(console(colleague), connection) == f"{support} is writing."


def test_a_user_who_leaves_disappears_at_once(
    support: User, colleague: User, connection: ServiceRequest, console
) -> None:
    mine = console(support)
    beat(mine, connection)
    beat(mine, connection, left="1")
    assert beat(console(colleague), connection) == ""


def test_a_user_without_a_heartbeat_disappears(
    support: User,
    colleague: User,
    connection: ServiceRequest,
    console,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "VIEWER_TIMEOUT_SECONDS", 0)
    beat(console(support), connection)
    assert beat(console(colleague), connection) == ""


def test_it_is_limited_to_one_ticket(
    support: User, colleague: User, connection: ServiceRequest, leak: ServiceRequest, console
) -> None:
    beat(console(support), connection)
    assert beat(console(colleague), leak) == ""


def test_many_are_counted(support: User, connection: ServiceRequest, console) -> None:
    for number in range(5):
        beat(console(make_support(f"agent{number}")), connection)
    assert (
        beat(console(support), connection)
        == "Agent0 Example, Agent1 Example, Agent2 Example and 2 others are viewing this request."
    )


def test_it_costs_few_queries(
    support: User, connection: ServiceRequest, console, django_assert_max_num_queries
) -> None:
    client = console(support)
    with django_assert_max_num_queries(
        3
    ):  # the session, its user and, of the first call of a page, the ticket
        beat(client, connection)
    with django_assert_max_num_queries(2):
        beat(client, connection)


@pytest.mark.parametrize("pk", [10**9, 10**18, 10**30, 0])
@pytest.mark.parametrize("text", [{}, {"writing": "1"}, {"left": "1"}])
def test_a_ticket_that_does_not_exist_has_none(
    pk: int, text: dict[str, str], support: User, connection: ServiceRequest, console
) -> None:
    answer = console(support).post(f"/admin/gasutil/servicerequest/{pk}/presence/", text)
    assert answer.status_code == 404
    assert cache.get(f"{presence.PRESENCE}:{pk}:visitors") is None


def test_it_is_for_staff_and_by_post(
    support: User, customer: User, connection: ServiceRequest, console
) -> None:
    assert console(customer).post(ticket(connection, "presence")).status_code == 302
    assert console(support).get(ticket(connection, "presence")).status_code == 405
    assert (
        console(support, enforce_csrf_checks=True).post(ticket(connection, "presence")).status_code
        == 403
    )
