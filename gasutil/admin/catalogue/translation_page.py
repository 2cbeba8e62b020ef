"""The page on which managers translate the texts of a type, one language at a time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gasutil.admin.base.http import actor_of
from gasutil.admin.catalogue.text_wording import text_label
from gasutil.errors import FieldError, Invalid
from gasutil.models import RequestType
from gasutil.models.type_texts import Texts, text_digest, texts_of
from gasutil.workflow.type_translations import (
    SeenTexts,
    cleaned_translation,
    languages,
    missing,
    outdated,
    store_translations,
)

TEXT, CONFIRMED, SEEN = "text:", "confirmed:", "seen"  # the names of the page's fields
ROWS_OF_LONG, LONG = 6, 200


@dataclass(frozen=True, kw_only=True)
class TranslationRow:
    """One text of the page, with its translation as stored or as typed."""

    path: str
    label: str
    original: str
    value: str
    error: str
    is_missing: bool
    is_outdated: bool

    @property
    def height(self) -> int:
        """Return the lines of the text's field."""
        is_long = len(self.original) > LONG or "\n" in self.original
        return ROWS_OF_LONG if is_long else 1 + len(self.original) // 60


@dataclass(frozen=True, kw_only=True)
class LanguageSummary:
    """How much of a type is translated into one language."""

    code: str
    name: str
    url: str
    missing: int
    outdated: int


def summaries(request_type: RequestType) -> list[LanguageSummary]:
    """Return how much of a type is translated, by language."""
    url = reverse("admin:gasutil_requesttype_translations", args=[request_type.pk])
    return [
        LanguageSummary(
            code=code,
            name=name,
            url=f"{url}?language={code}",
            missing=len(missing(request_type, code)),
            outdated=len(outdated(request_type, code)),
        )
        for code, name in languages().items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def translations_page(request: HttpRequest, model_admin: Any, object_id: str) -> HttpResponse:
    """Show the texts of a type beside their translations, or save what was typed."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    request_type = model_admin.get_object(request, object_id)
    language = request.GET.get("language", next(iter(languages()), ""))
    if request_type is None or language not in languages():
        raise Http404
    errors: Sequence[FieldError] = ()
    if request.method == "POST":
        try:
            return _save(request, request_type, language)
        except Invalid as error:
            errors = error.errors
            request_type.refresh_from_db()
    return _page(request, model_admin, request_type, language, errors)


def _save(request: HttpRequest, request_type: RequestType, language: str) -> HttpResponse:
    seen = seen_texts(request.POST)
    changed = changed_texts(request.POST, seen)
    store_translations(request_type.pk, language, changed, actor=actor_of(request), seen=seen)
    text = _("Translations saved.") if changed else _("No translation has changed.")
    messages.success(request, text)
    return HttpResponseRedirect(request.get_full_path())


def seen_texts(sent: QueryDict) -> SeenTexts:
    """Return the digest of each text and its translation, as the page showed them."""
    try:
        rows = json.loads(sent.get(SEEN, ""))
        return {path: (str(digest), str(text)) for path, (digest, text) in rows.items()}
    except (ValueError, TypeError, AttributeError):  # not sent by our page
        return {}


def changed_texts(sent: QueryDict, seen: SeenTexts) -> dict[str, str]:
    """Return the translations that were typed or confirmed, by path; not those merely shown."""
    texts = {
        name.removeprefix(TEXT): cleaned_translation(str(text))
        for name, text in sent.items()
        if name.startswith(TEXT)
    }
    return {
        path: text
        for path, text in texts.items()
        if text != seen.get(path, ("", ""))[1] or (text and f"{CONFIRMED}{path}" in sent)
    }


def _page(
    request: HttpRequest,
    model_admin: Any,
    request_type: RequestType,
    language: str,
    errors: Sequence[FieldError],
) -> HttpResponse:
    texts, stored = texts_of(request_type), request_type.translations.get(language, {})
    typed = changed_texts(request.POST, seen_texts(request.POST)) if errors else {}
    seen = {path: (text_digest(text), stored.get(path, "")) for path, text in texts.items()}
    shown = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Translations of %(type)s") % {"type": request_type},
        "request_type": request_type,
        "language": language,
        "is_right_to_left": get_language_info(language)["bidi"],
        "summaries": summaries(request_type),
        "rows": _rows(request_type, language, typed, errors),
        "removed": [
            (typed.get(error.field, ""), error.message)
            for error in errors
            if error.field not in texts
        ],
        "has_errors": bool(errors),
        "seen": json.dumps(seen),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "gasutil/type_translations.html", shown)


def _rows(
    request_type: RequestType, language: str, typed: Texts, errors: Sequence[FieldError]
) -> list[TranslationRow]:
    stored: Mapping[str, str] = request_type.translations.get(language, {})
    messages = {error.field: error.message for error in errors}
    old = outdated(request_type, language)
    return [
        TranslationRow(
            path=path,
            label=text_label(path, request_type),
            original=text,
            value=typed.get(path, stored.get(path, "")),
            error=messages.get(path, ""),
            is_missing=path not in stored,
            is_outdated=path in old,
        )
        for path, text in texts_of(request_type).items()
    ]
