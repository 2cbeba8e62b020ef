"""The forms that connect a request to an incident and to other systems."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from gasutil import duplicates
from gasutil.admin.base.formatting import first_line
from gasutil.admin.base.http import actor_of
from gasutil.admin.requests.verb_forms.base import VerbForm
from gasutil.models import Incident


class JoinForm(VerbForm):
    """The incident of a report, and other reports to add."""

    notes = is_internal = version = None  # type: ignore[assignment]  # joining has no message, and undoes nothing

    incident = forms.ModelChoiceField(
        Incident.objects.none(),
        label=_("Incident"),
        required=False,
        empty_label=_("New incident"),
        widget=UnfoldAdminSelectWidget(),
    )
    title = forms.CharField(
        label=_("Title of the new incident"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    reports = forms.MultipleChoiceField(
        label=_("Also add these requests"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = Incident.objects.filter(closed_at=None)
        self.initial.setdefault("title", first_line(self.ticket.address, 200))
        alike = [
            candidate
            for candidate in duplicates.likely(actor_of(self.request), self.ticket)
            if candidate.is_open and candidate.incident_id is None
        ]
        self.fields["reports"].choices = [
            (candidate.pk, f"{candidate.reference}: {first_line(candidate.address, 60)}")
            for candidate in alike
        ]
        if not alike:
            del self.fields["reports"]

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of joining."""
        given = self.cleaned_data
        return {
            "incident": given["incident"] and given["incident"].pk,
            "title": given["title"],
            "reports": map(int, given.get("reports", [])),
        }


class ReferForm(VerbForm):
    """The ID of a request in another system."""

    notes = None  # type: ignore[assignment]  # Django: a form without this field
    is_internal = None  # type: ignore[assignment]

    system = forms.SlugField(
        label=_("System"),
        max_length=40,
        help_text=_("Its short name, such as dispatch."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    external_id = forms.CharField(
        label=_("ID there"),
        max_length=100,
        required=False,
        help_text=_("Empty: removes the ID in this system."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    url = forms.RegexField(
        r"^https?://\S+$",
        label=_("Its page there"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget(
            attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}
        ),
    )
    field_order = ("system", "external_id", "url")

    def clean(self) -> dict[str, Any]:
        """Reject an empty form for a system that has no ID."""
        cleaned = super().clean() or {}
        is_known = self.ticket.references.filter(system=cleaned.get("system")).exists()
        if cleaned.get("system") and not cleaned.get("external_id") and not is_known:
            self.add_error("external_id", _("Enter the ID."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, with the ID by its name there."""
        values = super().arguments()
        return values | {"id": values.pop("external_id").strip()}
