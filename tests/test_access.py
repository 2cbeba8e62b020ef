"""Permissions, tested on `access`, which everything else uses."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from guardian.shortcuts import assign_perm, remove_perm

from gasutil import access
from gasutil.access import CUSTOMERS_AND_STAFF, OWNER_OR_STAFF, STAFF, STRANGER, Actor, Role
from gasutil.errors import ApprovalRequired, NotAllowed, NotFound
from gasutil.models import (
    Channel,
    IdempotencyKey,
    Login,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    User,
)
from gasutil.workflow import requests

SYSTEM = Actor(None, Channel.SYSTEM)


def seen(user: User, model: type[Model] = ServiceRequest) -> set[Model]:
    return set(access.visible_to(Actor(user), model))


# --- Roles
# --------------------------------------------------------------------------------------------------
def test_it_knows_the_role_of_each_user(
    customer: User, pending: User, support: User, manager: User
) -> None:
    assert [Actor(user).role for user in (customer, pending, support, manager)] == [
        Role.CUSTOMER,
        Role.PENDING_SUPPORT,
        Role.SUPPORT,
        Role.SUPPORT,
    ]


def test_an_administrator_is_support(db: None) -> None:
    assert (
        Actor(User.objects.create_superuser("root", "root@example.com", "x")).role is Role.SUPPORT
    )


@pytest.mark.parametrize("who", ["customer", "pending", "support"])
def test_a_deactivated_user_has_no_role(who: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)
    user.is_active = False
    assert Actor(user).role is Role.STRANGER


def test_only_the_system_itself_is_the_system() -> None:
    assert SYSTEM.role is Role.SYSTEM
    assert [Actor(None, channel).role for channel in (Channel.API, Channel.CONSOLE)] == [
        Role.STRANGER,
        Role.STRANGER,
    ]


# --- Rows
# --------------------------------------------------------------------------------------------------
def test_each_role_sees_its_requests(
    customer: User,
    neighbour: User,
    pending: User,
    support: User,
    leak: ServiceRequest,
    connection: ServiceRequest,
) -> None:
    theirs = requests.submit(actor=Actor(neighbour), request_type="new_connection", description="x")
    assert [seen(user) for user in (customer, neighbour, pending)] == [
        {leak, connection},
        {theirs},
        set(),
    ]
    assert (
        seen(support)
        == set(access.visible_to(SYSTEM, ServiceRequest))
        == {leak, connection, theirs}
    )
    assert not access.visible_to(STRANGER, ServiceRequest).exists()


def test_each_role_sees_its_updates(
    customer: User, neighbour: User, pending: User, support: User, leak: ServiceRequest
) -> None:
    requests.update(leak.pk, actor=Actor(support), notes="For us alone", is_internal=True)
    opened, internal = RequestUpdate.objects.order_by("history_id")
    assert [seen(user, RequestUpdate) for user in (customer, neighbour, pending, support)] == [
        {opened},
        set(),
        set(),
        {opened, internal},
    ]
    assert not access.visible_to(STRANGER, RequestUpdate).exists()


def test_a_customer_sees_only_their_own_account(
    customer: User, neighbour: User, pending: User, support: User
) -> None:
    assert [seen(user, User) for user in (customer, pending)] == [{customer}, {pending}]
    assert seen(support, User) == {customer, neighbour, pending, support}


def test_everyone_sees_the_active_types(customer: User, pending: User) -> None:
    RequestType.objects.filter(code="new_connection").update(is_active=False)
    for actor in (STRANGER, Actor(customer), Actor(pending)):
        codes = set(access.visible_to(actor, RequestType).values_list("code", flat=True))
        assert "gas_leak_inspection" in codes
        assert "new_connection" not in codes


def test_a_granted_permission_shows_a_request_at_once(
    neighbour: User, leak: ServiceRequest
) -> None:
    assign_perm("view_servicerequest", neighbour, leak)
    assert (seen(neighbour), seen(neighbour, RequestUpdate)) == (
        {leak},
        set(RequestUpdate.objects.filter(id=leak.pk)),
    )


def test_a_withdrawn_permission_hides_a_request_at_once(
    neighbour: User, leak: ServiceRequest
) -> None:
    assign_perm("view_servicerequest", neighbour, leak)
    remove_perm("view_servicerequest", neighbour, leak)
    assert (seen(neighbour), seen(neighbour, RequestUpdate)) == (set(), set())


def test_a_customer_needs_the_permission_on_their_own_request(
    customer: User, leak: ServiceRequest
) -> None:
    remove_perm("view_servicerequest", customer, leak)
    assert seen(customer) == set()


def test_it_shows_a_request_once_however_many_permissions_there_are(
    customer: User, neighbour: User, leak: ServiceRequest
) -> None:
    for permission in ("view", "change", "delete"):
        assign_perm(f"{permission}_servicerequest", neighbour, leak)
        assign_perm(f"{permission}_servicerequest", customer, leak)
    assert [
        list(access.visible_to(Actor(user), ServiceRequest)) for user in (customer, neighbour)
    ] == [[leak], [leak]]


def test_other_permissions_do_not_show_a_request(neighbour: User, leak: ServiceRequest) -> None:
    assign_perm("change_servicerequest", neighbour, leak)
    assert seen(neighbour) == set()


def test_a_permission_on_the_model_shows_no_object(neighbour: User, leak: ServiceRequest) -> None:
    assign_perm("gasutil.view_servicerequest", neighbour)
    assert seen(neighbour) == set()


def test_a_permission_of_a_pending_account_shows_nothing(
    pending: User, leak: ServiceRequest
) -> None:
    assign_perm("view_servicerequest", pending, leak)
    assert seen(pending) == set()


def test_it_fails_closed_for_a_model_without_a_table_of_permissions(
    customer: User, pending: User
) -> None:
    Login.objects.create(user=customer, current="x", auth_hash="x")
    IdempotencyKey.objects.create(user=customer, key="x", fingerprint="x")
    ContentType.objects.get_for_model(Login)
    customer.user_permissions.set(Permission.objects.all())
    for model in (Login, IdempotencyKey, Permission):
        assert [seen(user, model) for user in (customer, pending)] == [set(), set()]
        assert not access.visible_to(STRANGER, model).exists()


def test_a_model_without_a_table_of_permissions_has_no_owner(customer: User) -> None:
    with pytest.raises(
        LookupError, match=r"RequestType has no table of object permissions of its own\."
    ):
        access.make_owner(customer, RequestType.objects.all()[0])


# --- One object
# --------------------------------------------------------------------------------------------------
def test_a_visible_object_is_found(customer: User, support: User, leak: ServiceRequest) -> None:
    assert (
        access.find(Actor(customer), ServiceRequest, leak.pk)
        == access.find(Actor(support), ServiceRequest, leak.pk)
        == leak
    )
    assert access.find(Actor(customer), ServiceRequest, leak.reference, by="reference") == leak


def test_hidden_and_missing_objects_get_the_same_error(
    neighbour: User, leak: ServiceRequest
) -> None:
    result = []
    for pk in (leak.pk, leak.pk + 1000):
        with pytest.raises(NotFound) as refusal:
            access.find(Actor(neighbour), ServiceRequest, pk)
        result.append(refusal.value.message)
    assert result == ["Not found."] * 2


def test_it_knows_the_role_of_each_user_on_a_request(
    customer: User, neighbour: User, pending: User, support: User, leak: ServiceRequest
) -> None:
    assign_perm("view_servicerequest", neighbour, leak)
    assert access.roles_on(Actor(customer), leak) == {Role.CUSTOMER, Role.OWNER}
    assert access.roles_on(Actor(neighbour), leak) == {Role.CUSTOMER}
    assert access.roles_on(Actor(pending), leak) == {Role.PENDING_SUPPORT}
    assert access.roles_on(Actor(support), leak) == {Role.SUPPORT}
    assert access.roles_on(STRANGER, leak) == {Role.STRANGER}
    assert access.roles_on(SYSTEM, leak) == {Role.SYSTEM}


def test_a_user_who_may_change_a_request_is_an_owner(neighbour: User, leak: ServiceRequest) -> None:
    access.make_owner(neighbour, leak)
    assert access.roles_on(Actor(neighbour), leak) == {Role.CUSTOMER, Role.OWNER}
    assert seen(neighbour) == {leak}


def test_no_permission_makes_a_user_support(neighbour: User, leak: ServiceRequest) -> None:
    for permission in ("view", "add", "change", "delete"):
        assign_perm(f"gasutil.{permission}_servicerequest", neighbour)
    assert access.roles_on(Actor(User.objects.get(pk=neighbour.pk)), leak) == {Role.CUSTOMER}


# --- Whether
# --------------------------------------------------------------------------------------------------
def test_it_requires_one_of_the_roles(customer: User, support: User) -> None:
    access.require(Actor(support), STAFF)
    access.require(Actor(customer), STAFF, {Role.SUPPORT})
    with pytest.raises(NotAllowed) as refusal:
        access.require(Actor(customer), OWNER_OR_STAFF)
    assert refusal.value.message == "Only support or the owner can do this."


def test_a_pending_account_gets_an_error_of_its_own(pending: User) -> None:
    with pytest.raises(ApprovalRequired) as refusal:
        access.require(Actor(pending), STAFF)
    assert refusal.value.message == "A manager must approve this support account first."


def test_get_for_action_returns_a_visible_object(customer: User, leak: ServiceRequest) -> None:
    assert access.get_for_action(Actor(customer), ServiceRequest, leak.pk, OWNER_OR_STAFF) == (
        leak,
        {Role.CUSTOMER, Role.OWNER},
    )


def test_get_for_action_checks_visibility_before_the_role(
    customer: User, neighbour: User, pending: User, leak: ServiceRequest
) -> None:
    for actor, kind in (
        (Actor(customer), NotAllowed),
        (Actor(neighbour), NotFound),
        (Actor(pending), ApprovalRequired),
        (STRANGER, NotAllowed),
    ):
        with pytest.raises(kind) as refusal:
            access.get_for_action(actor, ServiceRequest, leak.pk, STAFF)
        assert type(refusal.value) is kind
    assert {Role.CUSTOMER, Role.SUPPORT, Role.MACHINE, Role.SYSTEM} == CUSTOMERS_AND_STAFF


def test_it_finds_the_viewers_of_many_requests_with_one_query(
    customer: User,
    neighbour: User,
    leak: ServiceRequest,
    connection: ServiceRequest,
    django_assert_num_queries: Any,
) -> None:
    assign_perm("view_servicerequest", neighbour, leak)
    access.viewers({leak.pk})
    with django_assert_num_queries(1):
        assert access.viewers({leak.pk, connection.pk, 0}) == {
            leak.pk: {customer.pk, neighbour.pk},
            connection.pk: {customer.pk},
            0: set(),
        }
