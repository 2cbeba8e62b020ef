"""The personal data of closed requests are erased after the months of their type."""

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from gasutil import access, installation
from gasutil.access import SYSTEM, Actor
from gasutil.admin.requests.timeline import what_happened
from gasutil.datetimes import months_before
from gasutil.models import (
    Attachment,
    Channel,
    Delivery,
    ErasureReason,
    Event,
    Leaf,
    LogName,
    Notice,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    User,
)
from gasutil.proof import entries
from gasutil.proof.entries import PROVED_HISTORIES
from gasutil.workflow import (
    attachments,
    catalogue,
    privacy,
    reception,
    reports,
    requests,
    retention,
)
from gasutil.workflow.accounts import update_account
from tests.support.erasure import LATER, history_problems, traces_of_person
from tests.support.files import part
from tests.support.proof import publish

DAY = dt.timedelta(days=1)
CODE, LEAK = "new_connection", "gas_leak_inspection"


@pytest.fixture(autouse=True)
def complete() -> None:
    """It writes a row of each request, and not one for each file that it removes."""


@pytest.fixture
def closed(customer: User, support: User) -> ServiceRequest:
    """A request with files and notes, whose customer has a confirmed address."""
    User.objects.filter(pk=customer.pk).update(email_confirmed=True)
    obj = requests.submit(
        actor=Actor(User.objects.get(pk=customer.pk)),
        request_type=CODE,
        description="A perfume of gas",
        address="7 Vanilla Lane, Pune 411 004",
    )
    attachments.attach(obj.pk, actor=Actor(customer), file=part(name="kitchen9.jpg"))
    requests.comment(obj.pk, actor=Actor(support), notes="Zebedee", is_internal=True)
    requests.resolve(obj.pk, actor=Actor(support), notes="Told Quillfeather.")
    obj.refresh_from_db()
    return obj


def erase(obj: ServiceRequest, *, and_caller: bool = True) -> None:
    """Announce and erase a request whose time of a month is over."""
    publish()
    now = ServiceRequest.objects.get(pk=obj.pk).updated_at + 40 * DAY
    assert retention.apply(now) == 0
    if not and_caller:
        update_account(obj.customer_id, SYSTEM, "Corrected", address="")
    assert retention.apply(now + 3 * DAY) == 1


def received(support: User) -> ServiceRequest:
    """A leak that a caller without an account reports by phone."""
    return reception.receive(
        actor=Actor(support),
        request_type=LEAK,
        caller={"name": "Zebedee Quillfeather", "phone_number": "+919812345678"},
        address="7 Vanilla Lane, Pune 411 004",
    )


def reported() -> ServiceRequest:
    """A leak that a person without an account reports by themselves."""
    return reports.report_emergency(
        request_type=LEAK,
        address="7 Vanilla Lane, Pune 411 004",
        name="Zebedee Quillfeather",
        phone_number="+919812345678",
        email="zebedee@example.org",
    )


def keep_for(months: int | None) -> None:
    RequestType.objects.filter(code=CODE).update(retention_months=months)


def test_it_announces_and_erases(
    closed: ServiceRequest, django_capture_on_commit_callbacks: object
) -> None:
    installation.claim_store()
    files = [file.file.name for file in Attachment.objects.all()]
    publish()
    keep_for(12)
    rows = RequestUpdate.objects.filter(id=closed.pk).values_list("event", "status", "history_date")
    before, over = list(rows), closed.updated_at + dt.timedelta(days=366)

    assert retention.apply(over - 4 * DAY) == 0
    assert not Delivery.objects.filter(notice=Notice.RETENTION).exists()
    assert retention.apply(over - DAY) == 0
    assert Delivery.objects.get(notice=Notice.RETENTION).user == closed.customer
    assert retention.apply(over) == 0
    assert Delivery.objects.filter(notice=Notice.RETENTION).count() == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert retention.apply(over + DAY) == 1

    assert traces_of_person() == []
    assert [name for name in files if default_storage.exists(name)] == []
    trace, *older = list(rows.all())
    assert older == before
    assert trace == (Event.COMMENTED, "resolved", over + DAY)
    closed.refresh_from_db()
    assert (closed.address, closed.description, closed.status) == ("411 004", "", "resolved")
    assert closed.redacted_at == over + DAY
    assert User.objects.get(pk=closed.customer_id).first_name == "Customer"
    assert history_problems() == []
    assert retention.apply(over + 9 * DAY) == 0


