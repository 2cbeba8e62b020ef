"""Which safety text of a request type its customers see, and which one agents read out.

If approval is required (`SAFETY_APPROVAL`), it is the text that was approved last. An emergency
type that never had one shows a short built-in text with the emergency number; another type shows
none. Agents read out the spoken version, and the text of customers if none is approved.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_noop, override

from gasutil.models.type_texts import SAFETY_TEXT, Translations

BUILT_IN_VERSION = 0  # types that are published count from 1
BUILT_IN_TEXT = gettext_noop(
    "Leave the building now. Touch no switch, and make no flame or spark. From outside, call"
    " %(number)s."
)


class SafetyText(NamedTuple):
    """A safety text: in the operator's language, by other language, and of which version."""

    text: str
    translations: Mapping[str, str]
    version: int

    @property
    def localised(self) -> str:
        """Return the text in the language in use."""
        return self.in_language(get_language() or "")

    def in_language(self, code: str) -> str:
        """Return the text in a language, or as it is if it has no translation."""
        return self.translations.get(code) or self.text


def stored_text(
    text: str, translations: Translations, version: int, path: str = SAFETY_TEXT
) -> SafetyText:
    """Return the safety text, or another text of a type, as it is stored, approved or not."""
    texts = {code: texts[path] for code, texts in translations.items() if texts.get(path)}
    return SafetyText(text, texts, version)


def text_in_use(
    stored: SafetyText, approved: Mapping[str, Any], *, is_approved: bool, is_emergency: bool
) -> SafetyText:
    """Return the safety text that customers see.

    `approved` is what was approved last, as `RequestType.approved_safety` stores it.
    """
    if is_approved or not settings.SAFETY_APPROVAL or not (stored.text or approved):
        return stored
    if approved:
        return SafetyText(**approved)
    return built_in_text() if is_emergency else SafetyText("", {}, BUILT_IN_VERSION)


def spoken_text_in_use(
    stored: SafetyText, approved: Mapping[str, Any], *, is_approved: bool, written: SafetyText
) -> SafetyText:
    """Return the text that agents read out: the spoken version, or else the written one.

    `approved` is what was approved last, as `RequestType.approved_spoken` stores it.
    """
    if settings.SAFETY_APPROVAL and not is_approved:
        stored = SafetyText(**approved) if approved else written
    return stored if stored.text else written


def built_in_text() -> SafetyText:
    """Return the text for emergencies that needs no approval, in every language."""
    texts = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            texts[code] = gettext(BUILT_IN_TEXT) % {"number": settings.EMERGENCY_NUMBER}
    return SafetyText(texts.pop(settings.LANGUAGE_CODE), texts, BUILT_IN_VERSION)
