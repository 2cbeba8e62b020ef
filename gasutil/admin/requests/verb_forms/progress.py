"""The forms of the verbs that move the work on: hold, record, resolve and review."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil import deadlines
from gasutil.admin.base.formatting import OUTCOME_LABELS
from gasutil.admin.base.when_field import WhenField
from gasutil.admin.requests.verb_forms.base import PastForm, VerbForm
from gasutil.models import BreachReason, HoldReason
from gasutil.workflow.guards import NO_ACCESS, last_outcome
from gasutil.workflow.steps import missed_milestones

OUTCOME_CHOICES: Mapping[str, Any] = {
    **OUTCOME_LABELS,
    NO_ACCESS: _("Could not get in (stays open)"),
}


class HoldForm(VerbForm):
    """The question for the customer, and an internal note."""

    # A dialog that was opened before an update may still send its note as internal.
    is_internal = forms.BooleanField(required=False, widget=forms.HiddenInput())

    notes = forms.CharField(
        label=_("What do you need from the customer?"),
        help_text=_("We email this to the customer."),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    internal_notes = forms.CharField(
        label=_("Internal note"),
        help_text=_("Only staff can read this."),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    hold_reason = forms.ChoiceField(
        label=_("Waiting for"),
        choices=[("", _("Not specified")), *HoldReason.choices],
        required=False,
        widget=UnfoldAdminSelectWidget(),
    )
    hold_until = WhenField(
        label=_("Hold until"),
        help_text=_(
            "Work continues by itself at this time. Leave it empty to hold without a date."
        ),
    )
    field_order = ("notes", "hold_reason", "hold_until", "internal_notes")


class RecordForm(PastForm):
    """The step to record.

    Its note is a reading or a name more often than a message, so it is internal unless the agent
    chooses the customer.
    """

    milestone = forms.ChoiceField(label=_("Step"), widget=UnfoldAdminSelectWidget())
    field_order = ("milestone", "occurred_at", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_internal"].initial = True
        unmet = [
            milestone
            for milestone in deadlines.milestones_of(self.ticket)
            if milestone.met_at is None and milestone.name != deadlines.RESOLVED
        ]
        labels = deadlines.labels_of(self.ticket)
        choices = {milestone.name: labels[milestone.name] for milestone in unmet}
        outcomes = (
            OUTCOME_CHOICES if self.ticket.is_pressing else {NO_ACCESS: OUTCOME_LABELS[NO_ACCESS]}
        )
        self.fields["milestone"].choices = list(
            (
                choices | {name: label for name, label in outcomes.items() if name not in choices}
            ).items()
        )


class ResolveForm(PastForm):
    """The outcome of a request, and whether to continue with the next."""

    then_take = forms.BooleanField(
        label=_("Take the next request afterwards"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.ticket.is_pressing:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("Outcome"),
                choices=[("", _("Choose the outcome")), *OUTCOME_CHOICES.items()],
                initial=last_outcome(self.ticket) if self.ticket.is_open else "",
                required=False,  # with notes that say why, a verb of the API needs none either
                widget=UnfoldAdminSelectWidget(attrs={"required": True}),
            )
        self.order_fields(("outcome", "notes", "is_internal", "occurred_at"))

    @property
    def done(self) -> Any:
        """Return the message for an emergency that stays open."""
        stays_open = self.cleaned_data.get("outcome") == NO_ACCESS
        return (
            _("“Could not get in” recorded on {}. The request stays open.") if stays_open else None
        )

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of resolving."""
        values = super().arguments()
        values.pop("then_take")
        return values

    def wanted(self) -> dict[str, Any]:
        """Return the intended values: an outcome is a history row of its own."""
        return {} if self.done else super().wanted()


class ExplainForm(VerbForm):
    """Why a deadline was missed; the note is internal."""

    is_internal = None  # type: ignore[assignment]  # Django: a form without this field

    milestone = forms.ChoiceField(label=_("Deadline"), widget=UnfoldAdminSelectWidget())
    reason = forms.ChoiceField(
        label=_("Why was it missed?"),
        choices=[("", _("Choose the reason")), *BreachReason.choices],
        widget=UnfoldAdminSelectWidget(),
    )
    notes = forms.CharField(
        label=_("Note"),
        help_text=_("Only staff can read this. “Another reason” needs it."),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    field_order = ("milestone", "reason", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = deadlines.labels_of(self.ticket)
        late = missed_milestones(self.ticket, timezone.now())
        self.fields["milestone"].choices = [(name, labels[name]) for name in late]


class ReviewForm(VerbForm):
    """A manager's comment on a closed request."""

    is_internal = None  # type: ignore[assignment]  # Django: a form without this field

    notes = forms.CharField(
        label=_("Comment"),
        help_text=_("Only staff can read this."),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class ReturnForm(ReviewForm):
    """A manager's comment that says what is left to do."""

    notes = forms.CharField(
        label=_("What is left to do"),
        help_text=_("Only staff can read this."),
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
