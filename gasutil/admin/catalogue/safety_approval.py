"""The dialog that approves a safety text: it shows what is approved, in each language."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest

from gasutil.admin.base.dialog_forms import SafeDialogForm
from gasutil.admin.catalogue.text_wording import OWN_LABELS
from gasutil.errors import DeskError
from gasutil.models import RequestType
from gasutil.models.type_texts import APPROVED_TEXTS
from gasutil.workflow.type_translations import (
    languages,
    outdated,
    safety_digest,
    sample_text,
    without_sample_note,
)


class ApproveTextForm(SafeDialogForm):
    """The safety texts and their translations, without the note that they are samples."""

    form_before_template = "gasutil/approve_safety.html"
    data: Any
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = safety_digest(_found(self.object_id))

    def refuse(self, error: DeskError) -> None:
        """Add an error; what the dialog shows now counts as seen when it is sent again."""
        super().refuse(error)
        self.data = {**self.data.dict(), "seen": self.initial["seen"]}

    def get_before_template_context(
        self, request: HttpRequest, object_id: Any = None
    ) -> dict[str, Any]:
        """Return the errors, and the texts."""
        request_type = _found(object_id)
        return super().get_before_template_context(request, object_id) | {
            "texts": [
                _shown_text(request_type, path)
                for path in APPROVED_TEXTS
                if getattr(request_type, path) or path == APPROVED_TEXTS[0]
            ]
        }


def _found(pk: Any) -> RequestType:
    try:
        return RequestType.objects.get(pk=pk)
    except (RequestType.DoesNotExist, ValueError) as error:
        raise Http404 from error


def _shown_text(request_type: RequestType, path: str) -> dict[str, Any]:
    return {
        "label": OWN_LABELS[path],
        "text": without_sample_note(getattr(request_type, path)),
        "translations": [
            _shown_translation(request_type, path, code, name) for code, name in languages().items()
        ],
    }


def _shown_translation(
    request_type: RequestType, path: str, code: str, name: str
) -> dict[str, Any]:
    text = request_type.translations.get(code, {}).get(path, "")
    return {
        "code": code,
        "name": name,
        "text": without_sample_note(text, sample_text(code)),
        "is_outdated": path in outdated(request_type, code),
    }
