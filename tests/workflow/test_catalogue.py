"""Publishing types, and approving what reporters are told."""

import pytest

from gasutil.access import SYSTEM, Actor
from gasutil.errors import Conflict, Invalid, NotAllowed
from gasutil.models import RequestType, User
from gasutil.models.catalogue import SAMPLE, version_of
from gasutil.workflow import catalogue


@pytest.fixture
def kind(catalogue: None) -> RequestType:
    return RequestType.objects.get(code="gas_leak_inspection")


def versions(kind: RequestType) -> list[int]:
    return list(RequestType.history.filter(code=kind.code).order_by("history_id").values_list("version", flat=True))


def test_publishing_what_is_as_it_was_makes_no_version(kind: RequestType) -> None:
    catalogue.publish(kind.pk, actor=SYSTEM)
    assert set(versions(kind)) == {1}


@pytest.mark.parametrize("what", ["question", "limit", "text"])
def test_a_change_of_what_is_asked_promised_or_told_makes_a_version(what: str, kind: RequestType, manager: User) -> None:
    if what == "question":
        kind.fields.filter(name="valve").update(is_required=True)
    elif what == "limit":
        kind.milestones.filter(name="on_site").update(minutes=45)
    else:
        RequestType.objects.filter(pk=kind.pk).update(safety_instructions="Go out.")
    assert catalogue.publish(kind.pk, actor=Actor(manager)).version == 2
    newest = RequestType.history.filter(code=kind.code).latest("history_id")
    assert (newest.version, newest.history_user, newest.history_change_reason) == (2, manager, "Version 2")


def test_a_version_stays_as_it_was(kind: RequestType, manager: User) -> None:
    before = kind.form, kind.limits, kind.safety_instructions
    kind.fields.all().delete()
    kind.milestones.filter(name="on_site").update(minutes=45)
    catalogue.publish(kind.pk, actor=Actor(manager))
    first, second = version_of(kind.code, 1), version_of(kind.code, 2)
    assert (first.form, first.limits, first.safety_instructions) == before
    assert second.form == []
    assert [limit["minutes"] for limit in second.limits] == [5, 45, 120, 720]


def test_a_form_that_can_not_work_is_not_published(kind: RequestType) -> None:
    kind.fields.filter(name="valve").update(choices="")
    with pytest.raises(Invalid):
        catalogue.publish(kind.pk, actor=SYSTEM)
    kind.refresh_from_db()
    assert kind.version == 1


@pytest.mark.parametrize(
    ("position", "name", "code"), [(0, "resolved", "not_last"), (9, "acknowledged", "not_first"), (9, "on_site", "unique")]
)
def test_limits_stand_in_an_order_that_makes_sense(position: int, name: str, code: str) -> None:
    names = ["on_site", "made_safe"]
    names.insert(position, name)
    assert [fault.code for fault in catalogue.limit_faults([{"name": one} for one in names])] == [code]


def test_approving_takes_the_mark_off_and_is_in_the_history(kind: RequestType, manager: User) -> None:
    assert kind.safety_instructions.startswith(SAMPLE)
    approved = catalogue.approve_safety(kind.pk, actor=Actor(manager))
    assert (approved.needs_approval, approved.safety_approved_by, approved.version) == (False, manager, 2)
    assert approved.safety_instructions.startswith("Call the gas emergency number 1906")
    assert RequestType.history.filter(code=kind.code).latest("history_id").history_user == manager
    with pytest.raises(Conflict):
        catalogue.approve_safety(kind.pk, actor=Actor(manager))


def test_words_that_are_changed_are_not_approved_any_more(kind: RequestType, manager: User) -> None:
    catalogue.approve_safety(kind.pk, actor=Actor(manager))
    RequestType.objects.filter(pk=kind.pk).update(safety_instructions="Other words")
    assert catalogue.publish(kind.pk, actor=Actor(manager)).needs_approval


def test_approving_is_for_managers(kind: RequestType, support: User, customer: User) -> None:
    for actor in (Actor(support), Actor(customer), SYSTEM):
        with pytest.raises(NotAllowed):
            catalogue.approve_safety(kind.pk, actor=actor)
