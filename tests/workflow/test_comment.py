import datetime as dt

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import ApprovalRequired, Invalid, NotAllowed, NotFound
from gasutil.models import RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.requests import file_request


def test_it_works(customer: User, connection: ServiceRequest) -> None:
    row = requests.comment(connection.pk, actor=Actor(customer), notes="  Ring the neighbour.\r\n")
    assert (row.event, row.notes, row.is_internal) == (
        "request.commented",
        "Ring the neighbour.",
        False,
    )
    assert (row.status, row.previous_status, row.history_user) == ("pending", "pending", customer)
    assert row.pk == RequestUpdate.objects.filter(id=connection.pk).latest("history_id").pk


def test_a_message_of_the_owner_resumes_a_request_on_hold(customer: User) -> None:
    obj = file_request(customer, Status.ON_HOLD)
    row = requests.comment(obj.pk, actor=Actor(customer), notes="I am at home now.")
    assert (row.event, row.status, row.previous_status) == (
        "request.status_changed",
        "in_progress",
        "on_hold",
    )
    assert row.notes == "I am at home now."
    assert ServiceRequest.objects.get(pk=obj.pk).status == Status.IN_PROGRESS


def test_a_message_of_support_does_not_resume_it(customer: User, support: User) -> None:
    obj = file_request(customer, Status.ON_HOLD)
    row = requests.comment(obj.pk, actor=Actor(support), notes="We are waiting for the customer.")
    assert (row.event, row.status, row.previous_status) == (
        "request.commented",
        "on_hold",
        "on_hold",
    )
    assert ServiceRequest.objects.get(pk=obj.pk).status == Status.ON_HOLD


@pytest.mark.parametrize("status", [Status.PENDING, Status.IN_PROGRESS])
def test_it_changes_no_other_status(status: Status, customer: User) -> None:
    obj = file_request(customer, status)
    requests.comment(obj.pk, actor=Actor(customer), notes="Thank you.")
    assert ServiceRequest.objects.get(pk=obj.pk).status == status


def test_it_requires_the_owner_or_support(
    viewer: User, neighbour: User, pending: User, customer: User
) -> None:
    obj = file_request(customer, seen_by=viewer)
    for user, kind in ((viewer, NotAllowed), (neighbour, NotFound), (pending, ApprovalRequired)):
        with pytest.raises(kind):
            requests.comment(obj.pk, actor=Actor(user), notes="Me too.")
    assert not RequestUpdate.objects.filter(notes="Me too.").exists()


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        ("", "required"),
        (" \r\n ", "required"),
        ("a" * 4001, "max_length"),
        ("a\x00b", "null_characters_not_allowed"),
    ],
)
def test_it_requires_a_valid_text(
    notes: str, code: str, customer: User, connection: ServiceRequest
) -> None:
    with pytest.raises(Invalid) as refusal:
        requests.comment(connection.pk, actor=Actor(customer), notes=notes)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("notes", code)]


def test_a_reopening_uses_the_given_time(
    leak: ServiceRequest, customer: User, support: User
) -> None:
    """The demonstration records what happened weeks ago, when the fourteen days were not over."""
    then = timezone.now() - dt.timedelta(days=40)
    ServiceRequest.objects.filter(pk=leak.pk).update(created_at=then)
    requests.resolve(leak.pk, actor=Actor(support), notes="Fixed", now=then)
    obj = requests.reopen(
        leak.pk, actor=Actor(customer), notes="It smells again", now=then + dt.timedelta(days=2)
    )
    assert obj.status == "in_progress"
