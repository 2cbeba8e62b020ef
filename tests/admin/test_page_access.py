"""Every address of the console.

Users without the permission try it, and users who may only view open it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import incidents
from tests.support.pages import MANAGERS_ONLY, addresses, addresses_of, everything, text_of


@pytest.fixture
def objects(leak: ServiceRequest, connection: ServiceRequest, pending: User, support: User) -> None:
    """One object of every kind."""
    incident = incidents.open_incident(
        actor=Actor(support, Channel.CONSOLE), title="Leak", reports=[leak.pk]
    )
    assert incident.pk


def test_opening_an_address_changes_nothing(
    objects: None, console: Callable[..., Any], root: User
) -> None:
    client = console(root, raise_request_exception=False)
    before = everything()
    for address in addresses():
        if address.name not in ("logout", "login"):
            answer = client.get(address.path)
            assert answer.status_code < 500, address
            assert everything() == before, address


@pytest.mark.parametrize("who", ["customer", "pending"])
def test_it_is_closed_to_users_who_are_no_staff(
    who: str, objects: None, console: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    client = console(request.getfixturevalue(who))
    result = {
        address.name: client.get(address.path)
        for address in addresses()
        if address.name not in ("login", "jsi18n", "logout")
    }
    assert {
        name: answer.status_code
        for name, answer in result.items()
        if answer.status_code not in (302, 403, 404, 405)
    } == {}
    assert {
        answer["Location"].partition("?")[0]
        for answer in result.values()
        if answer.status_code == 302
    } == {"/admin/login/"}


def test_pages_of_managers_are_closed_to_agents(
    objects: None, console: Callable[..., Any], support: User, manager: User
) -> None:
    agent, chief = console(support), console(manager)
    assert [
        address.name for address in addresses_of(*MANAGERS_ONLY) if text_of(agent.get(address.path))
    ] == []
    assert [
        address.name
        for address in addresses_of("gasutil_requesttype_")
        if text_of(chief.get(address.path))
    ]
    refused = agent.get("/admin/gasutil/requesttype/")
    assert refused.status_code == 403
    assert "Ask a manager" in refused.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_is_changed_without_the_pages_own_token(
    method: str, objects: None, console: Callable[..., Any], root: User
) -> None:
    client = console(root, enforce_csrf_checks=True, raise_request_exception=False)
    before = everything()
    answers = {
        address.name: getattr(client, method)(address.path).status_code for address in addresses()
    }
    assert {name: status for name, status in answers.items() if status not in (403, 405)} == {}
    assert everything() == before
