"""Which users each row of the log notifies, and which it does not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gasutil import access
from gasutil.access import Actor
from gasutil.models import Delivery, ServiceRequest, Status, User
from gasutil.models.permissions import ServiceRequestUserPermission
from gasutil.notify import deliveries
from gasutil.workflow import attachments, engine, requests
from tests.support.documents import PDF
from tests.support.notices import notified, rows


@pytest.fixture
def mine(connection: ServiceRequest, support: User) -> ServiceRequest:
    """The customer's application, assigned to the representative."""
    return requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)


def test_a_customer_is_notified_of_a_new_request(connection: ServiceRequest) -> None:
    assert notified(connection) == [("customer", "received", "waiting")]


@pytest.mark.parametrize(
    ("verb", "notice"),
    [
        ("hold", "on_hold"),
        ("resolve", "resolved"),
        ("cancel", "cancelled"),
        ("start", "assigned"),
        ("resume", "resumed"),
    ],
)
def test_a_customer_is_notified_of_the_status(
    verb: str, notice: str | None, connection: ServiceRequest, support: User
) -> None:
    if verb == "resume":
        requests.hold(connection.pk, actor=Actor(support))
    requests.MOVES[verb](connection.pk, actor=Actor(support))
    assert notified(connection) == ([("customer", notice, "waiting")] if notice else [])


def test_a_customer_is_notified_of_a_reopening(connection: ServiceRequest, support: User) -> None:
    requests.resolve(connection.pk, actor=Actor(support))
    requests.reopen(connection.pk, actor=Actor(support))
    assert notified(connection) == [("customer", "reopened", "waiting")]


def test_a_customer_is_notified_of_a_reply(connection: ServiceRequest, support: User) -> None:
    requests.comment(connection.pk, actor=Actor(support), notes="When are you at home?")
    assert notified(connection) == [("customer", "replied", "waiting")]
    requests.record_milestone(
        connection.pk,
        actor=Actor(support),
        milestone="site_visit",
        notes="We have been there.",
        is_internal=False,
    )
    assert notified(connection) == [("customer", "replied", "waiting")]
    requests.start(connection.pk, actor=Actor(support), notes="On our way.")
    assert notified(connection) == [("customer", "assigned", "waiting")]


def test_a_customer_is_not_notified_of_internal_rows(
    connection: ServiceRequest, support: User
) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority="high")
    assert notified(connection) == []
    requests.comment(
        connection.pk, actor=Actor(support), notes="He is difficult.", is_internal=True
    )
    assert notified(connection) == []
    requests.hold(connection.pk, actor=Actor(support), notes="Ask the depot.", is_internal=True)
    assert (
        notified(connection) == []
    )  # the note's own row; the hold itself has a notice, without the note
    change = rows(connection)[-2]
    deliveries.plan_notifications.func([change.pk])
    assert (Delivery.objects.get(update=change).notice, change.notes) == ("on_hold", "")


def test_no_one_is_notified_of_their_own_change(
    mine: ServiceRequest, customer: User, support: User
) -> None:
    assert notified(mine) == [
        ("customer", "assigned", "waiting")
    ]  # and not the representative who took it
    requests.comment(mine.pk, actor=Actor(support), notes="Hello")
    assert notified(mine) == [("customer", "replied", "waiting")]
    requests.comment(mine.pk, actor=Actor(customer), notes="Hello")
    assert notified(mine) == [("support", "customer_wrote", "waiting")]


def test_an_assignment_notifies_both(
    connection: ServiceRequest, support: User, colleague: User
) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=colleague.pk)
    assert notified(connection) == [
        ("customer", "assigned", "waiting"),
        ("colleague", "assigned_to_you", "waiting"),
    ]
    requests.assign(connection.pk, actor=Actor(support), assigned_to=None)
    assert notified(connection) == []


def test_a_change_of_several_things_is_one_mail_of_what_matters_most(
    connection: ServiceRequest, support: User, colleague: User
) -> None:
    requests.update(
        connection.pk,
        actor=Actor(support),
        status=Status.ON_HOLD,
        assigned_to=colleague.pk,
        notes="Your meter number?",
    )
    assert notified(connection) == [
        ("customer", "on_hold", "waiting"),
        ("colleague", "assigned_to_you", "waiting"),
    ]


def test_the_assignee_is_notified_of_the_customers_actions(
    mine: ServiceRequest, customer: User, support: User
) -> None:
    requests.resolve(mine.pk, actor=Actor(support))
    requests.reopen(mine.pk, actor=Actor(customer))
    assert notified(mine) == [("support", "customer_wrote", "waiting")]


def test_the_assignee_is_notified_of_the_customers_file(
    mine: ServiceRequest, customer: User
) -> None:
    pdf = SimpleUploadedFile("form.pdf", PDF, "application/pdf")
    attachments.attach(mine.pk, actor=Actor(customer), file=pdf)
    assert notified(mine) == [("support", "customer_wrote", "waiting")]


def test_an_alarm_notifies_supervisors_alone(
    leak: ServiceRequest, manager: User, support: User
) -> None:
    assert engine.escalate(leak.pk, leak.respond_by) == 1
    assert notified(leak) == [("manager", "escalated", "waiting")]


# --- Who does not want it, or may not have it
# -----------------------------------------------------------------------
def test_a_notice_that_is_turned_off_is_not_sent(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    User.objects.filter(pk=customer.pk).update(muted_notices=["on_hold"])
    requests.hold(connection.pk, actor=Actor(support))
    assert notified(connection) == [("customer", "on_hold", "muted")]
    requests.resolve(connection.pk, actor=Actor(support))
    assert notified(connection) == [("customer", "resolved", "waiting")]


def test_a_deactivated_user_is_not_notified(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    User.objects.filter(pk=customer.pk).update(is_active=False)
    requests.resolve(connection.pk, actor=Actor(support))
    assert notified(connection) == [("customer", "resolved", "inactive")]


def test_a_customer_who_may_no_longer_see_it_is_not_notified(
    connection: ServiceRequest, support: User
) -> None:
    ServiceRequestUserPermission.objects.filter(content_object=connection).delete()
    requests.resolve(connection.pk, actor=Actor(support))
    assert notified(connection) == [("customer", "resolved", "not_theirs")]


def test_a_representative_who_has_left_loses_the_request_and_supervisors_are_notified(
    connection: ServiceRequest, customer: User, support: User, manager: User
) -> None:
    requests.assign(connection.pk, actor=Actor(manager), assigned_to=support.pk)
    User.objects.filter(pk=support.pk).update(
        is_approved=False
    )  # by hand, so that it stays assigned
    requests.comment(connection.pk, actor=Actor(customer), notes="Hello?")
    assert notified(connection) == [("manager", "team_message", "waiting")]
    connection.refresh_from_db()
    assert connection.assigned_to is None


def test_a_message_of_a_user_with_whom_it_is_shared_is_a_customers(
    mine: ServiceRequest, neighbour: User, support: User
) -> None:
    access.make_owner(neighbour, mine)
    requests.comment(mine.pk, actor=Actor(neighbour), notes="It is my flat as well.")
    assert notified(mine) == [("support", "customer_wrote", "waiting")]
