"""Each response follows the current rows.

Statements are cached by role, so each test warms the cache first and then withdraws something; the
next call has to follow.
"""

from collections.abc import Callable
from typing import Any

import pytest
from guardian.shortcuts import assign_perm, remove_perm

from gasutil.access import Actor
from gasutil.identity import logins, tokens
from gasutil.models import Login, ServiceRequest, User, UserType
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.people import make_support, make_user

READS = ["requests/", "requests/{}/", "request-updates/", "attachments/"]
CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("patch", "requests/{}/", {"notes": "x"}),
    ("post", "requests/{}/comments/", {"notes": "x"}),
    ("post", "requests/{}/cancel/", {"notes": "x"}),
]
CALLS = [("get", path, None) for path in READS] + CHANGES


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user: User) -> None:
    user.set_password("Another-Flame-2027")
    user.save()


def end_sessions(user: User) -> None:
    user.session_generation += 1
    user.save()


def revoke_login(user: User) -> None:
    for login in Login.objects.filter(user=user):
        logins.end_login(refresh=tokens.refresh_token(login))


def withdraw_approval(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_approved=False)


def become_customer(user: User) -> None:
    User.objects.filter(pk=user.pk).update(user_type=UserType.CUSTOMER, is_staff=False)


def become_pending(user: User) -> None:
    User.objects.filter(pk=user.pk).update(user_type=UserType.SUPPORT)


def statuses(client: Api, obj: ServiceRequest) -> list[int]:
    return [
        getattr(client, method)(path.format(obj.pk), *([body] if body else [])).status_code
        for method, path, body in CALLS
    ]


def warm(client: Api, obj: ServiceRequest) -> None:
    for _ in range(2):
        for path in READS:
            assert client.get(path.format(obj.pk)).status_code == 200


@pytest.mark.parametrize("end", [deactivate, change_password, end_sessions, revoke_login])
@pytest.mark.parametrize("who", ["customer", "support"])
def test_an_account_or_a_login_that_ends_ends_at_the_next_call(
    who: str,
    end: Callable[[User], None],
    api: Any,
    leak: ServiceRequest,
    request: pytest.FixtureRequest,
) -> None:
    user = request.getfixturevalue(who)
    client = api(user)
    warm(client, leak)
    end(user)
    assert statuses(client, leak) == [401] * len(CALLS)


@pytest.mark.parametrize("end", [withdraw_approval, become_pending])
def test_a_role_that_ends_ends_at_the_next_call(
    end: Callable[[User], None], api: Any, customer: User, support: User, leak: ServiceRequest
) -> None:
    user = support if end is withdraw_approval else customer
    client = api(user)
    warm(client, leak)
    end(user)
    assert statuses(client, leak) == [403] * len(CALLS)


def test_a_representative_who_becomes_a_customer_sees_nothing_of_others(
    api: Any, support: User, leak: ServiceRequest
) -> None:
    client = api(support)
    warm(client, leak)
    become_customer(support)
    lists = [client.get(path).json()["results"] for path in READS if "{" not in path]
    assert lists == [[], [], []]
    assert statuses(client, leak) == [200, 404, 200, 200, 404, 404, 404]


@pytest.mark.parametrize("who", ["customer", "neighbour"])
def test_a_grant_counts_from_the_next_call_until_it_is_withdrawn(
    who: str, api: Any, leak: ServiceRequest, neighbour: User, request: pytest.FixtureRequest
) -> None:
    """This covers the customer of a request, and a user with whom it was shared."""
    user = request.getfixturevalue(who)
    client = api(user)
    if who == "neighbour":
        for path in READS:
            client.get(path.format(leak.pk))
        assert seen(client, leak) == (0, 404, 0)
        assign_perm("view_servicerequest", user, leak)
    assert seen(client, leak) == (1, 200, 1)
    remove_perm("view_servicerequest", user, leak)
    assert seen(client, leak) == (0, 404, 0)


def seen(client: Api, obj: ServiceRequest) -> tuple[int, int, int]:
    """Return how many requests and updates a client lists, and the status of one request."""
    requests_, updates = (
        len(client.get(path).json()["results"]) for path in ("requests/", "request-updates/")
    )
    return requests_, client.get(f"requests/{obj.pk}/").status_code, updates


def test_a_former_owner_can_change_nothing(api: Any, customer: User, leak: ServiceRequest) -> None:
    client = api(customer)
    path, body = f"requests/{leak.pk}/comments/", {"notes": "x"}
    assert client.post(path, body).status_code == 201
    remove_perm("change_servicerequest", customer, leak)
    assert client.post(path, body).status_code == 403


def test_everyone_of_a_role_sees_their_own(api: Any, customer: User, leak: ServiceRequest) -> None:
    """The statement of a role is the same; the rows are not."""
    others = [make_user(f"other{number}") for number in range(3)]
    own = {
        user: requests.submit(actor=Actor(user), request_type="new_connection", description="x").pk
        for user in others
    } | {customer: leak.pk}
    for _ in range(2):
        for user, pk in own.items():
            client = api(user)
            assert [row["id"] for row in client.get("requests/").json()["results"]] == [pk]
            updates = client.get("request-updates/").json()["results"]
            assert {row["service_request"] for row in updates} == {pk}
            found = [client.get(f"requests/{one}/").status_code for one in own.values()]
            assert found == [200 if one == pk else 404 for one in own.values()]
    everything = api(make_support("late")).get("requests/").json()["results"]
    assert {row["id"] for row in everything} == set(own.values())