def test_the_history_of_each_request_says_so(
    closed: ServiceRequest, customer: User, support: User
) -> None:
    keep_for(1)
    accounts, updated_at = customer.history.count(), closed.updated_at
    erase(closed)
    row = RequestUpdate.objects.filter(id=closed.pk).latest("history_id")
    assert (row.notes, row.is_internal, row.channel, row.history_user, row.changes) == (
        "Personal data removed by retention",
        True,
        Channel.SYSTEM,
        None,
        {},
    )
    assert (row.version, row.previous_status, row.status) == (5, "resolved", "resolved")
    closed.refresh_from_db()
    assert (closed.version, closed.updated_at) == (5, updated_at)
    assert customer.history.count() == accounts
    assert not access.log_of(Actor(customer), closed.pk).filter(pk=row.pk).exists()
    assert history_problems() == []

    privacy.request_erasure(customer, ErasureReason.OWN, actor=Actor(customer))
    publish()
    assert privacy.erase_due(timezone.now() + LATER) == 1
    row.refresh_from_db()
    assert row.notes == "Personal data removed by retention"
    erased = ServiceRequest.objects.get(pk=closed.pk)
    assert erased.redacted_at == closed.redacted_at
    assert history_problems() == []


def test_the_timeline_shows_it_in_words(closed: ServiceRequest) -> None:
    keep_for(1)
    erase(closed)
    row = RequestUpdate.objects.filter(id=closed.pk).latest("history_id")
    assert what_happened(row) == ("removed personal data by retention", "auto_delete")


def test_many_requests_cost_no_more_statements_each(
    customer: User, support: User, django_assert_max_num_queries: Any
) -> None:
    keep_for(1)
    for _ in range(12):
        obj = requests.submit(actor=Actor(customer), request_type=CODE, description="A wish")
        requests.cancel(obj.pk, actor=Actor(support), notes="Never mind")
    publish()
    now = ServiceRequest.objects.get(pk=obj.pk).updated_at + 40 * DAY
    retention.apply(now)
    with django_assert_max_num_queries(80):
        assert retention.apply(now + 3 * DAY) == 12


# --- Callers without an account
# --------------------------------------------------------------------------------------------------
def test_an_unclaimed_caller_is_erased_with_the_last_of_their_requests(support: User) -> None:
    first = received(support)
    caller = first.customer
    second = reception.receive(
        actor=Actor(support),
        request_type=CODE,
        customer=caller.pk,
        description="A perfume of gas",
        address="7 Vanilla Lane, Pune 411 004",
    )
    for obj in (first, second):
        requests.cancel(obj.pk, actor=Actor(support), notes="Done")
    RequestType.objects.filter(code=LEAK).update(retention_months=1)
    erase(first)
    caller.refresh_from_db()
    assert caller.first_name == "Zebedee"

    keep_for(1)
    erase(second)
    caller.refresh_from_db()
    assert (caller.first_name, caller.last_name, caller.phone_number) == ("", "", "")
    assert (caller.username, caller.is_active) == (f"erased-{caller.pk}", False)
    row = caller.history.latest()
    assert (row.history_change_reason, row.history_user) == (
        "Personal data removed by retention",
        None,
    )
    assert traces_of_person() == []
    assert history_problems() == []
    assert retention.apply(timezone.now() + 500 * DAY) == 0
    assert caller.history.latest() == row


def test_a_caller_who_claimed_the_request_is_erased_with_it(support: User, customer: User) -> None:
    obj = reported()
    caller = obj.customer
    reports.claim(actor=Actor(customer), tracking_token=obj.tracking_token)
    requests.cancel(obj.pk, actor=Actor(support), notes="Done")
    RequestType.objects.filter(code=LEAK).update(retention_months=1)
    erase(obj)
    caller.refresh_from_db()
    customer.refresh_from_db()
    assert (caller.first_name, customer.first_name) == ("", "Customer")
    assert caller.history.latest().history_change_reason == "Personal data removed by retention"
    assert history_problems() == []


