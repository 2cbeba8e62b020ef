"""Who is told what of which row of the log, and who is not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gasutil import access
from gasutil.access import Actor
from gasutil.models import Delivery, ServiceRequest, Status, User
from gasutil.models.permissions import ServiceRequestUserPermission
from gasutil.notify import deliveries
from gasutil.workflow import attachments, engine, requests
from tests.support.documents import PDF
from tests.support.notices import rows, told


@pytest.fixture
def mine(connection: ServiceRequest, support: User) -> ServiceRequest:
    """The customer's application, in the hands of the representative."""
    return requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)


def test_a_customer_is_told_that_a_request_has_been_received(connection: ServiceRequest) -> None:
    assert told(connection) == [("customer", "received", "waiting")]


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
def test_a_customer_is_told_where_it_goes(
    verb: str, notice: str | None, connection: ServiceRequest, support: User
) -> None:
    if verb == "resume":
        requests.hold(connection.pk, actor=Actor(support))
    requests.MOVES[verb](connection.pk, actor=Actor(support))
    assert told(connection) == ([("customer", notice, "waiting")] if notice else [])


def test_a_customer_is_told_that_it_is_open_again(
    connection: ServiceRequest, support: User
) -> None:
    requests.resolve(connection.pk, actor=Actor(support))
    requests.reopen(connection.pk, actor=Actor(support))
    assert told(connection) == [("customer", "reopened", "waiting")]


def test_a_customer_is_told_what_support_says(connection: ServiceRequest, support: User) -> None:
    requests.comment(connection.pk, actor=Actor(support), notes="When are you at home?")
    assert told(connection) == [("customer", "replied", "waiting")]
    requests.record_milestone(
        connection.pk, actor=Actor(support), milestone="site_visit", notes="We have been there."
    )
    assert told(connection) == [("customer", "replied", "waiting")]
    requests.start(connection.pk, actor=Actor(support), notes="On our way.")
    assert told(connection) == [("customer", "assigned", "waiting")]


def test_a_customer_is_told_nothing_of_what_is_silent_or_internal(
    connection: ServiceRequest, support: User
) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority="high")
    assert told(connection) == []
    requests.comment(
        connection.pk, actor=Actor(support), notes="He is difficult.", is_internal=True
    )
    assert told(connection) == []
    requests.hold(connection.pk, actor=Actor(support), notes="Ask the depot.", is_internal=True)
    assert told(connection) == []  # the note's own row; the hold itself is told, without it
    change = rows(connection)[-2]
    deliveries.plan_notifications.func([change.pk])
    assert (Delivery.objects.get(update=change).notice, change.notes) == ("on_hold", "")


def test_nobody_is_told_what_he_has_done_himself(
    mine: ServiceRequest, customer: User, support: User
) -> None:
    assert told(mine) == [
        ("customer", "assigned", "waiting")
    ]  # and not the representative who took it
    requests.comment(mine.pk, actor=Actor(support), notes="Hello")
    assert told(mine) == [("customer", "replied", "waiting")]
    requests.comment(mine.pk, actor=Actor(customer), notes="Hello")
    assert told(mine) == [("support", "customer_wrote", "waiting")]


def test_an_assignment_is_told_to_both(
    connection: ServiceRequest, support: User, colleague: User
) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=colleague.pk)
    assert told(connection) == [
        ("customer", "assigned", "waiting"),
        ("colleague", "assigned_to_you", "waiting"),
    ]
    requests.assign(connection.pk, actor=Actor(support), assigned_to=None)
    assert told(connection) == []


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
    assert told(connection) == [
        ("customer", "on_hold", "waiting"),
        ("colleague", "assigned_to_you", "waiting"),
    ]


def test_whoever_handles_it_is_told_what_the_customer_does(
    mine: ServiceRequest, customer: User, support: User
) -> None:
    requests.resolve(mine.pk, actor=Actor(support))
    requests.reopen(mine.pk, actor=Actor(customer))
    assert told(mine) == [("support", "customer_wrote", "waiting")]


def test_a_file_of_the_customers_is_told_to_whoever_handles_it(
    mine: ServiceRequest, customer: User
) -> None:
    pdf = SimpleUploadedFile("form.pdf", PDF, "application/pdf")
    attachments.attach(mine.pk, actor=Actor(customer), file=pdf)
    assert told(mine) == [("support", "customer_wrote", "waiting")]


def test_an_alarm_is_told_to_supervisors_alone(
    leak: ServiceRequest, manager: User, support: User
) -> None:
    assert engine.escalate(leak.pk, leak.respond_by) == 1
    assert told(leak) == [("manager", "escalated", "waiting")]


# --- Who does not want it, or may not have it
# -----------------------------------------------------------------------
def test_what_somebody_has_turned_off_is_not_sent(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    User.objects.filter(pk=customer.pk).update(muted_notices=["on_hold"])
    requests.hold(connection.pk, actor=Actor(support))
    assert told(connection) == [("customer", "on_hold", "muted")]
    requests.resolve(connection.pk, actor=Actor(support))
    assert told(connection) == [("customer", "resolved", "waiting")]


def test_whoever_is_deactivated_is_told_nothing(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    User.objects.filter(pk=customer.pk).update(is_active=False)
    requests.resolve(connection.pk, actor=Actor(support))
    assert told(connection) == [("customer", "resolved", "inactive")]


def test_a_customer_who_may_no_longer_see_it_is_told_nothing(
    connection: ServiceRequest, support: User
) -> None:
    ServiceRequestUserPermission.objects.filter(content_object=connection).delete()
    requests.resolve(connection.pk, actor=Actor(support))
    assert told(connection) == [("customer", "resolved", "not_theirs")]


def test_a_representative_who_has_left_loses_the_request_and_supervisors_are_notified(
    connection: ServiceRequest, customer: User, support: User, manager: User
) -> None:
    requests.assign(connection.pk, actor=Actor(manager), assigned_to=support.pk)
    User.objects.filter(pk=support.pk).update(
        is_approved=False
    )  # by hand, so that it stays assigned
    requests.comment(connection.pk, actor=Actor(customer), notes="Hello?")
    assert told(connection) == [("manager", "team_message", "waiting")]
    connection.refresh_from_db()
    assert connection.assigned_to is None


def test_the_word_of_a_neighbour_who_is_shown_it_is_a_customers(
    mine: ServiceRequest, neighbour: User, support: User
) -> None:
    access.make_owner(neighbour, mine)
    requests.comment(mine.pk, actor=Actor(neighbour), notes="It is my flat as well.")
    assert told(mine) == [("support", "customer_wrote", "waiting")]
