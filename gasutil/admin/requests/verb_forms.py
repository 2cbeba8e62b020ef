"""The forms of the verbs of a service request."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil import deadlines, duplicates, figures
from gasutil.access import representatives
from gasutil.admin.base.dialog_forms import NoteForm
from gasutil.admin.base.formatting import OUTCOME_LABELS, first_line
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.when_field import WhenField, not_before
from gasutil.admin.requests.edit_conflicts import EditConflict, edit_conflict
from gasutil.errors import DeskError, StaleVersion
from gasutil.files.upload_validation import ACCEPTED
from gasutil.models import HoldReason, Incident, Priority, RequestType, ServiceRequest
from gasutil.workflow import transitions
from gasutil.workflow.guards import NO_ACCESS, last_outcome

STALE = _(
    "This request changed while you were editing. Review the changes, then send again. Your text is"
    " still here."
)
ENDING = ("cancel", "prioritise", "reclassify")  # what ends an emergency without resolving it
OUTCOME_CHOICES: Mapping[str, Any] = {
    **OUTCOME_LABELS,
    NO_ACCESS: _("Could not get in (stays open)"),
}
LEADS_TO = {move.verb: to for ways in transitions.TABLE.values() for to, move in ways.items()}


class AudienceWidget(forms.RadioSelect):
    """The choice between a note to the customer and an internal note, as the composer has it."""

    template_name = "gasutil/audience.html"

    def __init__(self) -> None:
        super().__init__(choices=[(False, _("To the customer")), (True, _("Internal note"))])

    def format_value(self, value: Any) -> list[str]:
        """Return the choice; a switch sends `on`."""
        return [str(forms.BooleanField(required=False).to_python(value))]


class VerbForm(NoteForm):
    """The fields of every verb: a note, who reads it, and the version that the agent saw."""

    data: QueryDict
    sets: tuple[str, ...] = ()  # the fields of the request that the form says

    is_internal = forms.BooleanField(
        label=_("Who can read the note"), required=False, widget=AudienceWidget()
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, ticket: ServiceRequest, verb: str = "", **kwargs: Any) -> None:
        self.ticket, self.verb = ticket, verb
        self.conflict: EditConflict | None = None
        super().__init__(*args, object_id=ticket.pk, **kwargs)
        if verb in ENDING and ticket.is_pressing:
            self.fields["notes"].widget.attrs["required"] = (
                True  # in the browser; the verb checks it again
            )
            self.fields["notes"].help_text = _(
                "This is an emergency. Explain why you are doing this. Supervisors are notified"
                " immediately."
            )

    @property
    def done(self) -> Any:
        """Return the success message, if it is not the dialog's own."""
        return None

    def get_before_template_context(
        self, request: HttpRequest, object_id: Any = None
    ) -> dict[str, Any]:
        """Return the context of the template of errors, with the changes by others."""
        return super().get_before_template_context(request, object_id) | {"conflict": self.conflict}

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, besides the request and the actor."""
        values = super().arguments()
        version = values.pop("version")
        return values | {"seen": version or None}

    def wanted(self) -> dict[str, Any]:
        """Return the intended values of the request by field, as the history stores them."""
        arguments = self.arguments()
        wanted = {name: arguments[name] for name in self.sets}
        return wanted | ({"status": LEADS_TO[self.verb]} if self.verb in LEADS_TO else {})

    def refuse(self, error: DeskError) -> None:
        """Add an error to the form; users who have read the changes may submit it again."""
        if not isinstance(error, StaleVersion):
            return super().refuse(error)
        self.conflict = edit_conflict(
            self.ticket.pk, self.cleaned_data["version"], wanted=self.wanted(), now=timezone.now()
        )
        data = self.data.copy()
        data["version"] = str(self.conflict.version)
        self.data = data
        self.add_error(None, STALE)
        return None


class PastForm(VerbForm):
    """What may have happened before it is recorded."""

    occurred_at = WhenField(
        label=_("When it happened"),
        help_text=_("Leave this empty if it has just happened. Deadlines count with this time."),
    )

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, with the time if one was entered."""
        values = super().arguments()
        occurred_at = not_before(values.pop("occurred_at"), self.ticket.began_at)
        return values | ({"occurred_at": occurred_at} if occurred_at else {})


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


class RepresentativeField(forms.ModelChoiceField[Any]):
    """The representatives, each with their teams and their open and late requests."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            representatives().none(),
            label=_("Representative"),
            widget=UnfoldAdminSelectWidget(),
            **kwargs,
        )

    def offer(self, *always: int | None) -> None:
        """Offer those on duty, with what they have open, as of a few seconds ago.

        Those with the ids of `always` are offered off duty as well.
        """
        people = representatives().order_by("first_name", "last_name", "pk")
        people = people.filter(Q(is_off_duty=False) | Q(pk__in=list(filter(None, always))))
        self.help_text = _("Representatives who are off duty are not listed.")
        self.queryset = people.prefetch_related("teams")
        self.stats = figures.open_stats()

    def label_from_instance(self, user: Any) -> str:
        """Return the name, the load and the teams of a representative."""
        late = self.stats.late_by_person[user.pk]
        load = ngettext("%(number)d open", "%(number)d open", self.stats.by_person[user.pk])
        parts = [load % {"number": self.stats.by_person[user.pk]}]
        parts += [gettext("%(number)d late") % {"number": late}] if late else []
        parts += [gettext("off duty")] if user.is_off_duty else []
        parts += [", ".join(team.name for team in user.teams.all())] if user.teams.all() else []
        return f"{user} ({' · '.join(parts)})"


class AssignForm(VerbForm):
    """The new assignee."""

    sets = ("assigned_to",)

    assigned_to = RepresentativeField(required=False, empty_label=_("Unassigned"))
    field_order = ("assigned_to", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_to"].offer(self.ticket.assigned_to_id, self.request.user.pk)

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, with the id of the representative."""
        values = super().arguments()
        return values | {"assigned_to": values["assigned_to"] and values["assigned_to"].pk}


class PrioritiseForm(VerbForm):
    """The new priority."""

    sets = ("priority",)

    priority = forms.ChoiceField(
        label=_("Priority"), choices=Priority.choices, widget=UnfoldAdminSelectWidget()
    )
    field_order = ("priority", "notes")


class ReclassifyForm(VerbForm):
    """The new type."""

    sets = ("request_type",)

    request_type = forms.ModelChoiceField(
        RequestType.objects.none(),
        label=_("Type"),
        empty_label=None,
        to_field_name="code",
        widget=UnfoldAdminSelectWidget(),
    )
    field_order = ("request_type", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_type"].queryset = RequestType.objects.filter(
            is_active=True, version__gt=0
        ).order_by("name")

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, with the code of the type."""
        values = super().arguments()
        return values | {"request_type": values["request_type"].code}


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

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb; without a note, it has no readers."""
        values = super().arguments()
        return values | {"is_internal": values["is_internal"] and bool(values["notes"].strip())}


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
