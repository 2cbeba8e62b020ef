"""Publishing a type that a manager has edited, and approving its safety texts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import SYSTEM, Actor
from gasutil.errors import Conflict, FieldError, Invalid, NotAllowed
from gasutil.models import AnswerKind, Calendar, Channel, RequestType, User
from gasutil.models.catalogue import version_of
from gasutil.workflow import catalogue as verbs
from gasutil.workflow import requests
from tests.support.request_types import make_type

TEXT = "SAMPLE TEXT, to be approved by the operator.\n\nOpen the windows."
FIELDS = [
    {"name": "room", "kind": AnswerKind.SHORT_TEXT},
    {"name": "sure", "kind": AnswerKind.YES_NO},
]
Edit = Callable[[RequestType], Any]


@pytest.fixture
def request_type(db: None) -> RequestType:
    """A type that asks two things, at its first version.

    It has two limits and a sample of a safety text.
    """
    return make_type(
        fields=FIELDS, limits={"acknowledged": 5, "resolved": 60}, safety_instructions=TEXT
    )


def set_(**values: Any) -> Edit:
    return lambda request_type: RequestType.objects.filter(pk=request_type.pk).update(**values)


def stored(request_type: RequestType) -> RequestType:
    return RequestType.objects.get(pk=request_type.pk)


# --- Publishing
# --------------------------------------------------------------------------------------------------
def test_it_publishes_the_rows(request_type: RequestType) -> None:
    result = stored(request_type)
    assert result.version == 1
    assert result.form == [
        {"name": "room", "label": "Room", "kind": "short_text"},
        {"name": "sure", "label": "Sure", "kind": "yes_no"},
    ]
    assert result.limits == [
        {"name": "acknowledged", "label": "Acknowledged", "minutes": 5, "in_business_hours": False},
        {"name": "resolved", "label": "Resolved", "minutes": 60, "in_business_hours": False},
    ]


@pytest.mark.parametrize(
    "edit",
    [
        lambda request_type: request_type.fields.filter(name="room").update(label="Which room?"),
        lambda request_type: request_type.fields.filter(name="room").update(is_required=True),
        lambda request_type: request_type.fields.filter(name="room").update(position=9),
        lambda request_type: request_type.fields.filter(name="room").delete(),
        lambda request_type: request_type.fields.create(name="more", label="More", position=7),
        lambda request_type: request_type.milestones.filter(name="resolved").update(minutes=61),
        lambda request_type: request_type.milestones.filter(name="resolved").update(
            in_business_hours=True
        ),
        lambda request_type: request_type.milestones.all().delete(),
        set_(safety_instructions="Run."),
        set_(safety_instructions=""),
    ],
)
def test_changed_questions_texts_or_limits_make_a_version(
    edit: Edit, request_type: RequestType, manager: User
) -> None:
    edit(request_type)
    verbs.publish(request_type.pk, actor=Actor(manager))
    assert stored(request_type).version == 2
    verbs.publish(request_type.pk, actor=Actor(manager))
    assert stored(request_type).version == 2


@pytest.mark.parametrize(
    "edit",
    [
        lambda request_type: None,
        set_(name="A visit"),
        set_(description="Somebody comes."),
        set_(is_active=False),
        set_(priority="high"),
        lambda request_type: request_type.milestones.update(source="The law"),
        lambda request_type: request_type.fields.filter(name="sure").update(position=5),
    ],
)
def test_it_makes_no_version_of_anything_else(
    edit: Edit, request_type: RequestType, manager: User
) -> None:
    edit(request_type)
    verbs.publish(request_type.pk, actor=Actor(manager))
    assert stored(request_type).version == 1


def test_its_history_has_user_and_time(request_type: RequestType, manager: User) -> None:
    request_type.fields.filter(name="room").update(label="Which room?")
    before = timezone.now()
    verbs.publish(request_type.pk, actor=Actor(manager, Channel.CONSOLE))
    new, old = request_type.history.all()
    assert (new.history_user, new.history_change_reason, new.version) == (manager, "Version 2", 2)
    assert before <= new.history_date <= timezone.now()
    assert (old.history_user, old.history_change_reason, old.version) == (None, "Version 1", 1)


def test_each_version_is_kept_as_it_was(request_type: RequestType) -> None:
    request_type.fields.filter(name="room").update(label="Which room?")
    RequestType.objects.filter(pk=request_type.pk).update(safety_instructions="Run.")
    verbs.publish(request_type.pk, actor=SYSTEM)
    first, second = (version_of("survey", version) for version in (1, 2))
    assert (first.form[0]["label"], first.safety_instructions) == ("Room", TEXT)
    assert (second.form[0]["label"], second.safety_instructions) == ("Which room?", "Run.")
    assert version_of("survey", 3) is None


def test_older_requests_keep_their_version(request_type: RequestType, customer: User) -> None:
    old = requests.submit(
        actor=Actor(customer),
        request_type="survey",
        description="Please come",
        details={"room": "Hall"},
    )
    request_type.fields.all().delete()
    verbs.publish(request_type.pk, actor=SYSTEM)
    new = requests.submit(actor=Actor(customer), request_type="survey", description="Please come")
    assert (old.schema_version, new.schema_version) == (1, 2)
    old.refresh_from_db()
    assert (old.details, old.safety_instructions) == ({"room": "Hall"}, TEXT)


@pytest.mark.parametrize(
    ("limits", "result"),
    [
        (["resolved", "acknowledged"], ["not_last", "not_first"]),
        (["resolved", "visit"], ["not_last"]),
        (["visit", "acknowledged"], ["not_first"]),
        (["visit", "no_access"], ["reserved"]),
        (["visit"], []),
        (["acknowledged", "visit", "resolved"], []),
        ([], []),
    ],
)
def test_limits_have_to_be_in_order(limits: list[str], result: list[str]) -> None:
    assert [
        error.code for error in verbs.limit_errors([{"name": name} for name in limits])
    ] == result


def test_two_limits_have_two_names() -> None:
    assert verbs.limit_errors([{"name": "visit"}] * 2) == [
        FieldError("name", "unique", "Two milestones have the same name.")
    ]


def test_it_rejects_a_type_that_cannot_work(request_type: RequestType, manager: User) -> None:
    request_type.fields.create(name="hue", label="Hue", kind=AnswerKind.ONE_OF, position=9)
    request_type.milestones.filter(name="resolved").update(position=0)
    request_type.milestones.filter(name="acknowledged").update(position=1)
    with pytest.raises(Invalid) as refusal:
        verbs.publish(request_type.pk, actor=Actor(manager))
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("choices", "required"),
        ("name", "not_last"),
        ("name", "not_first"),
    ]
    assert (
        stored(request_type).version,
        len(stored(request_type).form),
        request_type.history.count(),
    ) == (1, 2, 1)


# --- The safety text
# ----------------------------------------------------------------------------------------------
def test_a_manager_approves_the_text(request_type: RequestType, manager: User) -> None:
    before = timezone.now()
    verbs.approve_safety(request_type.pk, actor=Actor(manager))
    result = stored(request_type)
    assert (result.safety_instructions, result.safety_approved_by, result.needs_approval) == (
        "Open the windows.",
        manager,
        False,
    )
    assert result.safety_approved_at is not None
    assert before <= result.safety_approved_at <= timezone.now()
    row = request_type.history.latest()
    assert (row.history_user, row.history_change_reason, row.version) == (
        manager,
        "Safety text approved",
        2,
    )


def test_an_approval_of_the_very_text_is_no_version(
    request_type: RequestType, manager: User
) -> None:
    RequestType.objects.filter(pk=request_type.pk).update(safety_instructions="Run.")
    verbs.publish(request_type.pk, actor=SYSTEM)
    verbs.approve_safety(request_type.pk, actor=Actor(manager))
    assert (stored(request_type).version, stored(request_type).safety_instructions) == (2, "Run.")


def test_an_approval_ends_only_with_another_text(request_type: RequestType, manager: User) -> None:
    verbs.approve_safety(request_type.pk, actor=Actor(manager))
    request_type.fields.filter(name="room").delete()
    verbs.publish(request_type.pk, actor=Actor(manager))
    assert not stored(request_type).needs_approval


@pytest.mark.parametrize("text", ["Run.", "Open the windows", TEXT])
def test_another_text_loses_the_approval(
    text: str, request_type: RequestType, manager: User
) -> None:
    verbs.approve_safety(request_type.pk, actor=Actor(manager))
    RequestType.objects.filter(pk=request_type.pk).update(safety_instructions=text)
    verbs.publish(request_type.pk, actor=Actor(manager))
    result = stored(request_type)
    assert (result.needs_approval, result.safety_approved_by, result.version) == (True, None, 3)


@pytest.mark.parametrize("text", ["", "Approved already."])
def test_there_has_to_be_something_to_approve(
    text: str, request_type: RequestType, manager: User
) -> None:
    now = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    RequestType.objects.filter(pk=request_type.pk).update(
        safety_instructions=text, safety_approved_at=now
    )
    with pytest.raises(Conflict) as refusal:
        verbs.approve_safety(request_type.pk, actor=Actor(manager))
    assert refusal.value.message == "Survey has no safety text that needs approval."


def test_only_a_manager_approves(request_type: RequestType, support: User, customer: User) -> None:
    for actor in (Actor(support), Actor(customer), SYSTEM):
        with pytest.raises(NotAllowed):
            verbs.approve_safety(request_type.pk, actor=actor)
    assert stored(request_type).needs_approval


def test_reporters_keep_the_text_of_their_report(
    request_type: RequestType, customer: User, manager: User
) -> None:
    before = requests.submit(
        actor=Actor(customer), request_type="survey", description="Please come"
    )
    verbs.approve_safety(request_type.pk, actor=Actor(manager))
    after = requests.submit(actor=Actor(customer), request_type="survey", description="Please come")
    assert (before.safety_instructions, after.safety_instructions) == (TEXT, "Open the windows.")


def test_a_calendar_counts_what_is_in_business_hours_alone(db: None, customer: User) -> None:
    office = Calendar.objects.create(name="Office", monday="09:00-10:00")
    request_type = make_type(limits={"acknowledged": 60, "resolved": 60}, calendar=office)
    request_type.milestones.filter(name="acknowledged").update(in_business_hours=False)
    verbs.publish(request_type.pk, actor=SYSTEM)
    monday = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    obj = requests.submit(
        actor=Actor(customer), request_type="survey", description="Please come", now=monday
    )
    assert (obj.respond_by, obj.resolve_by) == (
        monday + dt.timedelta(hours=1),
        dt.datetime(2026, 3, 9, 10, tzinfo=dt.UTC),
    )
