"""Agents read out the spoken safety text of a type, once a manager has approved it."""

import pytest
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from gasutil.access import SYSTEM, Actor
from gasutil.models import RequestType, User
from gasutil.models.catalogue import SAMPLE_TEXT
from gasutil.workflow import catalogue, default_types
from gasutil.workflow.type_translations import store_translations
from tests.support.request_types import make_type

SPOKEN = "Go out of the building."
WRITTEN = "Leave the building."


@pytest.fixture
def survey(db: None, settings: Settings, manager: User) -> RequestType:
    """A type whose texts are approved, where approval is required."""
    settings.SAFETY_APPROVAL = True
    row = make_type(safety_instructions=WRITTEN, spoken_instructions=SPOKEN)
    return catalogue.approve_safety(row.pk, actor=Actor(manager))


def reword(request_type: RequestType, text: str) -> RequestType:
    RequestType.objects.filter(pk=request_type.pk).update(spoken_instructions=text)
    return catalogue.publish(request_type.pk, actor=SYSTEM)


@pytest.mark.parametrize("code", ["gas_leak_inspection", "third_party_damage"])
def test_deerror_emergency_types_have_one_in_english_and_hindi(code: str, db: None) -> None:
    row = RequestType.objects.get(code=code)
    assert row.spoken_instructions.startswith(SAMPLE_TEXT)
    with translation.override("hi"):
        assert row.stored_spoken_text.localised.isascii() is False


def test_it_is_read_out_when_approved(survey: RequestType) -> None:
    assert survey.spoken_text.text == SPOKEN


def test_a_changed_text_is_not_read_out_until_it_is_approved(
    survey: RequestType, manager: User
) -> None:
    changed = reword(survey, "Run.")
    assert (changed.spoken_text.text, changed.needs_approval) == (SPOKEN, True)
    assert changed.safety_text.text == WRITTEN
    approved = catalogue.approve_safety(survey.pk, actor=Actor(manager))
    assert approved.spoken_text.text == "Run."


def test_a_changed_text_is_no_new_version(survey: RequestType) -> None:
    assert reword(survey, "Run.").version == survey.version


def test_without_one_the_text_of_customers_is_read_out(survey: RequestType, manager: User) -> None:
    reword(survey, "")
    assert catalogue.approve_safety(survey.pk, actor=Actor(manager)).spoken_text.text == WRITTEN


def test_a_sample_is_not_read_out_until_it_is_approved(db: None, settings: Settings) -> None:
    settings.SAFETY_APPROVAL = True
    row = RequestType.objects.get(code="gas_leak_inspection")
    assert row.spoken_text == row.safety_text
    assert settings.EMERGENCY_NUMBER in row.spoken_text.text


def test_a_changed_translation_needs_approval(survey: RequestType, manager: User) -> None:
    texts = {"spoken_instructions": "बाहर जाएँ।"}
    changed = store_translations(survey.pk, "hi", texts, actor=Actor(manager))
    assert changed.spoken_text.in_language("hi") == SPOKEN
    approved = catalogue.approve_safety(survey.pk, actor=Actor(manager))
    assert approved.spoken_text.in_language("hi") == "बाहर जाएँ।"
    assert approved.spoken_text.in_language("en") == SPOKEN


def test_an_approval_takes_the_note_off_samples(manager: User, db: None) -> None:
    leak = RequestType.objects.get(code="gas_leak_inspection")
    row = catalogue.approve_safety(leak.pk, actor=Actor(manager))
    assert row.spoken_instructions.startswith("I will tell you")
    assert row.translations["hi"]["spoken_instructions"].startswith("अब मेरी बात सुनें")


def test_types_of_earlier_releases_receive_the_deerror(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_type(safety_instructions=WRITTEN)
    catalogue.approve_safety(old.pk, actor=Actor(manager))
    row = {"code": old.code, "spoken_instructions": f"{SAMPLE_TEXT}\n\n{SPOKEN}"}
    monkeypatch.setattr(default_types, "_shipped", lambda: {"request_types": [row]})
    default_types.add_spoken_texts()
    old.refresh_from_db()
    assert old.spoken_instructions == row["spoken_instructions"]
    assert (old.needs_approval, old.approved_safety["text"]) == (True, WRITTEN)
    assert old.history.latest().history_change_reason == "Spoken safety text added"


def test_a_removed_deerror_does_not_come_back(db: None) -> None:
    leak = RequestType.objects.get(code="gas_leak_inspection")
    reword(leak, "")
    default_types.add_spoken_texts()
    leak.refresh_from_db()
    assert leak.spoken_instructions == ""


def test_managers_edit_it_and_the_history_shows_it(
    survey: RequestType, manager: User, console
) -> None:
    client = console(manager)
    page = client.get(reverse("admin:gasutil_requesttype_change", args=[survey.pk]))
    assert 'name="spoken_instructions"' in page.content.decode()
    reword(survey, "Run.")
    dialog = client.get(
        reverse("admin:gasutil_requesttype_approve_safety", args=[survey.pk]),
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "Run." in dialog
    assert WRITTEN in dialog
    history = client.get(reverse("admin:gasutil_requesttype_history", args=[survey.pk]))
    assert "Spoken safety text" in history.content.decode()
