"""The page of a type's translations, its history in words, and what follows a renamed question."""

import html
import json
import re
from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import RequestType, User
from gasutil.models.type_texts import text_digest
from gasutil.workflow import catalogue
from gasutil.workflow.type_translations import outdated, store_translations
from tests.support.request_types import make_type
from tests.support.type_editor import edited, page

ROOM = "fields.room.label"
UNSAFE = '<script>alert("1")</script>'


@pytest.fixture
def survey(db: None) -> RequestType:
    """A type with a question, a milestone and a safety text."""
    return make_type(
        fields=[{"name": "room", "label": "Which room?", "kind": "short_text"}],
        limits={"on_site": 60},
        safety_instructions="Open the windows.",
    )


def seen_of(response: Any) -> str:
    """Return the versions that a page stores of the texts that it shows."""
    found = re.search(r'name="seen" value="([^"]*)"', response.content.decode())
    assert found
    return html.unescape(found[1])


def sent(client: Any, request_type: RequestType, **texts: str) -> dict[str, str]:
    """Return the form of the page as it is, with some texts by path changed."""
    seen = seen_of(client.get(page(request_type, "translations")))
    form = {f"text:{path}": text for path, (_, text) in json.loads(seen).items()}
    return form | {"seen": seen} | {f"text:{path}": text for path, text in texts.items()}


def stored(request_type: RequestType) -> RequestType:
    return RequestType.objects.get(pk=request_type.pk)


