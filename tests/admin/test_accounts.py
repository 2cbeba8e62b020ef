"""Accounts: who edits what, approval, and no way to gain more permissions."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from gasutil.access import Actor
from gasutil.admin.base.permission_wording import KNOWN
from gasutil.groups import MANAGERS, PERMISSIONS, SUPPORT
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import form, page
from tests.support.people import PASSWORD, make_support

RIGHTS = {
    "is_superuser": "on",
    "is_staff": "on",
    "is_approved": "on",
    "email_confirmed": "on",
    "user_type": "support",
}


def rights(user: User) -> tuple[Any, ...]:
    user = User.objects.get(pk=user.pk)
    groups = sorted(user.groups.values_list("name", flat=True))
    return (
        user.is_superuser,
        user.is_staff,
        user.is_approved,
        user.email_confirmed,
        user.user_type,
        groups,
        list(user.user_permissions.all()),
    )


@pytest.fixture
def confirmed(pending: User) -> User:
    """A user who waits for approval and has confirmed the address."""
    User.objects.filter(pk=pending.pk).update(email_confirmed=True)
    return User.objects.get(pk=pending.pk)


def test_it_approves_as_the_verb_does(manager: User, confirmed: User, console) -> None:
    client = console(manager)
    assert b"Approve" in client.get(page(confirmed)).content
    answer = client.post(
        page(confirmed, "approve"), {"_form_submitted": "on"}, headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Redirect"] == page(confirmed)
    assert rights(confirmed)[:3] == (False, True, True)
    assert rights(confirmed)[5] == [SUPPORT]
    row = confirmed.history.latest()
    assert (row.history_user, row.history_change_reason) == (manager, "Approved")
    client.post(page(confirmed, "withdraw-approval"), {"_form_submitted": "on"})
    assert rights(confirmed)[:3] == (False, False, False)


@pytest.mark.parametrize("how", ["withdrawn", "deactivated"])
def test_the_form_shows_how_many_requests_are_handed_back(
    how: str, manager: User, support: User, leak: ServiceRequest, console
) -> None:
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    client = console(manager)
    assert (
        b"open requests return to the queue"
        in client.get(page(support, "withdraw-approval")).content
    )
    if how == "withdrawn":
        client.post(page(support, "withdraw-approval"), {"_form_submitted": "on"})
    else:
        client.post(page(support), form(support) | {"is_active": ""})
    assert "1 open request returned to the queue." in client.get(page(support)).content.decode()
    leak.refresh_from_db()
    assert leak.assigned_to is None


def test_it_says_why_an_account_cannot_be_approved(manager: User, pending: User, console) -> None:
    answer = console(manager).post(page(pending, "approve"), {"_form_submitted": "on"})
    assert b"must confirm the email address pending@example.com" in answer.content
    assert not rights(pending)[2]


def test_it_reports_a_colleague_who_was_faster(
    manager: User, support: User, pending: User, console
) -> None:
    client = console(manager)
    assert (
        b"Support Example is already approved."
        in client.post(page(support, "approve"), {"_form_submitted": "on"}).content
    )
    assert (
        b"Pending Example is not approved."
        in client.post(page(pending, "withdraw-approval"), {"_form_submitted": "on"}).content
    )


def test_approval_takes_a_post_with_a_token(manager: User, confirmed: User, console) -> None:
    client = console(manager, enforce_csrf_checks=True)
    assert client.get(page(confirmed, "approve"), {"_form_submitted": "on"}).status_code == 200
    assert client.post(page(confirmed, "approve"), {"_form_submitted": "on"}).status_code == 403
    assert not rights(confirmed)[2]


@pytest.mark.parametrize("name", ["approve", "withdraw-approval"])
def test_agents_cannot_approve(name: str, support: User, confirmed: User, console) -> None:
    client = console(support)
    assert client.get(page(confirmed, name)).status_code == 403
    assert client.post(page(confirmed, name), {"_form_submitted": "on"}).status_code == 403
    assert not rights(confirmed)[2]


@pytest.mark.parametrize("who", ["manager", "root", "customer"])
def test_no_one_withdraws_an_approval_without_permission(
    who: str, manager: User, console, request
) -> None:
    user = request.getfixturevalue(who)
    before = rights(user)
    console(manager).post(page(user, "withdraw-approval"), {"_form_submitted": "on"})
    assert rights(user) == before


@pytest.mark.parametrize("who", ["manager", "customer", "support", "pending"])
def test_a_manager_cannot_grant_rights_by_a_form(who: str, manager: User, console, request) -> None:
    user = request.getfixturevalue(who)
    before = rights(user)
    everything = {
        "groups": [group.pk for group in Group.objects.all()],
        "user_permissions": [permission.pk for permission in Permission.objects.all()[:5]],
        "password": "x",
    }
    answer = console(manager).post(
        page(user), form(user, address="2 New Street", **RIGHTS, **everything)
    )
    assert answer.status_code == 302, answer.context["errors"]
    assert rights(user) == before
    user.refresh_from_db()
    assert user.address == "2 New Street"
    assert user.check_password(PASSWORD)
    assert user.username == who


def test_a_manager_cannot_edit_a_superuser(manager: User, root: User, console) -> None:
    client = console(manager)
    assert client.get(page(root)).status_code == 200
    assert client.post(page(root), form(root, email="mine@example.com")).status_code == 403
    assert (
        client.post(
            page(root, "password"), {"password1": "Owned-2026-x", "password2": "Owned-2026-x"}
        ).status_code
        == 403
    )
    root.refresh_from_db()
    assert root.email == "root@example.com"
    assert root.check_password(PASSWORD)


@pytest.mark.parametrize("who", ["customer", "support", "manager"])
def test_a_manager_cannot_set_a_password(who: str, manager: User, console, request) -> None:
    user = request.getfixturevalue(who)
    fields = {"password1": "Owned-2026-x", "password2": "Owned-2026-x", "usable_password": "true"}
    client = console(manager)
    assert client.get(page(user, "password")).status_code == 403
    assert client.post(page(user, "password"), fields).status_code == 403
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_manager_cannot_take_over_a_colleague_by_the_address(
    manager: User, support: User, console
) -> None:
    console(manager).post(page(support), form(support, email="mine@example.com"))
    support.refresh_from_db()
    assert support.email == "support@example.com"


def test_a_manager_changes_a_customers_address_which_is_then_unconfirmed(
    manager: User, customer: User, console
) -> None:
    User.objects.filter(pk=customer.pk).update(email_confirmed=True)
    console(manager).post(page(customer), form(customer, email="right@example.com"))
    customer.refresh_from_db()
    assert (customer.email, customer.email_confirmed) == ("right@example.com", False)
    assert customer.history.latest().history_user == manager


def test_two_accounts_share_no_address(
    manager: User, customer: User, neighbour: User, console
) -> None:
    answer = console(manager).post(page(customer), form(customer, email="NEIGHBOUR@example.com"))
    assert answer.status_code == 200
    assert b"This email address is already taken." in answer.content


def test_a_manager_cannot_deactivate_their_own_account(
    manager: User, customer: User, console
) -> None:
    client = console(manager)
    for user in (customer, manager):
        fields = form(user)
        fields.pop("is_active")
        client.post(page(user), fields)
    assert list(User.objects.filter(is_active=False)) == [customer]


def test_agents_cannot_open_accounts(support: User, customer: User, console) -> None:
    client = console(support)
    for name in ("change", "history", "password", "delete"):
        assert client.get(page(customer, name)).status_code == 403, name
    assert client.post(page(customer), form(customer, first_name="X")).status_code == 403


def test_no_one_deletes_an_account(root: User, customer: User, console) -> None:
    client = console(root)
    assert client.post(page(customer, "delete"), {"post": "yes"}).status_code == 403
    client.post(
        "/admin/gasutil/user/",
        {"action": "delete_selected", "_selected_action": customer.pk, "post": "yes"},
    )
    assert User.objects.filter(pk=customer.pk).exists()


def test_superusers_give_rights(root: User, support: User, console) -> None:
    managers = Group.objects.get(name=MANAGERS)
    both = [managers.pk, Group.objects.get(name=SUPPORT).pk]
    answer = console(root).post(page(support), form(support, is_staff="on", groups=both))
    assert answer.status_code == 302
    assert set(support.groups.all()) >= {managers}


def test_a_save_leaves_alone_what_it_did_not_change(
    root: User, confirmed: User, console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user is approved after a manager has opened the form and before they save it."""
    saved: list[Any] = []
    monkeypatch.setattr(
        User, "save", lambda self, **kwargs: saved.append(kwargs.get("update_fields"))
    )
    console(root).post(page(confirmed), form(confirmed, first_name="New"))
    assert ["first_name"] in saved


