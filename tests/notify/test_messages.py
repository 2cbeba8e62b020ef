"""Who is notified: customers of emergencies and replies, and staff of customers' messages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import Delivery, Notice, RequestUpdate, ServiceRequest, User
from gasutil.models.vocabulary import MUTABLE
from gasutil.notify import deliveries, notices
from gasutil.workflow import attachments, bulk, requests
from tests.support.documents import PDF
from tests.support.notices import mail_of, notified, rows
from tests.support.people import make_support, make_team


def file(name: str = "plan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


# --- The customer
# --------------------------------------------------------------------------------------------------
def test_a_request_that_becomes_an_emergency_brings_the_safety_text_first(
    connection: ServiceRequest, support: User, mailoutbox: list[EmailMessage]
) -> None:
    requests.reclassify(
        connection.pk,
        actor=Actor(support),
        request_type="gas_leak_inspection",
        notes="You smell gas.",
    )
    assert notified(connection) == [("customer", "safety", "waiting")]
    connection.refresh_from_db()
    mail = mail_of(connection, mailoutbox)
    first = connection.safety_instructions.splitlines()[0]
    assert mail.body.index(first) < mail.body.index("as an emergency")
    assert first in mail.alternatives[0][0]
    assert "> You smell gas." in mail.body


def test_a_raised_priority_brings_the_safety_text(
    connection: ServiceRequest, support: User
) -> None:
    requests.update(connection.pk, actor=Actor(support), status="in_progress", priority="emergency")
    assert notified(connection) == [("customer", "safety", "waiting")]


@pytest.mark.parametrize("by", ["customer", "support"])
def test_a_reopened_emergency_brings_the_safety_text(
    by: str, leak: ServiceRequest, customer: User, support: User
) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes="Tightened the union.")
    requests.reopen(leak.pk, actor=Actor({"customer": customer, "support": support}[by]))
    assert ("customer", "safety", "waiting") in notified(leak)


def test_the_safety_text_cannot_be_turned_off() -> None:
    assert not {
        Notice.SAFETY,
        Notice.NO_ACCESS,
        Notice.MADE_SAFE,
        Notice.EMERGENCY_MESSAGE,
    }.intersection(MUTABLE)


@pytest.mark.parametrize("outcome", ["no_access", "made_safe"])
def test_the_outcome_of_a_visit_is_mailed(
    outcome: str, leak: ServiceRequest, support: User
) -> None:
    requests.record_milestone(leak.pk, actor=Actor(support), milestone=outcome)
    assert notified(leak) == [("customer", outcome, "waiting")]


def test_a_resumed_request_is_mailed_unless_the_customer_resumed_it(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    requests.hold(connection.pk, actor=Actor(support))
    requests.resume(connection.pk, actor=Actor(support))
    assert notified(connection) == [("customer", "resumed", "waiting")]
    requests.hold(connection.pk, actor=Actor(support))
    requests.comment(connection.pk, actor=Actor(customer), notes="Here it is.")
    assert "customer" not in {name for name, *_more in notified(connection)}


def test_files_of_support_are_one_mail(
    connection: ServiceRequest, support: User, mailoutbox: list[EmailMessage]
) -> None:
    requests.reply(connection.pk, actor=Actor(support), attachments=[file("a.pdf"), file("b.pdf")])
    assert notified(connection) == []  # the second file
    deliveries.plan_notifications.func([rows(connection)[-2].pk])
    delivery = Delivery.objects.get()
    deliveries.deliver.func(delivery.pk)
    assert (delivery.notice, "Files: a.pdf, b.pdf" in mailoutbox[0].body) == ("replied", True)
    requests.reply(connection.pk, actor=Actor(support), notes="Our plan", attachments=[file()])
    assert notified(connection) == []  # the text's mail names the file


def test_only_the_first_assignment_is_mailed_to_the_customer(
    connection: ServiceRequest, support: User, colleague: User
) -> None:
    for user_id, mailed in (
        (support.pk, True),
        (colleague.pk, False),
        (None, False),
        (support.pk, False),
    ):
        requests.assign(connection.pk, actor=Actor(support), assigned_to=user_id)
        assert (("customer", "assigned", "waiting") in notified(connection)) == mailed
    run = bulk.prepare(actor=Actor(support), verb="assign", pks=[connection.pk])
    bulk.confirm(run.pk, actor=Actor(support), assigned_to=colleague.pk)
    assert notified(connection) == [("colleague", "assigned_to_you", "waiting")]
    requests.assign(connection.pk, actor=Actor(support), assigned_to=None)
    requests.resolve(connection.pk, actor=Actor(support))
    requests.reopen(connection.pk, actor=Actor(support))
    requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)
    assert notified(connection) == [("customer", "assigned", "waiting")]


# --- Staff
# --------------------------------------------------------------------------------------------------
def test_the_team_is_notified_where_no_one_has_it(
    connection: ServiceRequest, customer: User, support: User, colleague: User, manager: User
) -> None:
    make_team("Connections", [support, colleague], ["new_connection"])
    requests.comment(connection.pk, actor=Actor(customer), notes="Hello?")
    assert notified(connection) == [
        ("support", "team_message", "waiting"),
        ("colleague", "team_message", "waiting"),
    ]


def test_supervisors_are_notified_where_there_is_no_team(
    connection: ServiceRequest, customer: User, manager: User
) -> None:
    make_team("Connections", [make_support("gone", is_active=False)], ["new_connection"])
    attachments.attach(connection.pk, actor=Actor(customer), file=file())
    assert notified(connection) == [("manager", "team_message", "waiting")]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [("email", "", "no_address"), ("muted_notices", ["customer_wrote"], "muted")],
)
def test_an_assignee_who_cannot_receive_it_is_not_the_only_one(
    field: str,
    value: object,
    why: str,
    connection: ServiceRequest,
    customer: User,
    support: User,
    manager: User,
) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)
    User.objects.filter(pk=support.pk).update(**{field: value})
    requests.comment(connection.pk, actor=Actor(customer), notes="Hello?")
    assert notified(connection) == [
        ("support", "customer_wrote", why),
        ("manager", "team_message", "waiting"),
    ]


def test_messages_about_emergencies_cannot_be_turned_off(
    leak: ServiceRequest, customer: User, support: User
) -> None:
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    User.objects.filter(pk=support.pk).update(muted_notices=[*MUTABLE])
    requests.comment(leak.pk, actor=Actor(customer), notes="??")
    assert notified(leak) == [("support", "emergency_message", "waiting")]


def test_the_files_of_a_filing_notify_no_one(customer: User, manager: User) -> None:
    obj = requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="Leak",
        attachments=[file(), file()],
    )
    assert notified(obj) == []


def test_a_flood_of_messages_notifies_at_most_once_a_minute(
    leak: ServiceRequest, customer: User, manager: User
) -> None:
    for number in range(notices.BURST_MESSAGES + 5):
        requests.comment(leak.pk, actor=Actor(customer), notes=f"Hello {number}")
        notified(leak)
        for delivery in Delivery.objects.filter(notice="emergency_message"):
            deliveries.deliver.func(delivery.pk)
    *sent, waiting = Delivery.objects.filter(notice="emergency_message").order_by("id")
    assert [item.state for item in sent] == ["sent"] * (
        notices.BURST_MESSAGES - 1
    )  # the filing is one of the burst
    assert waiting.next_at == sent[-1].created_at + notices.NOTIFY_PERIOD


def test_a_customer_beyond_their_limit_notifies_once_a_minute_on_all_their_emergencies(
    customer: User, manager: User, settings: Settings
) -> None:
    settings.COMMENT_LIMIT = 6  # rows, and a filing is one
    leaks = [
        requests.submit(actor=Actor(customer), request_type="gas_leak_inspection") for _ in range(4)
    ]
    for number in range(20):
        leak = leaks[number % 4]
        requests.comment(leak.pk, actor=Actor(customer), notes=f"Hello {number}")
        notified(leak)
        for delivery in Delivery.objects.filter(notice="emergency_message"):
            deliveries.deliver.func(delivery.pk)
    first, second, waiting = Delivery.objects.filter(notice="emergency_message").order_by("id")
    assert [first.state, second.state] == ["sent"] * 2
    assert waiting.next_at == second.created_at + notices.NOTIFY_PERIOD
    assert (
        sum(
            RequestUpdate.objects.filter(id=leak.pk, notes__startswith="Hello").count()
            for leak in leaks
        )
        == 20
    )


def test_the_customers_limit_holds_back_no_one_elses_messages(
    leak: ServiceRequest, customer: User, neighbour: User, manager: User, settings: Settings
) -> None:
    settings.COMMENT_LIMIT = 2
    other = requests.submit(actor=Actor(neighbour), request_type="gas_leak_inspection")
    for number in range(5):
        requests.comment(leak.pk, actor=Actor(customer), notes=f"Hello {number}")
        notified(leak)
    requests.comment(other.pk, actor=Actor(neighbour), notes="It hisses.")
    assert notified(other) == [("manager", "emergency_message", "waiting")]
    assert (
        Delivery.objects.get(service_request=other, notice="emergency_message").next_at
        <= timezone.now()
    )
