"""Managers review closed emergencies and missed deadlines, and not their own work."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from gasutil.access import SYSTEM, Actor
from gasutil.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    PermissionRequired,
    StaleVersion,
    TransitionRefused,
)
from gasutil.models import (
    BulkVerb,
    Calendar,
    Delivery,
    Event,
    MachineScope,
    Notice,
    Priority,
    RequestUpdate,
    Review,
    ReviewOutcome,
    ReviewReason,
    ServiceRequest,
    Status,
    User,
)
from gasutil.notify import deliveries
from gasutil.workflow import bulk, engine, imports, requests, review_queue, reviews
from tests.support.documents import PDF
from tests.support.machines import make_machine
from tests.support.people import make_support
from tests.support.tables import table_of

SATURDAY = dt.datetime(2026, 11, 28, 6, tzinfo=dt.UTC)
COMMENT = "The gauge test is missing."


def close(obj: ServiceRequest, user: User, **options: Any) -> Review | None:
    requests.resolve(obj.pk, actor=Actor(user), notes="Joint replaced", **options)
    return Review.objects.waiting().filter(service_request=obj).first()


def sign_off(obj: ServiceRequest, user: User, **options: Any) -> ServiceRequest:
    return reviews.review(obj.pk, actor=Actor(user), **options)


def send_back(obj: ServiceRequest, user: User, **options: Any) -> ServiceRequest:
    return reviews.return_for_work(obj.pk, actor=Actor(user), **{"notes": COMMENT, **options})


def rows(obj: ServiceRequest) -> list[tuple[Any, ...]]:
    read = RequestUpdate.objects.filter(id=obj.pk).order_by("history_id")
    return list(
        read.values_list(
            "event", "previous_status", "status", "notes", "is_internal", "history_user__username"
        )
    )


def last_review(obj: ServiceRequest) -> Review:
    return Review.objects.filter(service_request=obj).latest("round")


def make_late(obj: ServiceRequest) -> None:
    """Miss every deadline of a request."""
    later = timezone.now() + dt.timedelta(days=400)
    assert engine.escalate(obj.pk, now=later)


def test_it_works(leak: ServiceRequest, support: User, manager: User) -> None:
    review = close(leak, support)
    assert review is not None
    assert (review.round, review.reason) == (1, ReviewReason.EMERGENCY)

    sign_off(leak, manager, notes="Seen, all in order.")
    review.refresh_from_db()
    assert (review.outcome, review.reviewer, review.is_own_work) == (
        ReviewOutcome.REVIEWED,
        manager,
        False,
    )
    resolved = Status.RESOLVED
    assert rows(leak)[-1] == (
        "request.reviewed",
        *(resolved, resolved),
        "Seen, all in order.",
        *(True, "manager"),
    )
    with pytest.raises(Conflict, match="does not wait for a review"):
        sign_off(leak, manager)


def test_a_comment_is_optional(leak: ServiceRequest, support: User, manager: User) -> None:
    close(leak, support)
    sign_off(leak, manager)
    assert rows(leak)[-1][0] == Event.REVIEWED


def test_it_is_returned_for_work(leak: ServiceRequest, support: User, manager: User) -> None:
    requests.take(leak.pk, actor=Actor(support))
    close(leak, support)
    with pytest.raises(Invalid):
        send_back(leak, manager, notes=" ")
    send_back(leak, manager)
    leak.refresh_from_db()
    assert (leak.status, leak.assigned_to) == (Status.IN_PROGRESS, support)
    assert rows(leak)[-2:] == [
        ("request.status_changed", "resolved", "in_progress", "", False, "manager"),
        ("request.returned", "in_progress", "in_progress", COMMENT, True, "manager"),
    ]
    assert last_review(leak).outcome == ReviewOutcome.RETURNED

    review = close(leak, support)
    assert review is not None
    assert review.round == 2
    sign_off(leak, manager)  # who returned it did no work on it
    assert last_review(leak).outcome == ReviewOutcome.REVIEWED


def test_the_customer_learns_of_the_reopening_alone(
    leak: ServiceRequest, support: User, manager: User, customer: User, api: Any
) -> None:
    requests.take(leak.pk, actor=Actor(support))
    close(leak, support)
    send_back(leak, manager)
    found = api(customer).get(f"request-updates/?service_request={leak.pk}").json()["results"]
    assert found[0]["event"] == "request.status_changed"
    assert (found[0]["status"], found[0]["notes"]) == ("in_progress", "")
    assert not [update for update in found if update["event"] in (Event.REVIEWED, Event.RETURNED)]
    seen = api(support).get(f"request-updates/?service_request={leak.pk}").json()["results"]
    assert (seen[0]["event"], seen[0]["notes"]) == ("request.returned", COMMENT)

    for pk in RequestUpdate.objects.filter(id=leak.pk).values_list("pk", flat=True):
        deliveries.plan_notifications.func([pk])
    returned = RequestUpdate.objects.get(id=leak.pk, event=Event.RETURNED)
    assert list(returned.deliveries.values_list("user", "notice")) == [
        (support.pk, Notice.RETURNED)
    ]


def test_the_assignee_is_sent_the_comment(
    leak: ServiceRequest, support: User, manager: User, mailoutbox: Any
) -> None:
    requests.take(leak.pk, actor=Actor(support))
    close(leak, support)
    send_back(leak, manager)
    returned = RequestUpdate.objects.get(id=leak.pk, event=Event.RETURNED)
    deliveries.plan_notifications.func([returned.pk])
    deliveries.deliver.func(Delivery.objects.get(update=returned).pk)
    (mail,) = mailoutbox
    assert mail.to == [support.email]
    assert mail.subject == f"{leak.reference} was returned to you for work"
    assert COMMENT in mail.body


@pytest.mark.parametrize(
    ("closed_at", "due"),
    [
        ("2026-11-27T09:00", "2026-11-28T04:30"),  # on a Friday in India: Saturday, 10:00
        ("2026-11-28T06:00", "2026-11-30T04:30"),  # not on Sunday
        ("2026-11-30T02:00", "2026-12-01T04:30"),
        ("2026-11-30T19:00", "2026-12-02T04:30"),  # it is Tuesday there
    ],
)
def test_it_is_due_on_the_next_business_day(closed_at: str, due: str, db: None) -> None:
    now, expected = (dt.datetime.fromisoformat(f"{each}Z") for each in (closed_at, due))
    assert review_queue.review_due_at(now) == expected


def test_calendar_and_time_of_day_are_the_operators(settings: Settings, db: None) -> None:
    settings.REVIEW_TIME = "08:30"
    calendar = Calendar.objects.earliest("pk")
    calendar.time_zone, calendar.country = "Europe/Berlin", ""
    calendar.saturday, calendar.extra_holidays = "", "2026-11-30 Stocktaking"
    calendar.save()
    assert review_queue.review_due_at(SATURDAY) == dt.datetime(2026, 12, 1, 7, 30, tzinfo=dt.UTC)


def test_an_ordinary_request_is_not_reviewed(connection: ServiceRequest, support: User) -> None:
    assert close(connection, support) is None


def test_a_missed_deadline_is_reviewed(connection: ServiceRequest, support: User) -> None:
    make_late(connection)
    later = timezone.now() + dt.timedelta(days=401)
    review = close(connection, support, now=later)
    assert review is not None
    assert review.reason == ReviewReason.BREACH


def test_a_cancelled_emergency_is_reviewed_and_can_not_be_returned(
    leak: ServiceRequest, customer: User, manager: User
) -> None:
    requests.cancel(leak.pk, actor=Actor(customer), notes="It was the neighbour's dinner")
    with pytest.raises(TransitionRefused):
        send_back(leak, manager)
    sign_off(leak, manager)
    leak.refresh_from_db()
    assert leak.status == Status.CANCELLED
    assert last_review(leak).outcome == ReviewOutcome.REVIEWED


def test_lowering_an_emergency_avoids_no_review(
    connection: ServiceRequest, support: User, manager: User
) -> None:
    for priority in (Priority.EMERGENCY, Priority.LOW):
        requests.prioritise(
            connection.pk, actor=Actor(support), priority=priority, notes="A mistake"
        )
    review = close(connection, support)
    assert review is not None
    assert review.reason == ReviewReason.FORMER_EMERGENCY


def test_reopening_ends_a_review(
    leak: ServiceRequest, support: User, customer: User, manager: User
) -> None:
    close(leak, support)
    requests.comment(leak.pk, actor=Actor(customer), notes="It smells again")
    assert last_review(leak).outcome == ReviewOutcome.REOPENED
    with pytest.raises(Conflict):
        sign_off(leak, manager)
    close(leak, support)
    sign_off(leak, manager)
    requests.reopen(leak.pk, actor=Actor(customer), notes="Again")  # after the review
    close(leak, support)
    assert list(Review.objects.order_by("round").values_list("round", "outcome")) == [
        (1, ReviewOutcome.REOPENED),
        (2, ReviewOutcome.REVIEWED),
        (3, ReviewOutcome.OPEN),
    ]


def test_a_review_that_the_previous_release_left_open_stops_no_one(
    leak: ServiceRequest, support: User
) -> None:
    Review.objects.create(
        service_request=leak, round=1, reason=ReviewReason.EMERGENCY, due_at=SATURDAY
    )
    review = close(leak, support)
    assert review is not None
    assert review.round == 2


WORK: Mapping[str, Callable[[int, User], Any]] = {
    "take": lambda pk, user: requests.take(pk, actor=Actor(user)),
    "assign": lambda pk, user: requests.assign(pk, actor=Actor(user), assigned_to=user.pk),
    "record": lambda pk, user: requests.record_milestone(
        pk, actor=Actor(user), milestone="on_site"
    ),
    "reply": lambda pk, user: requests.comment(pk, actor=Actor(user), notes="We are coming"),
    "attach": lambda pk, user: requests.reply(
        pk, actor=Actor(user), attachments=[SimpleUploadedFile("note.pdf", PDF, "application/pdf")]
    ),
    "lower": lambda pk, user: requests.reclassify(
        pk, actor=Actor(user), request_type="no_supply", notes="No smell, and no gas at all"
    ),
}


@pytest.mark.parametrize("how", WORK)
def test_no_one_reviews_their_own_work(
    how: str, leak: ServiceRequest, support: User, manager: User
) -> None:
    make_manager("second")
    WORK[how](leak.pk, manager)
    close(leak, support)
    with pytest.raises(Conflict, match="You worked on"):
        sign_off(leak, manager)
    with pytest.raises(Conflict, match="You worked on"):
        send_back(leak, manager)


def make_manager(name: str) -> User:
    user = make_support(name)
    user.user_permissions.add(Permission.objects.get(codename="review_servicerequest"))
    return user


def test_who_resolved_it_does_not_review_it(
    leak: ServiceRequest, manager: User, support: User
) -> None:
    second = make_manager("second")
    close(leak, manager)
    with pytest.raises(Conflict, match="You worked on"):
        sign_off(leak, manager)
    sign_off(leak, second)
    assert not last_review(leak).is_own_work


def test_looking_on_is_no_work(leak: ServiceRequest, support: User, manager: User) -> None:
    make_manager("second")
    requests.assign(leak.pk, actor=Actor(manager), assigned_to=support.pk)
    requests.comment(leak.pk, actor=Actor(manager), notes="Take van 7", is_internal=True)
    close(leak, support)
    requests.comment(leak.pk, actor=Actor(manager), notes="We apologise for the wait")
    sign_off(leak, manager)
    assert not last_review(leak).is_own_work


@pytest.mark.parametrize("verb", [sign_off, send_back])
def test_the_only_manager_may_review_their_own_work(
    verb: Any, leak: ServiceRequest, manager: User
) -> None:
    second = make_manager("second")
    second.is_active = False
    second.save()
    close(leak, manager)
    verb(leak, manager, notes="Alone here")
    assert last_review(leak).is_own_work
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert row.subject == "own_work"
    assert row.notes == f"{reviews.OWN_WORK_NOTE}\n\nAlone here"


def test_two_managers_who_both_worked_on_it_may(leak: ServiceRequest, manager: User) -> None:
    second = make_manager("second")
    requests.take(leak.pk, actor=Actor(second))
    close(leak, manager)
    sign_off(leak, second)
    assert last_review(leak).is_own_work


def test_an_administrator_is_someone_else(leak: ServiceRequest, manager: User, root: User) -> None:
    close(leak, manager)
    with pytest.raises(Conflict, match="You worked on"):
        sign_off(leak, manager)
    sign_off(leak, root)
    assert last_review(leak).reviewer == root


def test_it_requires_the_permission(
    leak: ServiceRequest, support: User, colleague: User, customer: User
) -> None:
    close(leak, support)
    machine = make_machine(MachineScope.REQUESTS_WORK).account
    for actor, error in (
        (Actor(colleague), PermissionRequired),
        (Actor(customer), NotAllowed),
        (Actor(None, machine=machine), NotAllowed),
        (SYSTEM, NotAllowed),
    ):
        for verb in (reviews.review, reviews.return_for_work):
            with pytest.raises(error):
                verb(leak.pk, actor=actor, notes=COMMENT)
    assert last_review(leak).outcome == ReviewOutcome.OPEN


def test_a_deactivated_manager_does_not_review(
    leak: ServiceRequest, support: User, manager: User
) -> None:
    close(leak, support)
    manager.is_active = False
    with pytest.raises(NotAllowed):
        sign_off(leak, manager)


def test_a_manager_who_can_only_review_may(leak: ServiceRequest, support: User) -> None:
    auditor = make_manager("auditor")
    auditor.groups.clear()
    close(leak, support)
    send_back(leak, auditor)
    assert last_review(leak).outcome == ReviewOutcome.RETURNED


def test_it_depends_on_what_the_manager_has_seen(
    leak: ServiceRequest, support: User, manager: User
) -> None:
    close(leak, support)
    leak.refresh_from_db()
    requests.comment(leak.pk, actor=Actor(support), notes="Found a second leak", is_internal=True)
    sign_off(leak, manager, seen=leak.version + 1)
    with pytest.raises(StaleVersion):
        sign_off(leak, manager, seen=leak.version)


def test_a_machine_account_that_resolves_opens_a_review(
    leak: ServiceRequest, support: User, manager: User
) -> None:
    machine = make_machine(MachineScope.REQUESTS_WORK).account
    requests.record_milestone(leak.pk, actor=Actor(support), milestone="made_safe")
    requests.resolve(leak.pk, actor=Actor(None, machine=machine), notes="From dispatch")
    assert last_review(leak).outcome == ReviewOutcome.OPEN
    sign_off(leak, manager)


def test_bulk_runs_open_reviews(leak: ServiceRequest, support: User) -> None:
    requests.record_milestone(leak.pk, actor=Actor(support), milestone="made_safe")
    run = bulk.prepare(actor=Actor(support), verb=BulkVerb.RESOLVE, pks=[leak.pk])
    bulk.confirm(run.pk, actor=Actor(support))
    bulk.continue_run.func(run.pk)
    assert last_review(leak).reason == ReviewReason.EMERGENCY


def test_imports_open_no_review(customer: User, root: User) -> None:
    row = {
        "customer": "customer",
        "request_type": "gas_leak_inspection",
        "description": "Old case",
    }
    draft = imports.create_draft(actor=Actor(root), filename="old.csv", table=table_of(row))
    imports.confirm(draft.pk, actor=Actor(root))
    assert not Review.objects.exists()


# --- The summary of overdue reviews
# --------------------------------------------------------------------------------------------------


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}Z")


def test_managers_get_one_mail_a_day(
    leak: ServiceRequest, support: User, manager: User, root: User
) -> None:
    close(leak, support)
    Review.objects.update(due_at=at("2026-11-30T04:30"))
    assert reviews.mail_overdue(at("2026-11-30T04:30")) == 0  # due, not yet overdue
    assert reviews.mail_overdue(at("2026-12-01T04:29")) == 0
    Delivery.objects.update(created_at=at("2026-11-01T00:00"))
    assert reviews.mail_overdue(at("2026-12-01T04:31")) == 1
    sent = Delivery.objects.get(notice=Notice.REVIEWS_OVERDUE)
    assert sent.user == manager
    Delivery.objects.update(created_at=at("2026-12-01T04:31"))
    assert reviews.mail_overdue(at("2026-12-01T09:00")) == 0
    assert reviews.mail_overdue(at("2026-12-02T04:31")) == 1


def test_the_mail_lists_the_overdue_reviews(
    leak: ServiceRequest, support: User, manager: User, mailoutbox: Any
) -> None:
    close(leak, support)
    Review.objects.update(due_at=at("2026-11-02T04:30"))
    delivery = deliveries.send_to(manager.pk, Notice.REVIEWS_OVERDUE)
    deliveries.deliver.func(delivery.pk)
    (mail,) = mailoutbox
    assert mail.subject == "1 review is overdue"
    name = leak.request_type.name
    assert f"{leak.reference}: {name} (Emergency), due 2 Nov 2026, 10:00" in mail.body
    assert "/admin/gasutil/review/?state=overdue" in mail.body


def test_it_is_no_alarm(leak: ServiceRequest, support: User, manager: User) -> None:
    close(leak, support)
    Review.objects.update(due_at=at("2026-11-02T04:30"))
    delivery = deliveries.send_to(manager.pk, Notice.REVIEWS_OVERDUE)
    task = DBTaskResult.objects.get(pk=delivery.task_id)
    assert (task.queue_name, task.priority) == ("default", 0)


def test_the_mail_is_not_sent_when_none_is_overdue_any_more(
    leak: ServiceRequest, manager: User, mailoutbox: Any
) -> None:
    delivery = deliveries.send_to(manager.pk, Notice.REVIEWS_OVERDUE)
    assert deliveries.deliver.func(delivery.pk) == "skipped"
    assert not mailoutbox
