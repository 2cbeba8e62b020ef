"""The verbs of translations: store those of a request type, and load those of the default types.

A translation is no new version of a type: requests and apps go on with the same questions. A new
translation of the safety text needs approval, as a new text does.
"""

import json
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_noop, override

from gasutil.access import Actor
from gasutil.errors import FieldError, Invalid, NotAllowed
from gasutil.models import RequestType
from gasutil.models.catalogue import SAMPLE_TEXT
from gasutil.models.history import signed
from gasutil.models.type_texts import APPROVED_TEXTS, text_digest, texts_of

TRANSLATION_CHANGED = gettext_noop("Translation changed")  # in the history
MAX_TRANSLATION_CHARACTERS: int = settings.TEXT_LIMIT
SeenTexts = Mapping[str, tuple[str, str]]  # the digest of the text and its translation, by path


def languages() -> dict[str, str]:
    """Return the names of the languages that texts are translated into, by code."""
    return {code: name for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE}


def store_translations(
    pk: int,
    language: str,
    texts: Mapping[str, str],
    *,
    actor: Actor,
    seen: SeenTexts | None = None,
) -> RequestType:
    """Store translations of a type's texts, by path; an empty one is removed.

    The others stay as they are. Raises `Invalid` for an unknown language, a text that the type does
    not have, or one that is too long; and where someone else has changed the text or its
    translation since the actor has `seen` them.
    """
    if actor.user is not None and not actor.user.has_perm("gasutil.change_requesttype"):
        raise NotAllowed(gettext("Only a manager can do this."))
    with transaction.atomic():
        request_type = RequestType.objects.select_for_update().get(pk=pk)
        sources = texts_of(request_type)
        errors = _errors(language, texts, sources)
        errors = errors or _conflicts(request_type, language, texts, seen or {})
        if errors:
            raise Invalid(errors)
        if _store(request_type, language, texts, sources):
            signed(request_type, actor.user, TRANSLATION_CHANGED).save()
    return request_type


def _errors(
    language: str, texts: Mapping[str, str], sources: Mapping[str, str]
) -> list[FieldError]:
    if language not in languages():
        return [FieldError("language", "enum", gettext("Choose from the available options."))]
    unknown, long = gettext("The type has no such text."), gettext("This text is too long.")
    errors = [FieldError(path, "unknown_text", unknown) for path in texts if path not in sources]
    return errors + [
        FieldError(path, "max_length", long, {"max": MAX_TRANSLATION_CHARACTERS})
        for path, text in texts.items()
        if len(text) > MAX_TRANSLATION_CHARACTERS
    ]


def _conflicts(
    request_type: RequestType, language: str, texts: Mapping[str, str], seen: SeenTexts
) -> list[FieldError]:
    """Return an error for each text that others have changed since it was seen."""
    sources, stored = texts_of(request_type), request_type.translations.get(language, {})
    reworded = gettext(
        "The original has changed since you opened this page. Check the translation."
    )
    retranslated = gettext(
        "Someone else has changed this translation to “%(text)s”. Save again to replace it."
    )
    errors = []
    for path in texts.keys() & seen.keys():
        digest, translation = seen[path]
        now = stored.get(path, "")
        if digest != text_digest(sources[path]):
            errors.append(FieldError(path, "text_changed", reworded))
        elif cleaned_translation(translation) != now != cleaned_translation(texts[path]):
            message = retranslated % {"text": now}
            errors.append(FieldError(path, "translation_changed", message, {"text": now}))
    return errors


def cleaned_translation(text: str) -> str:
    """Return a translation as it is stored."""
    return text.replace("\r\n", "\n").strip()


