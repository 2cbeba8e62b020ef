"""The fields that the forms of all verbs have."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.admin.base.dialog_forms import NoteForm
from gasutil.admin.base.when_field import WhenField, not_before
from gasutil.admin.requests.edit_conflicts import EditConflict, edit_conflict
from gasutil.errors import DeskError, StaleVersion
from gasutil.models import ServiceRequest
from gasutil.workflow import transitions

STALE = _(
    "This request changed while you were editing. Review the changes, then send again. Your text is"
    " still here."
)
ENDING = ("cancel", "prioritise", "reclassify")  # what ends an emergency without resolving it
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
