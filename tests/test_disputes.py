"""While a dispute is open, no one is disconnected without a reason."""

from typing import Any

import pytest

from gasutil import disputes
from gasutil.access import Actor
from gasutil.errors import TransitionRefused
from gasutil.models import RequestType, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.problems import refused
from tests.support.request_types import make_type


def file(user: User, code: str) -> ServiceRequest:
    """File a request, with the first choice for the one thing that it requires."""
    form = RequestType.objects.get(code=code).form
    details = {
        question["name"]: question["choices"][0][0]
        for question in form
        if question.get("is_required")
    }
    return requests.submit(
        actor=Actor(user), request_type=code, description="Please see to it", details=details
    )


@pytest.fixture
def dispute(customer: User) -> ServiceRequest:
    return file(customer, "billing_dispute")


@pytest.fixture
def disconnection(customer: User) -> ServiceRequest:
    return file(customer, "disconnection")


def dispute_message(obj: ServiceRequest) -> str:
    return (
        f"The customer of {obj.reference} has an open dispute. Add a note that explains why to"
        " disconnect them."
    )


def test_a_customer_has_no_dispute_at_first(
    customer: User, connection: ServiceRequest, disconnection: ServiceRequest
) -> None:
    assert not disputes.do_not_disconnect(customer.pk)


@pytest.mark.parametrize("code", ["billing_dispute", "meter_reading_dispute"])
def test_it_knows_the_disputes_that_ship(code: str, customer: User, neighbour: User) -> None:
    obj = file(customer, code)
    assert list(disputes.open_disputes(customer.pk)) == [obj]
    assert (disputes.do_not_disconnect(customer.pk), disputes.do_not_disconnect(neighbour.pk)) == (
        True,
        False,
    )


def test_an_added_type_can_be_a_dispute(customer: User) -> None:
    make_type("quarrel", effect="dispute")
    file(customer, "quarrel")
    assert disputes.do_not_disconnect(customer.pk)


@pytest.mark.parametrize(
    ("verb", "is_open"), [("start", True), ("hold", True), ("resolve", False), ("cancel", False)]
)
def test_a_dispute_lasts_as_long_as_it_is_open(
    verb: str, is_open: bool, customer: User, support: User, dispute: ServiceRequest
) -> None:
    requests.MOVES[verb](dispute.pk, actor=Actor(support))
    assert disputes.do_not_disconnect(customer.pk) is is_open


def test_a_dispute_that_is_reopened_counts_again(
    customer: User, support: User, dispute: ServiceRequest
) -> None:
    requests.resolve(dispute.pk, actor=Actor(support))
    requests.reopen(dispute.pk, actor=Actor(customer))
    assert disputes.do_not_disconnect(customer.pk)


# --- The disconnection
# --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["start", "resolve"])
def test_work_on_a_disconnection_needs_a_note(
    verb: str, support: User, dispute: ServiceRequest, disconnection: ServiceRequest
) -> None:
    with pytest.raises(TransitionRefused) as refusal:
        requests.MOVES[verb](disconnection.pk, actor=Actor(support))
    assert (refusal.value.message, refusal.value.allowed_statuses) == (
        dispute_message(disconnection),
        ["on_hold", "cancelled"],
    )
    assert ServiceRequest.objects.get(pk=disconnection.pk).status == "pending"


@pytest.mark.parametrize("is_internal", [True, False])
@pytest.mark.parametrize("verb", ["start", "resolve"])
def test_a_note_lets_it_through(
    verb: str,
    is_internal: bool,
    support: User,
    dispute: ServiceRequest,
    disconnection: ServiceRequest,
) -> None:
    fields: requests.VerbOptions = {
        "notes": "The customer moves out and asked again.",
        "is_internal": is_internal,
    }
    obj = requests.MOVES[verb](disconnection.pk, actor=Actor(support), **fields)
    assert obj.status in ("in_progress", "resolved")


@pytest.mark.parametrize("verb", ["hold", "cancel"])
def test_other_work_needs_none(
    verb: str, support: User, dispute: ServiceRequest, disconnection: ServiceRequest
) -> None:
    assert requests.MOVES[verb](disconnection.pk, actor=Actor(support)).status in (
        "on_hold",
        "cancelled",
    )


def test_it_is_checked_when_a_disconnection_is_resumed(
    support: User, customer: User, disconnection: ServiceRequest
) -> None:
    requests.hold(disconnection.pk, actor=Actor(support))
    file(customer, "billing_dispute")
    with pytest.raises(TransitionRefused) as refusal:
        requests.resume(disconnection.pk, actor=Actor(support))
    assert refusal.value.allowed_statuses == ["cancelled"]


def test_a_message_of_the_customer_does_not_resume_it(
    support: User, customer: User, disconnection: ServiceRequest
) -> None:
    requests.hold(disconnection.pk, actor=Actor(support))
    dispute = file(customer, "billing_dispute")
    requests.comment(disconnection.pk, actor=Actor(customer), notes="What is going on?")
    assert ServiceRequest.objects.get(pk=disconnection.pk).status == "on_hold"
    requests.cancel(dispute.pk, actor=Actor(customer))
    requests.comment(disconnection.pk, actor=Actor(customer), notes="It is settled")
    assert ServiceRequest.objects.get(pk=disconnection.pk).status == "in_progress"


def test_a_dispute_of_another_customer_does_not_count(
    support: User, neighbour: User, dispute: ServiceRequest
) -> None:
    obj = file(neighbour, "disconnection")
    assert requests.start(obj.pk, actor=Actor(support)).status == "in_progress"


def test_other_work_for_the_customer_goes_on(
    support: User, dispute: ServiceRequest, connection: ServiceRequest
) -> None:
    assert requests.start(connection.pk, actor=Actor(support)).status == "in_progress"
    assert requests.start(dispute.pk, actor=Actor(support)).status == "in_progress"


def test_a_disconnection_goes_on_when_the_dispute_is_over(
    support: User, dispute: ServiceRequest, disconnection: ServiceRequest
) -> None:
    requests.resolve(dispute.pk, actor=Actor(support))
    assert requests.start(disconnection.pk, actor=Actor(support)).status == "in_progress"


# --- The API
# --------------------------------------------------------------------------------------------------
def test_every_request_of_the_customer_shows_it(
    api: Any,
    customer: User,
    neighbour: User,
    support: User,
    connection: ServiceRequest,
    dispute: ServiceRequest,
) -> None:
    others = file(neighbour, "new_connection")

    def shown(user: User, obj: ServiceRequest) -> bool:
        value = api(user).get(f"requests/{obj.pk}/").json()["do_not_disconnect"]
        assert isinstance(value, bool)
        return value

    assert [shown(user, obj) for user in (customer, support) for obj in (connection, dispute)] == [
        True
    ] * 4
    assert not shown(support, others)
    requests.cancel(dispute.pk, actor=Actor(support))
    assert not shown(support, connection)


def test_the_api_rejects_a_disconnection_without_a_note(
    api: Any, support: User, dispute: ServiceRequest, disconnection: ServiceRequest
) -> None:
    path = f"requests/{disconnection.pk}/"
    answer = api(support).patch(path, {"status": "in_progress"})
    assert (answer.status_code, answer.json()) == (
        409,
        refused(dispute_message(disconnection), ["on_hold", "cancelled"]),
    )
    assert (
        api(support)
        .patch(path, {"status": "in_progress", "notes": "Agreed by telephone."})
        .status_code
        == 200
    )
