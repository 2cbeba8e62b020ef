"""The form of a reply, with files."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gasutil.admin.requests.verb_forms.base import VerbForm
from gasutil.files.upload_validation import ACCEPTED


class FilesInput(forms.ClearableFileInput):
    """The input for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, with the limits that the page shows."""

    widget = FilesInput
    largest, most, accepted = settings.FILE_LIMIT, settings.FILES_A_CALL, ACCEPTED

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, each validated on its own."""
        return [super(FilesField, self).clean(upload, initial) for upload in data or []]


class ReplyForm(VerbForm):
    """A message on a request, with files."""

    attachments = FilesField(label=_("Files"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notes"].widget.attrs["data-key"] = "r"

    @property
    def done(self) -> Any:
        """Return the success message of an internal note, which is not a reply."""
        return _("Note saved on {}.") if self.cleaned_data.get("is_internal") else None