def _store(
    request_type: RequestType,
    language: str,
    texts: Mapping[str, str],
    sources: Mapping[str, str],
) -> bool:
    """Put translations into a type; return whether anything is new."""
    before = request_type.translations.get(language, {}), request_type.translated_from.get(language)
    result = dict(before[0])
    digests = dict(before[1] or {})
    for path, text in texts.items():
        if cleaned := cleaned_translation(text):
            result[path], digests[path] = cleaned, text_digest(sources[path])
        else:
            result.pop(path, None)
            digests.pop(path, None)
    if any(result.get(path) != before[0].get(path) for path in APPROVED_TEXTS):
        request_type.safety_approved_by = request_type.safety_approved_at = None
    request_type.translations = {**request_type.translations, language: result}
    request_type.translated_from = {**request_type.translated_from, language: digests}
    return (result, digests) != (before[0], before[1] or {})


def approve_texts(request_type: RequestType) -> None:
    """Take the safety texts and their translations as approved: none is a sample."""
    for path in APPROVED_TEXTS:
        text = without_sample_note(getattr(request_type, path))
        setattr(request_type, path, text)
        for language, texts in request_type.translations.items():
            if path in texts:
                texts[path] = without_sample_note(texts[path], sample_text(language))
                request_type.translated_from.setdefault(language, {})[path] = text_digest(text)


def without_sample_note(text: str, note: str = SAMPLE_TEXT) -> str:
    """Return a safety text without the note that it is a sample."""
    return text.removeprefix(note).strip()


def safety_digest(request_type: RequestType) -> str:
    """Return what tells whether a safety text or one of its translations has changed."""
    texts = [getattr(request_type, path) for path in APPROVED_TEXTS]
    translations = {
        code: [texts.get(path) for path in APPROVED_TEXTS]
        for code, texts in request_type.translations.items()
    }
    return text_digest(json.dumps([texts, translations], sort_keys=True))


def outdated(request_type: RequestType, language: str) -> set[str]:
    """Return the paths of the texts that have changed since they were translated."""
    digests = request_type.translated_from.get(language, {})
    texts = texts_of(request_type)
    return {
        path for path in digests.keys() & texts.keys() if digests[path] != text_digest(texts[path])
    }


def missing(request_type: RequestType, language: str) -> list[str]:
    """Return the paths of the texts that have no translation."""
    done = request_type.translations.get(language, {})
    return [path for path in texts_of(request_type) if path not in done]


# --- The default types


@cache
def shipped_translations(language: str) -> Mapping[str, str]:
    """Return the translations of the texts of the default types, by text."""
    path = settings.BASE_DIR / "fixtures" / f"catalogue.{language}.json"
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return texts


def store_shipped_translations(pk: int) -> bool:
    """Add the missing translations of a stored type; return whether there were any."""
    with transaction.atomic():
        request_type = RequestType.objects.select_for_update().get(pk=pk)
        is_changed = add_shipped_translations(request_type)
        if is_changed:
            signed(request_type, None, TRANSLATION_CHANGED).save()
    return is_changed


def add_shipped_translations(request_type: RequestType) -> bool:
    """Add the missing translations of texts that are still those of a default type.

    Safety texts are left to the manager once they are approved. Return whether any was added.
    """
    sources = texts_of(request_type)
    changes = [
        _store(request_type, language, _shipped_texts(request_type, language), sources)
        for language in languages()
    ]
    return any(changes)


def _shipped_texts(request_type: RequestType, language: str) -> dict[str, str]:
    """Return the translations of a type's untranslated texts, by path."""
    known, sources, result = shipped_translations(language), texts_of(request_type), {}
    for path in missing(request_type, language):
        text = sources[path]
        is_sample = path in APPROVED_TEXTS and text.startswith(SAMPLE_TEXT)
        if path in APPROVED_TEXTS and not is_sample and request_type.safety_approved_at:
            continue
        if translation := known.get(text.removeprefix(SAMPLE_TEXT).strip()):
            result[path] = f"{sample_text(language)}\n\n{translation}" if is_sample else translation
    return result


def sample_text(language: str) -> str:
    """Return the sentence that marks a safety text as a sample, in a language."""
    with override(language):
        return gettext(SAMPLE_TEXT)
