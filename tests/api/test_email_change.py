"""A changed address gives no access before it is confirmed, and the old one can undo it."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from gasutil.models import User
from gasutil.notify.links import email_token
from tests.support.api import Api
from tests.support.bodies import ANSHU
from tests.support.people import PASSWORD
from tests.support.problems import field_errors
from tests.support.worker import run_worker


@pytest.fixture
def confirmed(customer: User) -> User:
    User.objects.filter(pk=customer.pk).update(email_confirmed=True)
    customer.refresh_from_db()
    return customer


def change(api: Any, user: User, email: str = "new@example.com") -> Any:
    return api(user).put("profile/", {"email": email})


def undo_link() -> str:
    [item] = [
        item
        for item in mail.outbox
        if item.to == ["customer@example.com"] and "email/undo/" in item.body
    ]
    return re.search(r"/email/undo/\S+", item.body).group(0)  # type: ignore[union-attr]


def logs_in(anyone: Api, name: str) -> int:
    return anyone.post("login/", {"username": name, "password": PASSWORD}).status_code


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_stolen_token_does_not_become_the_account(
    is_confirmed: bool, api: Any, anyone: Api, customer: User
) -> None:
    User.objects.filter(pk=customer.pk).update(email_confirmed=is_confirmed)
    assert change(api, customer).json()["email_confirmed"] is False
    token = email_token(User.objects.get(pk=customer.pk))
    assert field_errors(api(customer).post("profile/email/confirm/", {"token": token})) == [
        ("password", "missing")
    ]
    assert field_errors(
        anyone.post("profile/email/confirm/", {"token": token, "password": "wrong"})
    ) == [("password", "wrong_password")]
    anyone.post("password-reset/", {"email": "new@example.com"})
    run_worker()
    assert not [
        item
        for item in mail.outbox
        if item.to == ["new@example.com"] and "password" in item.subject
    ]


def test_the_old_address_stays_in_use_until_then(api: Any, anyone: Api, confirmed: User) -> None:
    change(api, confirmed)
    assert (logs_in(anyone, "customer@example.com"), logs_in(anyone, "new@example.com")) == (
        200,
        401,
    )
    anyone.post("password-reset/", {"email": "customer@example.com"})
    run_worker()
    assert [item.to for item in mail.outbox if item.subject == "Set a new password"] == [
        ["customer@example.com"]
    ]
    token = email_token(User.objects.get(pk=confirmed.pk))
    answer = anyone.post("profile/email/confirm/", {"token": token, "password": PASSWORD})
    assert (answer.status_code, answer.json()["email"], answer.json()["email_confirmed"]) == (
        200,
        "new@example.com",
        True,
    )
    assert (logs_in(anyone, "customer@example.com"), logs_in(anyone, "new@example.com")) == (
        401,
        200,
    )


def test_the_old_address_belongs_to_the_account_until_then(
    api: Any, anyone: Api, confirmed: User
) -> None:
    change(api, confirmed)
    assert field_errors(anyone.post("register/", ANSHU | {"email": "Customer@example.com"})) == [
        ("email", "taken")
    ]
    answer = change(api, confirmed, "customer@example.com")
    assert (answer.json()["email"], answer.json()["email_confirmed"]) == (
        "customer@example.com",
        True,
    )


def test_the_page_of_the_link_asks_for_the_password(api: Any, confirmed: User) -> None:
    change(api, confirmed)
    page = f"/email/confirm/{email_token(User.objects.get(pk=confirmed.pk))}/"
    assert 'type="password"' in Client().get(page).content.decode()
    assert Client().post(page).status_code == 400
    assert Client().post(page, {"password": PASSWORD}).status_code == 200
    assert User.objects.get(pk=confirmed.pk).settled_email == "new@example.com"


@pytest.mark.parametrize("is_confirmed_meanwhile", [True, False])
def test_the_old_address_undoes_it_once(
    is_confirmed_meanwhile: bool, api: Any, anyone: Api, confirmed: User
) -> None:
    client = api(confirmed)
    client.put("profile/", {"email": "new@example.com"})
    run_worker()
    link = undo_link()
    if is_confirmed_meanwhile:
        anyone.post(
            "profile/email/confirm/",
            {"token": email_token(User.objects.get(pk=confirmed.pk)), "password": PASSWORD},
        )
    mail.outbox.clear()
    assert Client().get(link).status_code == 200
    assert User.objects.get(pk=confirmed.pk).email == "new@example.com"
    assert [Client().post(link).status_code for _ in range(2)] == [200, 400]
    user = User.objects.get(pk=confirmed.pk)
    assert (user.email, user.email_confirmed, user.previous_email) == (
        "customer@example.com",
        True,
        "",
    )
    assert client.get("profile/").status_code == 401
    run_worker()
    assert sorted(item.to[0] for item in mail.outbox) == ["customer@example.com", "new@example.com"]
    assert field_errors(change(api, user, "again@example.com")) == [("email", "locked")]


def test_undoing_ends_the_consoles_sessions(api: Any, support: User) -> None:
    console = Client()
    console.force_login(support, "gasutil.identity.backend.ThrottledBackend")
    api(support).patch("profile/", {"email": "new@example.com"})
    run_worker()
    [item] = [item for item in mail.outbox if "email/undo/" in item.body]
    Client().post(re.search(r"/email/undo/\S+", item.body).group(0))  # type: ignore[union-attr]
    assert console.get("/admin/").status_code == 302


def test_a_first_address_takes_the_token_alone_and_no_login(anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    answer = anyone.post("profile/email/confirm/", {"token": email_token(User.objects.get())})
    assert (answer.status_code, answer.json()["email_confirmed"]) == (200, True)


def test_an_address_that_was_never_confirmed_gets_mails_of_emergencies_alone(
    anyone: Api, api: Any, db: None
) -> None:
    anyone.post("register/", ANSHU)
    run_worker()
    mail.outbox.clear()
    client = api(User.objects.get())
    client.post("requests/", {"request_type": "new_connection", "description": "A new connection"})
    run_worker()
    assert mail.outbox == []
    client.post("requests/", {"request_type": "gas_leak_inspection", "description": "A leak"})
    run_worker("escalation")
    run_worker()
    assert [item.to for item in mail.outbox] == [["anshu.singh@gmail.com"]]


def test_changes_of_an_address_are_limited(
    api: Any, customer: User, neighbour: User, settings: Settings
) -> None:
    settings.EMAIL_CHANGE_LIMIT = 3
    client = api(customer)
    assert [
        client.patch("profile/", {"email": "neighbour@example.com"}).status_code for _ in range(5)
    ] == [422] * 3 + [429] * 2


def test_mails_to_an_address_are_limited(
    api: Any, customer: User, neighbour: User, settings: Settings
) -> None:
    settings.EMAIL_CHANGE_LIMIT = 1
    assert [
        change(api, user, "victim@example.com").status_code for user in (customer, neighbour)
    ] == [200, 429]


def test_both_ways_to_a_new_password_are_mailed(api: Any, customer: User) -> None:
    body = {
        "old_password": PASSWORD,
        "password": "Another-Flame-2027",
        "password2": "Another-Flame-2027",
    }
    assert api(customer).post("profile/password/", body).status_code == 204
    run_worker()
    assert [(item.to, item.subject) for item in mail.outbox] == [
        (["customer@example.com"], "Your password has been changed")
    ]
