"""Customers see only safety texts that a manager has approved."""

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from gasutil.access import SYSTEM, Actor
from gasutil.errors import NotAllowed
from gasutil.models import RequestType, ServiceRequest, User
from gasutil.models.safety_texts import BUILT_IN_VERSION
from gasutil.workflow import catalogue
from gasutil.workflow.type_translations import store_translations
from tests.support.people import make_user
from tests.support.request_types import make_type

SAMPLE = "SAMPLE TEXT, to be approved by the operator.\n\n"
LEAK = "gas_leak_inspection"


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.SAFETY_APPROVAL = True
    settings.EMERGENCY_NUMBER = "0800 111 999"


@pytest.fixture
def survey(db: None) -> RequestType:
    return make_type(safety_instructions=f"{SAMPLE}Open the windows.")


def stored(request_type: RequestType) -> RequestType:
    return RequestType.objects.get(pk=request_type.pk)


def reword(request_type: RequestType, text: str, actor: Actor = SYSTEM) -> RequestType:
    RequestType.objects.filter(pk=request_type.pk).update(safety_instructions=text)
    return catalogue.publish(request_type.pk, actor=actor)


def in_catalogue(request_type: RequestType, client: Client, language: str = "en") -> str:
    path = f"/api/v1/request-types/{request_type.code}/"
    return client.get(path, headers={"Accept-Language": language}).json()["safety_instructions"]


# --- Which text customers see


def test_an_unapproved_emergency_type_shows_the_built_in_text(client: Client, db: None) -> None:
    text = in_catalogue(RequestType.objects.get(code=LEAK), client)
    assert text.startswith("Leave the building now.")
    assert "call 0800 111 999" in text


def test_the_built_in_text_is_translated(client: Client, db: None) -> None:
    text = in_catalogue(RequestType.objects.get(code=LEAK), client, "hi")
    assert "0800 111 999" in text
    assert "Leave" not in text


def test_another_unapproved_type_shows_no_text(survey: RequestType, client: Client) -> None:
    assert in_catalogue(survey, client) == ""


def test_an_approved_text_is_shown(survey: RequestType, manager: User, client: Client) -> None:
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    assert in_catalogue(survey, client) == "Open the windows."


@pytest.mark.parametrize("text", ["Close the windows.", ""])
def test_a_changed_or_removed_text_is_not_shown_until_it_is_approved(
    text: str, survey: RequestType, manager: User, client: Client
) -> None:
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    reword(survey, text)
    assert stored(survey) in catalogue.to_approve()
    assert in_catalogue(survey, client) == "Open the windows."
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    assert in_catalogue(survey, client) == text
    assert stored(survey) not in catalogue.to_approve()


def test_a_changed_translation_is_not_shown_until_it_is_approved(
    survey: RequestType, manager: User, client: Client
) -> None:
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    store_translations(
        survey.pk, "hi", {"safety_instructions": "खिड़कियाँ खोलें।"}, actor=Actor(manager)
    )
    assert in_catalogue(survey, client, "hi") == "Open the windows."
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    assert in_catalogue(survey, client, "hi") == "खिड़कियाँ खोलें।"


def test_other_changes_of_a_type_keep_its_approval(
    survey: RequestType, manager: User, client: Client
) -> None:
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    RequestType.objects.filter(pk=survey.pk).update(name="Survey")
    catalogue.publish(survey.pk, actor=Actor(manager))
    assert in_catalogue(survey, client) == "Open the windows."
    assert not stored(survey).needs_approval


def test_without_the_setting_the_stored_text_is_shown(
    survey: RequestType, client: Client, settings: Settings
) -> None:
    settings.SAFETY_APPROVAL = False
    assert in_catalogue(survey, client) == f"{SAMPLE}Open the windows."


# --- What a request stores


def report(client: Client, code: str = LEAK) -> ServiceRequest:
    body = {"request_type": code, "description": "Smell", "address": "1 Main"}
    response = client.post("/api/v1/emergencies/", body, content_type="application/json")
    assert response.status_code == 201, response.content
    return ServiceRequest.objects.get(reference=response.json()["reference"])


def test_a_report_stores_the_built_in_text_in_every_language(client: Client, db: None) -> None:
    obj = report(client)
    assert obj.safety_version == BUILT_IN_VERSION
    with translation.override("hi"):
        assert obj.localised_safety_instructions != obj.safety_instructions
        assert "0800 111 999" in obj.localised_safety_instructions


def test_a_report_stores_the_version_of_the_text_that_it_shows(
    client: Client, manager: User
) -> None:
    leak = RequestType.objects.get(code=LEAK)
    version = catalogue.approve_safety(leak.pk, actor=Actor(manager)).version
    reword(leak, "Wait.")
    obj = report(client)
    assert (obj.safety_version, "Wait." in obj.safety_instructions) == (version, False)


def test_the_public_page_shows_the_text_in_use(client: Client, db: None) -> None:
    page = client.get("/report/").content.decode()
    assert "Leave the building now." in page
    assert "SAMPLE" not in page


# --- Who approves


def test_two_people_write_and_approve(
    survey: RequestType, manager: User, settings: Settings
) -> None:
    settings.SAFETY_TWO_PEOPLE = True
    reword(survey, "Close the windows.", Actor(manager))
    with pytest.raises(NotAllowed):
        catalogue.approve_safety(survey.pk, actor=Actor(manager))
    other = make_user("other", user_type="support", is_approved=True, is_superuser=True)
    catalogue.approve_safety(survey.pk, actor=Actor(other))
    assert stored(survey).safety_approved_by == other


def test_the_author_of_a_translation_cannot_approve_it_alone(
    survey: RequestType, manager: User, settings: Settings
) -> None:
    settings.SAFETY_TWO_PEOPLE = True
    store_translations(
        survey.pk, "hi", {"safety_instructions": "खिड़कियाँ खोलें।"}, actor=Actor(manager)
    )
    with pytest.raises(NotAllowed):
        catalogue.approve_safety(survey.pk, actor=Actor(manager))


def test_those_who_changed_only_other_texts_may_approve(
    survey: RequestType, manager: User, settings: Settings
) -> None:
    settings.SAFETY_TWO_PEOPLE = True
    RequestType.objects.filter(pk=survey.pk).update(name="Survey")
    catalogue.publish(survey.pk, actor=Actor(manager))
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    assert not stored(survey).needs_approval


def test_the_history_names_who_approved_which_version(survey: RequestType, manager: User) -> None:
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    row = survey.history.latest()
    assert (row.history_user, row.version, row.approved_safety) == (
        manager,
        stored(survey).version,
        {"text": "Open the windows.", "translations": {}, "version": stored(survey).version},
    )


# --- The demonstration


def test_a_demonstration_shows_samples_that_still_need_approval(
    survey: RequestType, client: Client
) -> None:
    catalogue.show_samples()
    assert in_catalogue(survey, client) == f"{SAMPLE}Open the windows."
    assert stored(survey).needs_approval
