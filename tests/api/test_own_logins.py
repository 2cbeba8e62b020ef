"""The logins of the current user: the list of them, and the end of one."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gasutil.identity import logins
from gasutil.models import Login, User
from gasutil.models.logins import fill_numbers
from tests.support.api import Api
from tests.support.people import PASSWORD
from tests.support.problems import NOT_FOUND, ended

FIELDS = ["id", "created_at", "last_used_at", "user_agent", "is_current"]


def log_in(user: User, user_agent: str = "GasApp/2.1 (Android 15)") -> Api:
    """Return a client that has logged in by the API."""
    client = Api()
    tokens = client.post(
        "login/", {"username": user.username, "password": PASSWORD}, User_Agent=user_agent
    ).json()
    client.headers = {"Authorization": f"Bearer {tokens['access']}"}
    client.refresh = tokens["refresh"]  # type: ignore[attr-defined]
    return client


def listed(client: Api) -> list[dict[str, Any]]:
    response = client.get("profile/logins/")
    assert response.status_code == 200, response.content
    rows: list[dict[str, Any]] = response.json()["results"]
    return rows


@pytest.mark.parametrize("who", ["customer", "pending", "support"])
def test_it_lists_the_users_own_logins(
    who: str, request: pytest.FixtureRequest, neighbour: User, colleague: User
) -> None:
    user = request.getfixturevalue(who)
    log_in(neighbour), log_in(colleague)
    phone, laptop = log_in(user), log_in(user, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    rows = listed(phone)
    assert [list(row) for row in rows] == [FIELDS, FIELDS]
    assert [(row["user_agent"], row["is_current"]) for row in rows] == [
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", False),
        ("GasApp/2.1 (Android 15)", True),
    ]
    assert [row["is_current"] for row in listed(laptop)] == [True, False]
    for row in rows:
        assert type(row["id"]) is int
        assert 0 < row["id"] < 2**53
        for name in ("created_at", "last_used_at"):
            assert row[name].endswith("Z")
            assert timezone.now() - dt.datetime.fromisoformat(row[name]) < dt.timedelta(minutes=1)


def test_a_refresh_is_a_use(customer: User) -> None:
    client = log_in(customer)
    Login.objects.update(
        created_at=timezone.now() - dt.timedelta(hours=2),
        rotated_at=timezone.now() - dt.timedelta(hours=2),
    )
    assert client.post("login/refresh/", {"refresh": client.refresh}).status_code == 200  # type: ignore[attr-defined]
    (row,) = listed(client)
    assert dt.datetime.fromisoformat(row["last_used_at"]) - dt.datetime.fromisoformat(
        row["created_at"]
    ) > dt.timedelta(hours=1)


def test_it_has_pages(customer: User) -> None:
    client = log_in(customer)
    for _ in range(4):
        logins.start_login(customer)
    result, path = [], "profile/logins/?page_size=2"
    while path:
        page = client.get(path).json()
        result += page["results"]
        path = (page["next"] or "").partition("/api/v1/")[2]
    assert len({row["id"] for row in result}) == len(result) == 5
    assert sorted((row["created_at"] for row in result), reverse=True) == [
        row["created_at"] for row in result
    ]


def test_it_leaves_out_logins_that_have_ended(customer: User) -> None:
    client = log_in(customer)
    for change in (
        {"revoked_at": timezone.now()},
        {"rotated_at": timezone.now() - dt.timedelta(days=2)},
        {"created_at": timezone.now() - dt.timedelta(days=31)},
        {"auth_hash": "of an earlier password"},
    ):
        logins.start_login(customer)
        Login.objects.filter(pk=Login.objects.latest("created_at").pk).update(**change)
    assert len(listed(client)) == 1


def test_it_ends_a_login_at_once(customer: User) -> None:
    phone, laptop = log_in(customer), log_in(customer)
    (other,) = [row for row in listed(phone) if not row["is_current"]]
    response = phone("DELETE", f"profile/logins/{other['id']}/")
    assert (response.status_code, response.content) == (204, b"")
    assert laptop.get("profile/").json() == ended()
    assert laptop.post("login/refresh/", {"refresh": laptop.refresh}).json() == ended()  # type: ignore[attr-defined]
    assert [row["is_current"] for row in listed(phone)] == [True]
    assert phone("DELETE", f"profile/logins/{other['id']}/").json() == NOT_FOUND


def test_it_ends_the_login_that_calls(customer: User) -> None:
    client = log_in(customer)
    assert client("DELETE", f"profile/logins/{listed(client)[0]['id']}/").status_code == 204
    assert client.get("profile/").status_code == 401


@pytest.mark.parametrize("who", ["neighbour", "pending", "support"])
def test_a_login_of_another_user_is_not_found(
    who: str, customer: User, request: pytest.FixtureRequest
) -> None:
    theirs, own = log_in(customer), log_in(request.getfixturevalue(who))
    pk = listed(theirs)[0]["id"]
    for path in (f"profile/logins/{pk}/", "profile/logins/1/"):
        response = own("DELETE", path)
        assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert theirs.get("profile/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("x" * 5000, "x" * 200), ("Evil\x1b[31m\x7f/1.0", "Evil[31m/1.0"), ("", "")],
)
def test_the_name_of_the_client_is_one_short_line(sent: str, stored: str, customer: User) -> None:
    assert listed(log_in(customer, sent))[0]["user_agent"] == stored


def test_a_login_that_an_older_release_opened_is_listed_after_its_refresh(customer: User) -> None:
    client = log_in(customer)
    Login.objects.update(number=None)
    assert listed(client) == []
    client.post("login/refresh/", {"refresh": client.refresh})  # type: ignore[attr-defined]
    assert len(listed(client)) == 1


def test_the_migration_numbers_the_logins_that_are_there(customer: User) -> None:
    for _ in range(3):
        logins.start_login(customer)
    Login.objects.update(number=None)
    fill_numbers(Login)
    assert len(set(Login.objects.values_list("number", flat=True)) - {None}) == 3
