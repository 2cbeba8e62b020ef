"""The security log of what happens in the API, in the console and by emailed links."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import signing
from django.test import Client
from django.urls import reverse

from gasutil.access import Actor
from gasutil.errors import NotAllowed
from gasutil.groups import MANAGERS
from gasutil.identity import logins
from gasutil.models import EmailChange, SecurityEvent, ServiceRequest, User
from gasutil.notify import links
from gasutil.notify.links import email_token, reset_proof
from gasutil.workflow import approval, profiles
from tests.support.api import Api
from tests.support.people import PASSWORD

NEW = "Green-Flame-2027"


def recorded(*fields: str) -> list[tuple[Any, ...]]:
    """Return the recorded event, outcome, entry point, user and further fields."""
    names = ("event", "outcome", "entry_point", "user__username", *fields)
    return list(SecurityEvent.objects.order_by("id").values_list(*names))


def forget() -> None:
    SecurityEvent._base_manager.all().delete()


# --- Login and logout ---
def test_a_login_of_the_api(customer: User, anyone: Api) -> None:
    anyone.post("login/", {"username": "customer", "password": PASSWORD})
    assert recorded() == [("login", "success", "api", "customer")]
    (row,) = SecurityEvent.objects.all()
    assert row.ip == "127.0.0.1"


def test_failed_logins_of_the_api(customer: User, anyone: Api, settings: Any) -> None:
    settings.LOGIN_LIMIT_PAIR = 1
    for username, password in (("customer", "wrong"), ("customer", PASSWORD), ("ghost", "wrong")):
        anyone.post("login/", {"username": username, "password": password})
    assert recorded() == [
        ("login", "failure", "api", "customer"),
        ("login", "limited", "api", "customer"),
        ("login", "failure", "api", None),
    ]


def test_a_login_and_a_logout_of_the_console(support: User) -> None:
    client = Client()
    client.post("/admin/login/", {"username": "support", "password": PASSWORD, "next": "/admin/"})
    client.post("/admin/logout/")
    assert recorded() == [
        ("login", "success", "console", "support"),
        ("logout", "success", "console", "support"),
    ]


def test_failed_logins_of_the_console(support: User, settings: Any) -> None:
    settings.LOGIN_LIMIT_PAIR = 1
    for username, password in (("support", "wrong"), ("support", PASSWORD), ("ghost", "wrong")):
        assert (
            Client().post("/admin/login/", {"username": username, "password": password}).status_code
            == 200
        )
    result = [
        ("login", "failure", "console", "support"),
        ("login", "limited", "console", "support"),
        ("login", "failure", "console", None),
    ]
    assert recorded() == result


@pytest.mark.parametrize(
    ("who", "reason"), [("customer", "not-staff"), ("pending", "approval-required")]
)
def test_a_login_of_an_account_that_may_not_use_the_console(
    who: str, reason: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(who)
    Client().post("/admin/login/", {"username": who, "password": PASSWORD})
    assert recorded("details__reason") == [("login", "denied", "console", who, reason)]


def test_a_logout_of_the_api(customer: User, anyone: Api) -> None:
    pair = logins.start_login(customer)
    for _ in range(2):
        anyone.post("logout/", {"refresh": pair.refresh})
    assert recorded() == [("logout", "success", "api", "customer")]


def test_the_reuse_of_a_refresh_token(customer: User, anyone: Api) -> None:
    pair = logins.start_login(customer)
    logins.refresh(refresh=logins.refresh(refresh=pair.refresh).refresh)
    assert anyone.post("login/refresh/", {"refresh": pair.refresh}).status_code == 401
    assert recorded() == [("token_reuse", "denied", "api", "customer")]


def test_a_refresh_is_not_recorded(customer: User, anyone: Api) -> None:
    anyone.post("login/refresh/", {"refresh": logins.start_login(customer).refresh})
    assert recorded() == []


def test_the_end_of_a_login(customer: User, api: Callable[[User], Api]) -> None:
    client = api(customer)
    pk = client.get("profile/logins/").json()["results"][0]["id"]
    client("DELETE", f"profile/logins/{pk}/")
    assert recorded("details__reason") == [
        ("session_end", "success", "api", "customer", "ended by the user")
    ]


# --- Passwords ---
def test_a_password_change_in_the_api(
    customer: User, api: Callable[[User], Api], settings: Any
) -> None:
    settings.OLD_PASSWORD_LIMIT = 1
    client = api(customer)
    for old in ("wrong", PASSWORD):
        client.post("profile/password/", {"old_password": old, "password": NEW, "password2": NEW})
    settings.OLD_PASSWORD_LIMIT = 5
    client.post(
        "profile/password/", {"old_password": PASSWORD, "password": "short", "password2": "short"}
    )  # no matter of security
    client.post("profile/password/", {"old_password": PASSWORD, "password": NEW, "password2": NEW})
    assert [row[:2] for row in recorded()] == [
        ("password_change", outcome) for outcome in ("failure", "limited", "success")
    ]


def test_a_password_change_in_the_console(support: User, console: Any, settings: Any) -> None:
    settings.OLD_PASSWORD_LIMIT = 1
    client = console(support)
    forget()
    for old in ("wrong", PASSWORD):
        client.post(
            reverse("admin:password_change"),
            {"old_password": old, "new_password1": NEW, "new_password2": NEW},
        )
    settings.OLD_PASSWORD_LIMIT = 5
    client.post(
        reverse("admin:password_change"),
        {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW},
    )
    expected = [
        ("password_change", outcome, "console", "support")
        for outcome in ("failure", "limited", "success")
    ]
    assert recorded() == expected


def test_a_password_that_a_superuser_sets(customer: User, root: User, console: Any) -> None:
    client = console(root)
    forget()
    path = reverse("admin:auth_user_password_change", args=[customer.pk])
    assert (
        client.post(
            path, {"usable_password": "true", "password1": NEW, "password2": "other"}
        ).status_code
        == 200
    )
    assert (
        client.post(
            path, {"usable_password": "true", "password1": NEW, "password2": NEW}
        ).status_code
        == 302
    )
    assert recorded("account__username") == [
        ("password_change", "success", "console", "root", "customer")
    ]


def test_a_password_reset(customer: User, anyone: Api) -> None:
    anyone.post("password-reset/", {"email": "customer@example.com"})
    uid, token = reset_proof(customer)
    anyone.post(
        "password-reset/confirm/", {"uid": uid, "token": "wrong", "password": NEW, "password2": NEW}
    )
    anyone.post(
        "password-reset/confirm/", {"uid": uid, "token": token, "password": NEW, "password2": NEW}
    )
    assert recorded("username") == [
        (
            "password_reset_request",
            "success",
            "api",
            None,
            "cu…",
        ),  # the call does not look for the account: it would take another time
        ("password_reset", "failure", "api", "customer", "customer"),
        ("password_reset", "success", "api", "customer", "customer"),
    ]


def test_too_many_requests_for_a_password_reset(db: None, anyone: Api, settings: Any) -> None:
    settings.PASSWORD_RESET_LIMIT = 1
    for _ in range(2):
        anyone.post("password-reset/", {"email": "x@example.com"})
    assert [row[1] for row in recorded()] == ["success", "limited"]


def test_a_password_reset_by_an_emailed_link(customer: User) -> None:
    uid, token = reset_proof(customer)
    client = Client()
    path = client.get(
        reverse("password_reset_confirm", args=[uid, token]), follow=True
    ).redirect_chain[-1][0]
    client.post(path, {"new_password1": NEW, "new_password2": NEW})
    assert recorded() == [("password_reset", "success", "link", "customer")]


# --- Email addresses ---
def test_an_email_change_and_its_confirmation(
    customer: User, api: Callable[[User], Api], anyone: Api
) -> None:
    User.objects.update(email_confirmed=True)
    api(customer).patch("profile/", {"email": "new@example.com"})
    customer.refresh_from_db()
    for password in ("wrong", PASSWORD, PASSWORD):
        anyone.post(
            "profile/email/confirm/", {"token": email_token(customer), "password": password}
        )
    assert recorded() == [
        ("email_change", "success", "api", "customer"),
        ("email_confirmation", "failure", "api", "customer"),
        ("email_confirmation", "success", "api", "customer"),
    ]


def test_another_change_of_the_profile_is_not_recorded(
    customer: User, api: Callable[[User], Api]
) -> None:
    api(customer).patch("profile/", {"first_name": "New"})
    assert recorded() == []


def test_the_undoing_of_an_email_change(customer: User) -> None:
    User.objects.update(email_confirmed=True)
    profiles.update_profile(actor=Actor(customer), email="new@example.com")
    forget()
    token = signing.dumps(EmailChange.objects.get().pk, salt=links.UNDO_SALT)
    for proof in ("wrong", token):
        Client().post(reverse("email-undo", args=[proof]))
    assert recorded() == [
        ("email_undo", "failure", "link", None),
        ("email_undo", "success", "link", "customer"),
    ]


def test_an_email_change_by_a_manager(customer: User, manager: User, console: Any) -> None:
    client = console(manager)
    forget()
    change(client, customer, email="new@example.com")
    assert recorded("account__username") == [
        ("email_change", "success", "console", "manager", "customer")
    ]


# --- Rights ---
def change(client: Client, user: User, **fields: Any) -> None:
    """Save the form of an account as the browser sends it, with some fields changed."""
    path = reverse("admin:gasutil_user_change", args=[user.pk])
    form = client.get(path).context["adminform"].form
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {
        name: [row.pk for row in value] if isinstance(value, list) else value
        for name, value in (values | fields).items()
    }
    data = {
        name: value
        for name, value in sent.items()
        if value not in (None, False) and not name.startswith("password")
    }
    for name in ("last_login", "date_joined"):
        data.pop(name, None)
    response = client.post(path, data)
    assert response.status_code == 302, response.context["adminform"].form.errors


def test_a_change_of_rights(support: User, root: User, console: Any) -> None:
    client = console(root)
    forget()
    group = Group.objects.get(name=MANAGERS)
    change(client, support, is_superuser=True, groups=[group])
    assert recorded("account__username", "details") == [
        (
            "rights_change",
            "success",
            "console",
            "root",
            "support",
            {"is_superuser": True, "groups": [MANAGERS]},
        )
    ]


def test_a_deactivation(support: User, manager: User, console: Any) -> None:
    client = console(manager)
    forget()
    change(client, support, is_active=False)
    assert recorded("details") == [
        ("rights_change", "success", "console", "manager", {"is_active": False})
    ]


def test_a_change_of_another_field_is_no_change_of_rights(
    customer: User, manager: User, console: Any
) -> None:
    client = console(manager)
    forget()
    change(client, customer, first_name="New")
    assert recorded() == []


def test_an_approval_and_its_withdrawal(pending: User, manager: User, support: User) -> None:
    User.objects.update(email_confirmed=True)
    approval.approve(pending.pk, actor=Actor(manager))
    approval.withdraw_approval(pending.pk, actor=Actor(manager))
    with pytest.raises(NotAllowed):
        approval.approve(pending.pk, actor=Actor(support))
    assert recorded("account__username") == [
        ("approval", "success", "system", "manager", "pending"),
        ("approval_withdrawal", "success", "system", "manager", "pending"),
        ("approval", "denied", "system", "support", None),
    ]


def test_a_change_of_a_group(root: User, console: Any) -> None:
    client = console(root)
    forget()
    given = Permission.objects.get(codename="view_user")
    client.post(reverse("admin:auth_group_add"), {"name": "Surveyors", "permissions": [given.pk]})
    group = Group.objects.get(name="Surveyors")
    client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "Surveyors"})
    client.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"})
    assert recorded("details") == [
        (
            "group_change",
            "success",
            "console",
            "root",
            {"group": "Surveyors", "added": ["view_user"], "removed": []},
        ),
        (
            "group_change",
            "success",
            "console",
            "root",
            {"group": "Surveyors", "added": [], "removed": ["view_user"]},
        ),
        ("group_change", "success", "console", "root", {"group": "Surveyors", "deleted": True}),
    ]


# --- Data ---
def test_an_export(customer: User, manager: User, console: Any) -> None:
    client = console(manager)
    forget()
    form = client.get(reverse("admin:gasutil_user_export")).context["form"]
    fields = {name: "on" for name in form.fields if name.startswith("userrows")}
    client.post(reverse("admin:gasutil_user_export"), {"format": "0", "resource": "0", **fields})
    ((*row, details),) = recorded("details")
    assert row == ["export", "success", "console", "manager"]
    assert (details["what"], details["rows"]) == ("gasutil.user", 2)


@pytest.mark.parametrize("number", [1, 40])
def test_a_call_that_is_denied(
    number: int, customer: User, api: Callable[[User], Api], leak: ServiceRequest
) -> None:
    client = api(customer)
    for _ in range(number):
        assert client.get(f"requests/{leak.pk}/history/").status_code == 403
    assert recorded("details__path")[0] == (
        "access",
        "denied",
        "api",
        "customer",
        f"/api/v1/requests/{leak.pk}/history/",
    )
    assert len(recorded()) == (1 if number == 1 else 12)


def test_what_is_not_there_or_waits_for_approval_is_no_denial(
    pending: User, customer: User, api: Callable[[User], Api]
) -> None:
    assert api(customer).get("requests/1/").status_code == 404
    assert api(pending).get("requests/").status_code == 403
    assert recorded() == []


def test_a_page_that_is_denied(support: User, console: Any) -> None:
    client = console(support)
    forget()
    client.get("/admin/gasutil/user/")
    assert recorded("details__path") == [
        ("access", "denied", "console", "support", "/admin/gasutil/user/")
    ]


def test_a_page_that_no_one_gets_is_no_denial(root: User, console: Any) -> None:
    client = console(root)
    forget()
    assert (
        client.get("/admin/gasutil/servicerequest/add/").status_code == 403
    )  # requests are filed on another page
    assert recorded() == []
