"""What each verb of a service request asks for."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil import deadlines, duplicates
from gasutil.admin.meanwhile import Meanwhile, meanwhile
from gasutil.admin.site import actor_of
from gasutil.admin.word_forms import WordForm
from gasutil.admin.wording import first_line
from gasutil.errors import DeskError, StaleVersion
from gasutil.models import Incident, Priority, RequestType, ServiceRequest
from gasutil.workflow import transitions
from gasutil.workflow.gates import NO_ACCESS
from gasutil.workflow.steps import representatives

STALE = _("Somebody was faster: this request has changed since you opened it. Your words are still here. Look at it, or send once more.")
LEADS_TO = {move.verb: to for ways in transitions.TABLE.values() for to, move in ways.items()}


class VerbForm(WordForm):
    """What every verb of a request takes: a word on it, and the version that the agent saw."""

    data: QueryDict
    sets: tuple[str, ...] = ()  # the fields of the request that the form says

    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, ticket: ServiceRequest, verb: str = "", **kwargs: Any) -> None:
        self.ticket, self.verb = ticket, verb
        self.meanwhile: Meanwhile | None = None
        super().__init__(*args, object_id=ticket.pk, **kwargs)

    def get_before_template_context(self, request: HttpRequest, object_id: Any = None) -> dict[str, Any]:
        """Return what the template of the faults needs, with what others have done meanwhile."""
        return super().get_before_template_context(request, object_id) | {"meanwhile": self.meanwhile}

    def arguments(self) -> dict[str, Any]:
        """Return what the verb is called with, beside the request and the actor."""
        said = super().arguments()
        version = said.pop("version")
        return said | {"versions": (version,) if version else ()}

    def wanted(self) -> dict[str, Any]:
        """Return what the request is to become, field by field, as the log keeps it."""
        arguments = self.arguments()
        wanted = {name: arguments[name] for name in self.sets}
        return wanted | ({"status": LEADS_TO[self.verb]} if self.verb in LEADS_TO else {})

    def refuse(self, error: DeskError) -> None:
        """Tell in the form why something was refused; whoever has read what is new may send it again."""
        if not isinstance(error, StaleVersion):
            return super().refuse(error)
        self.meanwhile = meanwhile(self.ticket.pk, self.cleaned_data["version"], wanted=self.wanted(), now=timezone.now())
        data = self.data.copy()
        data["version"] = str(self.meanwhile.version)
        self.data = data
        self.add_error(None, STALE)
        return None


class AssignForm(VerbForm):
    """Whom a request is handed to."""

    sets = ("assigned_to",)

    assigned_to = forms.ModelChoiceField(
        representatives().none(), label=_("Representative"), required=False, empty_label=_("Nobody"), widget=UnfoldAdminSelectWidget()
    )
    field_order = ("assigned_to", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_to"].queryset = representatives().order_by("first_name", "last_name", "pk")

    def arguments(self) -> dict[str, Any]:
        """Return the representative as the verb takes him: by his id."""
        said = super().arguments()
        return said | {"assigned_to": said["assigned_to"] and said["assigned_to"].pk}


class PrioritiseForm(VerbForm):
    """How urgent a request is."""

    sets = ("priority",)

    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, widget=UnfoldAdminSelectWidget())
    field_order = ("priority", "notes")


class ReclassifyForm(VerbForm):
    """What kind of request it is."""

    sets = ("request_type",)

    request_type = forms.ModelChoiceField(
        RequestType.objects.none(), label=_("Type"), empty_label=None, to_field_name="code", widget=UnfoldAdminSelectWidget()
    )
    field_order = ("request_type", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_type"].queryset = RequestType.objects.filter(is_active=True, version__gt=0).order_by("name")

    def arguments(self) -> dict[str, Any]:
        """Return the type as the verb takes it: by its code."""
        said = super().arguments()
        return said | {"request_type": said["request_type"].code}


class RecordForm(VerbForm):
    """Which step a request has come to."""

    milestone = forms.ChoiceField(label=_("What has been reached"), widget=UnfoldAdminSelectWidget())
    field_order = ("milestone", "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unmet = [one for one in deadlines.milestones_of(self.ticket) if one.met_at is None and one.name != deadlines.RESOLVED]
        self.fields["milestone"].choices = [(one.name, one.label) for one in unmet] + [(NO_ACCESS, _("Nobody could get in"))]


class ResolveForm(VerbForm):
    """How a request has ended, and whether its agent goes on to the next."""

    then_take = forms.BooleanField(label=_("Then take the next one"), required=False, widget=UnfoldBooleanSwitchWidget())

    def arguments(self) -> dict[str, Any]:
        """Return what resolving takes."""
        said = super().arguments()
        said.pop("then_take")
        return said


class FilesInput(forms.ClearableFileInput):
    """A choice of several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, and what the page tells of them before they are sent."""

    widget = FilesInput
    largest, most = settings.FILE_LIMIT, settings.FILES_A_CALL

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, each checked as one alone."""
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class ReplyForm(VerbForm):
    """What is written on a request, with files."""

    attachments = FilesField(label=_("Files"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notes"].widget.attrs["data-key"] = "r"


class JoinForm(VerbForm):
    """Which incident a report is of, and what else is."""

    notes = is_internal = version = None  # type: ignore[assignment]  # joining says nothing to anybody, and undoes nothing

    incident = forms.ModelChoiceField(
        Incident.objects.none(), label=_("Incident"), required=False, empty_label=_("A new incident"), widget=UnfoldAdminSelectWidget()
    )
    title = forms.CharField(
        label=_("Title of a new incident"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )
    reports = forms.MultipleChoiceField(label=_("Join these with it"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = Incident.objects.filter(closed_at=None)
        self.initial.setdefault("title", first_line(self.ticket.address, 200))
        alike = [one for one in duplicates.likely(actor_of(self.request), self.ticket) if one.is_open and one.incident_id is None]
        self.fields["reports"].choices = [(one.pk, f"{one.reference}: {first_line(one.address, 60)}") for one in alike]
        if not alike:
            del self.fields["reports"]

    def arguments(self) -> dict[str, Any]:
        """Return what joining takes."""
        given = self.cleaned_data
        return {
            "incident": given["incident"] and given["incident"].pk,
            "title": given["title"],
            "reports": map(int, given.get("reports", [])),
        }