def test_superusers_add_an_account_that_has_to_confirm_its_address(root: User, console) -> None:
    fields = {
        "username": "fresh",
        "user_type": "support",
        "first_name": "F",
        "last_name": "R",
        "email": "fresh@example.com",
    }
    fields |= {
        "phone_number": "07890 123456",
        "address": "x",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = console(root).post("/admin/gasutil/user/add/", fields)
    assert answer.status_code == 302, answer.context["errors"]
    fresh = User.objects.get(username="fresh")
    assert (fresh.is_approved, fresh.is_staff, fresh.email_confirmed, fresh.phone_number) == (
        False,
        False,
        False,
        "+917890123456",
    )


def test_the_list_filters_by_approval(
    manager: User, confirmed: User, console, django_assert_max_num_queries
) -> None:
    make_support("approved")
    client = console(manager)
    with django_assert_max_num_queries(10):
        answer = client.get("/admin/gasutil/user/", {"approval": "waiting"})
    assert [user.username for user in answer.context["cl"].result_list] == ["pending"]
    assert b"Waiting for approval" in answer.content


@pytest.mark.parametrize(
    "query", ["password__startswith=a", "is_superuser__exact=1&password__contains=a"]
)
def test_the_list_cannot_filter_by_password(query: str, manager: User, console) -> None:
    assert console(manager).get(f"/admin/gasutil/user/?{query}").status_code == 400


def test_groups_are_for_superusers_to_edit(manager: User, root: User, console) -> None:
    group = Group.objects.get(name=MANAGERS)
    path = f"/admin/auth/group/{group.pk}/change/"
    everything = [permission.pk for permission in Permission.objects.all()]
    client = console(manager)
    assert client.get(path).status_code == 200
    assert client.post(path, {"name": MANAGERS, "permissions": everything}).status_code == 403
    assert group.permissions.count() < len(everything)
    fewer = list(group.permissions.values_list("pk", flat=True))[:3]
    assert console(root).post(path, {"name": MANAGERS, "permissions": fewer}).status_code == 302
    assert group.permissions.count() == 3


@pytest.mark.parametrize("name", PERMISSIONS)
def test_the_groups_that_ship_are_neither_renamed_nor_deleted(
    name: str, root: User, console
) -> None:
    group, client = Group.objects.get(name=name), console(root)
    path = f"/admin/auth/group/{group.pk}/"
    assert client.post(f"{path}change/", {"name": "Helpers", "permissions": []}).status_code == 302
    assert client.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    client.post(
        "/admin/auth/group/",
        {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"},
    )
    assert Group.objects.get(pk=group.pk).name == name
    own = Group.objects.create(name="Ours")
    client.post(f"/admin/auth/group/{own.pk}/change/", {"name": "Helpers"})
    assert client.post(f"/admin/auth/group/{own.pk}/delete/", {"post": "yes"}).status_code == 302
    assert set(Group.objects.values_list("name", flat=True)) == set(PERMISSIONS)


def test_groups_list_their_permissions_in_plain_words(
    manager: User, support: User, root: User, console
) -> None:
    path = f"/admin/auth/group/{Group.objects.get(name=MANAGERS).pk}/change/"
    message = console(manager).get(path).content.decode()
    assert "<dt>Users and groups</dt>" in message
    assert "<li>Approve support representatives</li>" in message
    assert "Can add" not in message
    offered = console(root).get(path).content.decode()
    assert "Approve support representatives" in offered
    assert "log entry" not in offered
    assert console(support).get(path).status_code == 403


def test_every_permission_of_the_groups_has_plain_words() -> None:
    assert {codename for codenames in PERMISSIONS.values() for codename in codenames} == KNOWN


def test_other_permissions_of_a_group_stay_visible(root: User, console) -> None:
    group = Group.objects.get(name=MANAGERS)
    group.permissions.add(Permission.objects.get(codename="add_logentry"))
    path = f"/admin/auth/group/{group.pk}/change/"
    assert "Can add log entry" in console(root).get(path).content.decode()
    held = list(group.permissions.values_list("pk", flat=True))
    assert console(root).post(path, {"name": MANAGERS, "permissions": held}).status_code == 302
    assert group.permissions.count() == len(held)


def test_the_oldest_applicant_comes_first_with_time_and_address(
    manager: User, console, api
) -> None:
    for name in ("first", "second"):
        answer = api(None).post(
            "register/",
            {
                "username": name,
                "password": "SupportGas@2024",
                "password2": "SupportGas@2024",
                "email": f"{name}@example.com",
                "first_name": name.title(),
                "last_name": "Example",
                "phone_number": "+919876543210",
                "address": "1 Street",
                "user_type": "support",
            },
        )
        assert answer.status_code == 201
        assert "127.0.0.1" not in answer.content.decode()
    client = console(manager)
    answer = client.get("/admin/gasutil/user/", {"approval": "waiting"})
    assert [user.username for user in answer.context["cl"].result_list] == ["first", "second"]
    assert "127.0.0.1" in answer.content.decode()
    page = client.get(
        f"/admin/gasutil/user/{User.objects.get(username='first').pk}/change/"
    ).content.decode()
    for text in ("Waiting for approval", "127.0.0.1", "just now", "File requests for customers"):
        assert text in page, text
    assert not hasattr(User.objects.get(username="first").history.latest(), "registered_from")


def test_it_rejects_an_applicant(manager: User, pending: User, console) -> None:
    client = console(manager)
    data = {"_form_submitted": "on"}
    client.post(page(pending, "reject"), data, headers={"HX-Request": "true"})
    pending.refresh_from_db()
    assert (pending.is_active, pending.is_approved) == (False, False)
    again = client.post(page(pending, "reject"), data).content
    assert b"does not wait for approval" in again


def test_agents_cannot_reject(support: User, pending: User, console) -> None:
    answer = console(support).post(page(pending, "reject"), {"_form_submitted": "on"})
    assert answer.status_code == 403
    pending.refresh_from_db()
    assert pending.is_active


def test_the_list_of_applicants_has_the_approval(manager: User, confirmed: User, console) -> None:
    path = f"/admin/gasutil/user/{confirmed.pk}/approve/"
    waiting = console(manager).get("/admin/gasutil/user/?approval=waiting").content.decode()
    assert path in waiting
    assert path not in console(manager).get("/admin/gasutil/user/").content.decode()
