import datetime as dt

import pytest

from gasutil.access import STRANGER, Actor
from gasutil.errors import ApprovalRequired, FieldError, Invalid, NotAllowed
from gasutil.models import Channel, RequestType, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_it_works(customer: User) -> None:
    obj = requests.submit(
        actor=Actor(customer),
        request_type="new_connection",
        description="A new connection",
        address="12, Green Valley",
    )
    stored = ServiceRequest.objects.get(pk=obj.pk)
    assert (stored.customer, stored.request_type_id, stored.description) == (
        customer,
        "new_connection",
        "A new connection",
    )
    assert (stored.address, stored.status, stored.priority, stored.version) == (
        "12, Green Valley",
        "pending",
        "normal",
        1,
    )


def test_it_opens_the_log(customer: User) -> None:
    obj = requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="new_connection",
        description="A new connection",
        now=NOON,
    )
    row = RequestUpdate.objects.get(id=obj.pk)
    assert (row.event, row.status, row.previous_status, row.notes, row.is_internal) == (
        "request.created",
        "pending",
        None,
        "",
        False,
    )
    assert (row.history_user, row.channel, row.history_date, row.history_type) == (
        customer,
        "api",
        NOON,
        "+",
    )


def test_the_customer_is_the_only_owner(customer: User) -> None:
    obj = requests.submit(
        actor=Actor(customer), request_type="new_connection", description="A new connection"
    )
    grants = obj.servicerequestuserpermission_set.values_list("user_id", "permission__codename")
    assert sorted(grants) == [
        (customer.pk, "change_servicerequest"),
        (customer.pk, "view_servicerequest"),
    ]


def test_it_takes_the_address_of_the_profile_where_none_is_given(customer: User) -> None:
    obj = requests.submit(
        actor=Actor(customer), request_type="new_connection", description="A new connection"
    )
    assert obj.address == "1 customer Street"


def test_it_asks_for_an_address_where_the_profile_has_none(customer: User) -> None:
    User.objects.filter(pk=customer.pk).update(address="")
    customer.refresh_from_db()
    with pytest.raises(Invalid) as refusal:
        requests.submit(
            actor=Actor(customer), request_type="new_connection", description="A new connection"
        )
    assert refusal.value.errors == [
        FieldError("address", "required", "Enter an address or coordinates.")
    ]


def test_it_takes_priority_and_safety_text_from_the_type(customer: User) -> None:
    request_type = RequestType.objects.get(code="gas_leak_inspection")
    obj = requests.submit(
        actor=Actor(customer), request_type=request_type.code, description="A smell of gas"
    )
    assert (obj.priority, obj.is_emergency, obj.safety_instructions) == (
        "emergency",
        True,
        request_type.safety_instructions,
    )


def test_it_keeps_the_safety_text_that_the_customer_was_shown(
    customer: User, leak: ServiceRequest
) -> None:
    shown = leak.safety_instructions
    RequestType.objects.filter(code="gas_leak_inspection").update(
        safety_instructions="Another text"
    )
    assert ServiceRequest.objects.get(pk=leak.pk).safety_instructions == shown != "Another text"


def test_it_takes_no_request_of_an_inactive_type(customer: User) -> None:
    RequestType.objects.filter(code="new_connection").update(is_active=False)
    with pytest.raises(Invalid) as refusal:
        requests.submit(
            actor=Actor(customer), request_type="new_connection", description="A new connection"
        )
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("request_type", "unknown_type")
    ]


def test_it_rejects_support_and_unknown_users(support: User, pending: User) -> None:
    for actor in (Actor(support), Actor(pending), STRANGER):
        with pytest.raises(NotAllowed) as refusal:
            requests.submit(
                actor=actor, request_type="new_connection", description="A new connection"
            )
        assert refusal.value.message == "Only a customer can do this."
        assert type(refusal.value) is not ApprovalRequired
    assert not ServiceRequest.objects.exists()


def test_it_gives_each_request_a_reference_that_can_be_read_out(
    leak: ServiceRequest, connection: ServiceRequest
) -> None:
    assert leak.reference != connection.reference
    assert all(
        set(obj.reference[3:]) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ-")
        and len(obj.reference) == 14
        for obj in (leak, connection)
    )


def test_it_rejects_texts_that_cannot_be_stored(customer: User) -> None:
    with pytest.raises(Invalid) as refusal:
        requests.submit(
            actor=Actor(customer), request_type="new_connection", description=" ", address="x" * 501
        )
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("description", "blank"),
        ("address", "max_length"),
    ]
    assert not ServiceRequest.objects.exists()
