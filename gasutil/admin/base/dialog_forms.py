"""The base of the console's dialogs: errors, and a note."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from gasutil.admin.base.formatting import in_words
from gasutil.errors import DeskError, Invalid


class SafeDialogForm(BaseDialogForm):
    """A dialog that shows what is wrong with the whole of it.

    Unfold's own shows errors of fields only.
    """

    form_before_template = "gasutil/dialog_errors.html"

    def get_before_template_context(
        self, request: HttpRequest, object_id: Any = None
    ) -> dict[str, Any]:
        """Return the context of the template of errors."""
        return {"errors": self.non_field_errors() if self.is_bound else []}

    def refuse(self, error: DeskError) -> None:
        """Add an error to the form."""
        for problem in error.errors if isinstance(error, Invalid) else []:
            self.add_error(
                problem.field if problem.field in self.fields else None, in_words(problem.message)
            )
        if not isinstance(error, Invalid):
            self.add_error(None, in_words(error.message))


class NoteForm(SafeDialogForm):
    """A note, and whether only staff can read it."""

    notes = forms.CharField(
        label=_("Note"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    is_internal = forms.BooleanField(
        label=_("Internal note: only staff can read it"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, besides its object and the actor."""
        return {
            name: value for name, value in self.cleaned_data.items() if not name.startswith("_")
        }


def render_dialog(request: HttpRequest, dialog: Any, form: forms.Form, button: Any) -> HttpResponse:
    """Return a dialog, with its errors if it was submitted."""
    return render(
        request,
        "unfold/helpers/dialog.html",
        {"dialog": dialog, "form": form, "form_submit_text": button},
    )


def htmx_redirect(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect to another page, from a dialog or from a page."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