def test_it_saves_what_was_typed(survey: RequestType, manager: User, console) -> None:
    client = console(manager)
    address = page(survey, "translations")
    response = client.post(address, sent(client, survey, **{ROOM: " कौन-सा कमरा? "}), follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "कौन-सा कमरा?" in response.content.decode()
    result = stored(survey)
    assert result.translations == {"hi": {ROOM: "कौन-सा कमरा?"}}
    assert (result.version, result.history.latest().history_user) == (survey.version, manager)


def test_it_removes_what_was_emptied(survey: RequestType, manager: User, console) -> None:
    store_translations(survey.pk, "hi", {ROOM: "कमरा", "name": "जाँच"}, actor=Actor(manager))
    client = console(manager)
    client.post(page(survey, "translations"), sent(client, survey, **{ROOM: ""}))
    assert stored(survey).translations == {"hi": {"name": "जाँच"}}


def test_it_counts_what_is_missing_and_outdated(
    survey: RequestType, manager: User, console
) -> None:
    store_translations(survey.pk, "hi", {ROOM: "कमरा"}, actor=Actor(manager))
    survey.fields.update(label="Which flat?")
    catalogue.publish(survey.pk, actor=Actor(manager))
    client = console(manager)
    for name in ("change", "translations"):
        shown = client.get(page(survey, name)).content.decode()
        assert "3 missing" in shown
        assert "1 outdated" in shown
    rows = client.get(page(survey, "translations")).context["rows"]
    assert [(row.path, row.label) for row in rows if row.is_missing] == [
        ("name", "Name"),
        ("safety_instructions", "Safety text"),
        ("milestones.on_site.label", "Milestone “On_Site”: label"),
    ]
    assert [(row.original, row.label) for row in rows if row.is_outdated] == [
        ("Which flat?", "“Which flat?”: label")
    ]


def test_an_outdated_translation_is_confirmed_not_merely_sent_again(
    survey: RequestType, manager: User, console
) -> None:
    store_translations(survey.pk, "hi", {ROOM: "कमरा"}, actor=Actor(manager))
    survey.fields.update(label="Which flat?")
    catalogue.publish(survey.pk, actor=Actor(manager))
    client = console(manager)
    client.post(page(survey, "translations"), sent(client, survey))
    assert outdated(stored(survey), "hi") == {ROOM}
    form = sent(client, survey) | {f"confirmed:{ROOM}": "on"}
    client.post(page(survey, "translations"), form)
    assert outdated(stored(survey), "hi") == set()
    assert "हिन्दी, “Which flat?”: label: translation confirmed" in history_of(survey, client)


def test_an_error_keeps_what_was_typed(
    survey: RequestType, manager: User, console, settings: Any
) -> None:
    client = console(manager)
    long = "क" * (settings.TEXT_LIMIT + 1)
    form = sent(client, survey, **{ROOM: long, "name": "जाँच"})
    response = client.post(page(survey, "translations"), form)
    rows = {row.path: row for row in response.context["rows"]}
    assert (rows[ROOM].value, rows[ROOM].error) == (long, "This text is too long.")
    assert (rows["name"].value, stored(survey).translations) == ("जाँच", {})


def test_a_question_that_is_gone_does_not_lose_its_typed_translation(
    survey: RequestType, manager: User, console
) -> None:
    client = console(manager)
    form = sent(client, survey, **{ROOM: "कमरा"})
    survey.fields.all().delete()
    catalogue.publish(survey.pk, actor=Actor(manager))
    shown = client.post(page(survey, "translations"), form).content.decode()
    assert "The type has no such text." in shown
    assert "कमरा" in shown


def test_no_one_overwrites_a_text_that_they_have_not_seen(
    survey: RequestType, manager: User, console
) -> None:
    client = console(manager)
    form = sent(client, survey, **{ROOM: "कक्ष"})
    store_translations(survey.pk, "hi", {ROOM: "कमरा", "name": "जाँच"}, actor=Actor(manager))
    response = client.post(page(survey, "translations"), form)
    assert "Someone else has changed this translation to “कमरा”." in response.content.decode()
    again = {f"text:{row.path}": row.value for row in response.context["rows"]}
    again["seen"] = seen_of(response)
    assert client.post(page(survey, "translations"), again).status_code == 302
    assert stored(survey).translations["hi"] == {ROOM: "कक्ष", "name": "जाँच"}


def test_a_translation_of_a_text_that_has_changed_since_is_not_saved(
    survey: RequestType, manager: User, console
) -> None:
    client = console(manager)
    form = sent(client, survey, **{ROOM: "कमरा"})
    survey.fields.update(label="Which flat?")
    catalogue.publish(survey.pk, actor=Actor(manager))
    shown = client.post(page(survey, "translations"), form).content.decode()
    assert "The original has changed since you opened this page." in shown
    assert stored(survey).translations == {}


@pytest.mark.parametrize("seen", ["", "[]", "1", '{"name": 1}', "{"])
def test_a_crafted_form_is_no_server_error(
    seen: str, survey: RequestType, manager: User, console
) -> None:
    form = {"text:name": "जाँच", "seen": seen}
    assert console(manager).post(page(survey, "translations"), form).status_code == 302
    assert stored(survey).translations == {"hi": {"name": "जाँच"}}


def test_it_escapes_every_text(survey: RequestType, manager: User, console) -> None:
    survey.fields.update(label=UNSAFE)
    catalogue.publish(survey.pk, actor=Actor(manager))
    texts = {ROOM: f"</textarea>{UNSAFE}", "safety_instructions": UNSAFE}
    store_translations(survey.pk, "hi", texts, actor=Actor(manager))
    client = console(manager)
    for name in ("translations", "approve-safety", "history", "change"):
        assert UNSAFE not in client.get(page(survey, name)).content.decode(), name


def test_only_those_who_change_types_translate_them(
    survey: RequestType, support: User, manager: User, console
) -> None:
    address = page(survey, "translations")
    client = console(support)
    assert client.get(address).status_code == 403
    assert client.post(address, {"text:name": "x"}).status_code == 403
    assert console(manager, enforce_csrf_checks=True).post(address).status_code == 403
    assert stored(survey).translations == {}


@pytest.mark.parametrize("path", ["0/translations/", "abc/translations/"])
def test_a_type_that_is_not_there_has_no_page(path: str, manager: User, console) -> None:
    assert console(manager).get(f"/admin/gasutil/requesttype/{path}").status_code == 404


@pytest.mark.parametrize("language", ["en", "xx", ""])
def test_only_other_languages_have_a_page(
    language: str, survey: RequestType, manager: User, console
) -> None:
    address = f"{page(survey, 'translations')}?language={language}"
    assert console(manager).get(address).status_code == 404


# --- The safety text ---


def test_the_approval_shows_what_it_approves(survey: RequestType, manager: User, console) -> None:
    client = console(manager)
    shown = client.get(page(survey, "approve-safety")).content.decode()
    assert "Open the windows." in shown
    assert "No translation: the original is shown." in shown
    actor = Actor(manager)
    store_translations(survey.pk, "hi", {"safety_instructions": "खिड़कियाँ खोलें।"}, actor=actor)
    assert "खिड़कियाँ खोलें।" in client.get(page(survey, "approve-safety")).content.decode()


def test_no_one_approves_a_text_that_they_have_not_seen(
    survey: RequestType, manager: User, console
) -> None:
    client, address = console(manager), page(survey, "approve-safety")

    def approve(shown: str) -> str:
        found = re.search(r'name="seen" value="(\w+)"', shown)
        assert found
        form = {"_form_submitted": "on", "seen": found[1]}
        return str(client.post(address, form).content.decode())

    shown = client.get(address).content.decode()
    text = {"safety_instructions": "खिड़कियाँ खोलें।"}
    store_translations(survey.pk, "hi", text, actor=Actor(manager))
    refused = approve(shown)
    assert "The safety text or a translation has changed." in refused
    assert "खिड़कियाँ खोलें।" in refused
    assert stored(survey).needs_approval
    approve(refused)
    assert not stored(survey).needs_approval


def test_a_changed_translation_of_the_safety_text_needs_approval(
    survey: RequestType, manager: User, console
) -> None:
    catalogue.approve_safety(survey.pk, actor=Actor(manager))
    client = console(manager)
    client.post(page(survey, "translations"), sent(client, survey, **{ROOM: "कमरा"}))
    assert not stored(survey).needs_approval
    form = sent(client, survey, safety_instructions="खिड़कियाँ खोलें।")
    client.post(page(survey, "translations"), form)
    assert stored(survey).needs_approval


# --- The history, and renamed questions ---


def history_of(request_type: RequestType, client: Any) -> str:
    """Return the text of the history's page."""
    content = client.get(page(request_type, "history")).content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", content).split()).replace(" :", ":")


def test_the_history_shows_each_translation(survey: RequestType, manager: User, console) -> None:
    actor = Actor(manager)
    store_translations(survey.pk, "hi", {ROOM: "कमरा", "name": "जाँच"}, actor=actor)
    store_translations(survey.pk, "hi", {ROOM: "कक्ष"}, actor=actor)
    shown = history_of(survey, console(manager))
    assert "Translation changed" in shown
    assert "हिन्दी, Name: — arrow_right_alt जाँच" in shown
    assert "हिन्दी, “Which room?”: label: कमरा arrow_right_alt कक्ष" in shown
    assert text_digest("Which room?") not in shown


def test_translations_follow_a_renamed_question(
    survey: RequestType, manager: User, console
) -> None:
    store_translations(survey.pk, "hi", {ROOM: "कमरा"}, actor=Actor(manager))
    client = console(manager)
    form = edited(stored(survey), fields__0__name="place", milestones__0__name="arrived")
    assert client.post(page(survey), form).status_code == 302
    assert stored(survey).translations == {"hi": {"fields.place.label": "कमरा"}}
    assert outdated(stored(survey), "hi") == set()
    assert history_of(survey, client).count("हिन्दी, “Which room?”: label") == 1
