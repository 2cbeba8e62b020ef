"""A customer's message reaches a person.

It resumes or reopens the request, marks it, and is stored on a closed emergency.
"""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import RequestClosed
from gasutil.models import Attachment, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import attachments, requests
from gasutil.workflow.transitions import REOPEN_WITHIN
from tests.support.documents import PDF
from tests.support.notices import notified
from tests.support.people import make_team

SMELL = "It smells of gas again"


def file() -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.pdf", PDF, "application/pdf")


def by_comment(obj: ServiceRequest, customer: User) -> None:
    requests.comment(obj.pk, actor=Actor(customer), notes=SMELL)


def by_file(obj: ServiceRequest, customer: User) -> None:
    attachments.attach(obj.pk, actor=Actor(customer), file=file())


def by_reopen(obj: ServiceRequest, customer: User) -> None:
    requests.reopen(obj.pk, actor=Actor(customer), notes=SMELL)


WAYS = [by_comment, by_file, by_reopen]
MESSAGES = [by_comment, by_file]


def now(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def age(obj: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=obj.pk).update(
        resolved_at=timezone.now() - REOPEN_WITHIN - dt.timedelta(seconds=1)
    )


def resolve(obj: ServiceRequest, support: User) -> ServiceRequest:
    return requests.resolve(
        obj.pk, actor=Actor(support), notes="Tightened the union; no gas measured."
    )


@pytest.mark.parametrize("way", WAYS)
def test_it_reopens_a_resolved_request(
    way: Any, leak: ServiceRequest, customer: User, support: User
) -> None:
    resolve(leak, support)
    way(leak, customer)
    assert (now(leak).status, now(leak).resolved_at) == (Status.IN_PROGRESS, None)


def test_a_file_resumes_a_request_on_hold(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    requests.hold(connection.pk, actor=Actor(support), notes="Please send a photo.")
    by_file(connection, customer)
    row = RequestUpdate.objects.filter(id=connection.pk).latest("history_id")
    assert (row.event, row.previous_status, row.status) == (
        "request.attachment_added",
        "on_hold",
        "in_progress",
    )


@pytest.mark.parametrize("way", MESSAGES)
@pytest.mark.parametrize("end", ["cancelled", "too late"])
def test_a_closed_request_asks_for_a_new_one(
    way: Any, end: str, connection: ServiceRequest, customer: User, support: User
) -> None:
    if end == "cancelled":
        requests.cancel(connection.pk, actor=Actor(customer))
    else:
        resolve(connection, support)
        age(connection)
    number = RequestUpdate.objects.count()
    with pytest.raises(RequestClosed, match="Please file a new request") as error:
        way(connection, customer)
    assert error.value.safety_instructions == ""
    assert (RequestUpdate.objects.count(), Attachment.objects.count()) == (number, 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("end", ["cancelled", "too late", "reclassified"])
def test_a_message_on_a_closed_emergency_is_stored_and_reaches_team_and_supervisors(
    way: Any,
    end: str,
    leak: ServiceRequest,
    customer: User,
    support: User,
    colleague: User,
    manager: User,
) -> None:
    make_team("Leaks", [colleague], ["gas_leak_inspection"])
    if end == "cancelled":
        requests.cancel(leak.pk, actor=Actor(customer), notes="It was the bin.")
    elif end == "reclassified":
        requests.reclassify(
            leak.pk,
            actor=Actor(support),
            request_type="appliance_conversion",
            notes="The oven, no leak.",
        )
        requests.cancel(leak.pk, actor=Actor(support), notes="Filed twice.")
    else:
        resolve(leak, support)
        age(leak)
    closed = now(leak)
    with pytest.raises(RequestClosed) as error:
        way(leak, customer)
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert error.value.safety_instructions == closed.safety_instructions
    assert (row.is_internal, row.status, now(leak).status) == (True, closed.status, closed.status)
    assert row.subject == "photo.pdf" if way is by_file else row.notes == SMELL
    assert Attachment.objects.count() == (way is by_file)
    assert now(leak).customer_wrote_at == row.history_date
    expected = {("manager", "emergency_message", "waiting")}
    if end != "reclassified":
        expected.add(("colleague", "emergency_message", "waiting"))
    assert set(notified(leak)) == expected


def test_support_writes_on_a_closed_request_as_before(
    leak: ServiceRequest, customer: User, support: User
) -> None:
    requests.cancel(leak.pk, actor=Actor(customer), notes="It was the bin.")
    row = requests.comment(leak.pk, actor=Actor(support), notes="Thank you for telling us.")
    assert (row.is_internal, row.status) == (False, Status.CANCELLED)


def test_no_limit_rejects_a_file_on_an_emergency(
    leak: ServiceRequest, customer: User, support: User, settings: Any
) -> None:
    settings.FILES_A_REQUEST, settings.FILES_QUOTA = 1, 10
    for user in (customer, customer, support):
        attachments.attach(leak.pk, actor=Actor(user), file=file())
    assert leak.attachments.count() == 3


# --- Who works on it
# --------------------------------------------------------------------------------------------------
def leave(user: User, how: str) -> None:
    User.objects.filter(pk=user.pk).update(**{how: False})


@pytest.mark.parametrize("how", ["is_active", "is_approved"])
@pytest.mark.parametrize("way", [*WAYS, "support"])
def test_reopened_work_goes_to_no_one_who_has_left(
    how: str, way: Any, leak: ServiceRequest, customer: User, support: User, colleague: User
) -> None:
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    resolve(leak, support)
    leave(support, how)
    if way == "support":
        requests.update(leak.pk, actor=Actor(colleague), status=Status.IN_PROGRESS)
    else:
        way(leak, customer)
    assert (now(leak).status, now(leak).assigned_to) == (Status.IN_PROGRESS, None)
    assert requests.take_next(actor=Actor(colleague)) == leak


@pytest.mark.parametrize("how", ["is_active", "is_approved"])
def test_no_change_leaves_open_work_with_someone_who_has_left(
    how: str, connection: ServiceRequest, support: User, colleague: User
) -> None:
    requests.hold(
        requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk).pk,
        actor=Actor(support),
    )
    leave(support, how)
    requests.reclassify(connection.pk, actor=Actor(colleague), request_type="reconnection")
    assert now(connection).assigned_to is None


def test_reopened_work_stays_with_someone_who_is_here(
    leak: ServiceRequest, customer: User, support: User
) -> None:
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    resolve(leak, support)
    by_comment(leak, customer)
    assert now(leak).assigned_to == support


# --- Whether the customer waits for a reply
# ---------------------------------------------------------------------------
def test_filing_is_no_reply(customer: User) -> None:
    obj = requests.submit(
        actor=Actor(customer),
        request_type="new_connection",
        description="A kitchen",
        attachments=[file()],
    )
    assert now(obj).customer_wrote_at is None


@pytest.mark.parametrize("way", WAYS)
def test_a_message_marks_the_request(
    way: Any, leak: ServiceRequest, customer: User, support: User
) -> None:
    resolve(leak, support)
    way(leak, customer)
    assert (
        now(leak).customer_wrote_at
        == RequestUpdate.objects.filter(id=leak.pk).latest("history_id").history_date
    )


@pytest.mark.parametrize(
    ("verb", "options", "is_cleared"),
    [
        (requests.comment, {"notes": "We come at nine."}, True),
        (requests.comment, {"notes": "Rang her.", "is_internal": True}, False),
        (requests.hold, {"notes": "Which meter?"}, True),
        (requests.hold, {"internal_notes": "Ask the depot."}, False),
        (requests.prioritise, {"priority": "high"}, False),
        (requests.resolve, {}, True),
        (requests.cancel, {}, True),
        (attachments.attach, {"file": file()}, True),
    ],
)
def test_a_reply_clears_the_mark(
    verb: Any,
    options: dict[str, Any],
    is_cleared: bool,
    connection: ServiceRequest,
    customer: User,
    support: User,
) -> None:
    by_comment(connection, customer)
    assert now(connection).customer_wrote_at is not None
    verb(connection.pk, actor=Actor(support), **options)
    assert (now(connection).customer_wrote_at is None) == is_cleared


def test_a_hold_has_a_question_and_an_internal_note(
    connection: ServiceRequest, support: User
) -> None:
    requests.hold(
        connection.pk, actor=Actor(support), notes="Which meter?", internal_notes="Ask the depot."
    )
    rows = RequestUpdate.objects.filter(id=connection.pk).order_by("history_id")[1:]
    assert [(row.event, row.notes, row.is_internal) for row in rows] == [
        ("request.status_changed", "Which meter?", False),
        ("request.commented", "Ask the depot.", True),
    ]
