"""The texts of request types, and their translations.

Each text of a type has a path: `name`, `fields.location.label`, `fields.location.choices.inside`,
`milestones.on_site.label`. Translations are stored by language and path. A text without a
translation is shown as it is.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language

Texts = Mapping[str, str]  # by path
Translations = Mapping[str, Texts]  # by language
SAFETY_TEXT = "safety_instructions"
SPOKEN_TEXT = "spoken_instructions"
APPROVED_TEXTS = (SAFETY_TEXT, SPOKEN_TEXT)
OWN_TEXTS = ("name", "description", *APPROVED_TEXTS)
QUESTION_TEXTS = ("label", "help", "unit")


def question_path(name: str, text: str) -> str:
    """Return the path of a text of a question."""
    return f"fields.{name}.{text}"


def choice_path(name: str, value: str) -> str:
    """Return the path of the label of a choice."""
    return f"fields.{name}.choices.{value}"


def milestone_path(name: str) -> str:
    """Return the path of the label of a milestone."""
    return f"milestones.{name}.label"


def texts_of(request_type: Any) -> dict[str, str]:
    """Return every text of a type, or of a row of its history, that is not empty."""
    texts = {name: str(getattr(request_type, name)) for name in OWN_TEXTS}
    for question in request_type.form:
        name = question["name"]
        texts |= {question_path(name, key): question.get(key, "") for key in QUESTION_TEXTS}
        texts |= {choice_path(name, value): label for value, label in question.get("choices", ())}
    texts |= {milestone_path(limit["name"]): limit["label"] for limit in request_type.limits}
    return {path: text for path, text in texts.items() if text}


def current_texts(translations: Translations) -> Texts:
    """Return the translations into the language in use."""
    return translations.get(get_language() or "", {})


def translated(translations: Translations, path: str, text: str) -> str:
    """Return a text in the language in use."""
    return current_texts(translations).get(path) or text


def translated_form(form: Sequence[Mapping[str, Any]], texts: Texts) -> list[dict[str, Any]]:
    """Return a form with its labels, help, units and choices in another language."""
    return [_translated_question(question, texts) for question in form]


def localised_form(version: Any) -> list[dict[str, Any]]:
    """Return the questions of a type, or of a row of its history, in the language in use."""
    return translated_form(version.form, current_texts(version.translations))


def _translated_question(question: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    result, name = dict(question), question["name"]
    for key in QUESTION_TEXTS:
        if key in result:
            result[key] = texts.get(question_path(name, key)) or result[key]
    if "choices" in result:
        result["choices"] = [
            [value, texts.get(choice_path(name, value)) or label]
            for value, label in result["choices"]
        ]
    return result


def translated_limits(limits: Sequence[Mapping[str, Any]], texts: Texts) -> list[dict[str, Any]]:
    """Return milestones with their labels in another language."""
    return [
        {**limit, "label": texts.get(milestone_path(limit["name"])) or limit["label"]}
        for limit in limits
    ]


def text_digest(text: str) -> str:
    """Return what tells whether a text has changed since it was translated."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def renamed_paths(texts: Texts, names: Mapping[str, str], section: str) -> dict[str, str]:
    """Return texts under the new names of their questions or milestones.

    What is left under a name that another one takes over is dropped.
    """
    stays, moved = {}, {}
    for path, text in texts.items():
        start, _dot, rest = path.partition(".")
        name, _dot, end = rest.partition(".")
        if start == section and name in names:
            moved[f"{section}.{names[name]}.{end}"] = text
        elif start != section or name not in names.values():
            stays[path] = text
    return stays | moved