def test_a_caller_stays_while_retention_keeps_their_request(support: User, customer: User) -> None:
    obj, other = reported(), received(support)
    reports.claim(actor=Actor(customer), tracking_token=obj.tracking_token)
    for pk in (obj.pk, other.pk):
        requests.cancel(pk, actor=Actor(support), notes="Done")
    publish()
    retention.apply(timezone.now() + 500 * DAY)
    names = User.objects.filter(is_unclaimed=True).values_list("first_name", flat=True)
    assert list(names) == ["Zebedee", "Zebedee"]


def test_a_caller_waits_for_the_tree(support: User) -> None:
    obj = received(support)
    requests.cancel(obj.pk, actor=Actor(support), notes="Done")
    RequestType.objects.filter(code=LEAK).update(retention_months=1)
    erase(obj, and_caller=False)
    obj.customer.refresh_from_db()
    assert obj.customer.first_name == "Zebedee"
    publish()
    retention.apply(timezone.now() + 44 * DAY)
    obj.customer.refresh_from_db()
    assert obj.customer.first_name == ""


def test_without_a_number_of_months_it_erases_nothing(closed: ServiceRequest) -> None:
    publish()
    assert retention.apply(closed.updated_at + 5000 * DAY) == 0
    assert retention.count_due(closed.updated_at + 5000 * DAY) == []


@pytest.mark.parametrize("what", ["message", "open request", "longer", "kept"])
def test_a_change_takes_the_plan_back(
    what: str, closed: ServiceRequest, customer: User, support: User
) -> None:
    now = timezone.now()
    ServiceRequest.objects.filter(pk=closed.pk).update(updated_at=now - 400 * DAY)
    keep_for(12)
    publish()
    retention.apply(now)
    closed.refresh_from_db()
    assert closed.redaction_at == now + retention.NOTICE_PERIOD
    if what == "message":
        requests.comment(closed.pk, actor=Actor(support), notes="One more thing")
    elif what == "open request":
        requests.submit(actor=Actor(customer), request_type=CODE, description="Another")
    else:
        keep_for(36 if what == "longer" else None)
    publish()
    assert retention.apply(now + 3 * DAY) == 0
    closed.refresh_from_db()
    assert (closed.redaction_at, closed.description) == (None, "A perfume of gas")


def test_it_waits_for_the_tree(closed: ServiceRequest) -> None:
    keep_for(1)
    assert retention.apply(closed.updated_at + 40 * DAY) == 0
    assert retention.apply(closed.updated_at + 43 * DAY) == 0
    publish()
    assert retention.apply(closed.updated_at + 43 * DAY) == 1


def test_the_command_counts_by_type_and_changes_nothing(closed: ServiceRequest) -> None:
    output = io.StringIO()
    call_command("apply_retention", "--dry-run", stdout=output)
    assert output.getvalue() == "No request type has a retention.\n"
    keep_for(1)
    ServiceRequest.objects.filter(pk=closed.pk).update(updated_at=timezone.now() - 40 * DAY)
    output = io.StringIO()
    call_command("apply_retention", "--dry-run", stdout=output)
    assert output.getvalue() == f"{CODE} (1 months): 1 due now, 1 in 48 hours\n"
    closed.refresh_from_db()
    assert closed.redaction_at is None
    output = io.StringIO()
    call_command("apply_retention", stdout=output)
    assert output.getvalue() == "Requests erased: 0.\n"


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2026-01-15", 12, "2025-01-15"),
        ("2026-01-01", 1, "2025-12-01"),
    ],
)
def test_months_end_on_the_last_day(day: str, months: int, before: str) -> None:
    at = dt.datetime.fromisoformat(f"{day}T10:00+00:00")
    assert months_before(at, months).isoformat() == f"{before}T10:00:00+00:00"


def test_entries_of_before_have_no_retention(manager: User) -> None:
    request_type = RequestType.objects.get(code=CODE)
    RequestType.objects.filter(pk=request_type.pk).update(retention_months=24)
    catalogue.publish(request_type.pk, actor=Actor(manager))
    publish()
    source = PROVED_HISTORIES[LogName.REQUEST_TYPE]
    row = RequestType.history.filter(code=CODE).latest("history_id")
    assert row.retention_months == 24
    leaf = Leaf.objects.get(log=LogName.REQUEST_TYPE, row=row.pk)
    assert json.loads(entries.entry(source, row, leaf, {}))["retention_months"] == 24
    leaf.version = 1
    assert "retention_months" not in json.loads(entries.entry(source, row, leaf, {}))
