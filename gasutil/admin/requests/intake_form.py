"""The form of the page for callers: who calls, where, what the type asks, when and how."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from gasutil import access
from gasutil.access import Actor
from gasutil.admin.base.when_field import WhenField
from gasutil.admin.requests.intake_questions import (
    AskedQuestion,
    Chip,
    chips,
    danger_answers,
    question_chips,
    question_field,
)
from gasutil.dynamic_forms import coerce, questions
from gasutil.errors import DeskError, Invalid
from gasutil.models import Contact, RequestType, User, UserType
from gasutil.models.catalogue import SAMPLE_TEXT
from gasutil.models.type_texts import localised_form
from gasutil.search.query import MIN_ENDING_DIGITS
from gasutil.search.terms import phone_digits
from gasutil.workflow.type_translations import sample_text, without_sample_note

CALLERS = {"user_type": UserType.CUSTOMER, "is_active": True}  # for whom a request can be filed
AT_A_TIME = "at"
MINUTES_AGO = (5, 15, 30, 60)  # quick picks of when a report was received


def received_choices() -> list[tuple[str, str]]:
    """Return the quick picks of when a report was received, in the language in use."""
    return [
        ("", _("Now")),
        *(
            (str(minutes), ngettext("%d minute ago", "%d minutes ago", minutes) % minutes)
            for minutes in MINUTES_AGO
        ),
        (AT_A_TIME, _("At another time")),
    ]


class IntakeForm(forms.Form):
    """The fields of every request, and the questions of its type."""

    once = forms.CharField(max_length=40)
    q = forms.CharField(required=False, max_length=300)
    customer = forms.CharField(required=False)
    request_type = forms.CharField(required=False)
    received = forms.ChoiceField(
        label=gettext_lazy("Received"), required=False, choices=received_choices
    )
    received_at = WhenField(label=gettext_lazy("Received at"))
    contact = forms.ChoiceField(
        label=gettext_lazy("How it was received"), required=False, choices=Contact.choices
    )
    address = forms.CharField(
        label=gettext_lazy("Where"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    description = forms.CharField(
        label=gettext_lazy("What happened"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, actor: Actor, request_type: RequestType | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.chosen_type = actor, request_type
        self.fields |= _caller_fields()
        self.asked = questions(localised_form(request_type)) if request_type else []
        is_strict = request_type is not None and not request_type.creates_emergencies
        self.fields["description"].required = is_strict
        for question in self.asked:
            self.fields[f"details.{question.name}"] = question_field(question, is_strict=is_strict)

    # --- What was sent

    def clean_customer(self) -> User | None:
        """Return the customer who was chosen, or None for a new caller."""
        chosen = self.cleaned_data["customer"]
        if not chosen:
            return None
        customer = find_customer(self.actor, chosen)
        if customer is None:
            raise forms.ValidationError(_("This is not an active customer account."))
        return customer

    def clean_request_type(self) -> str:
        """Return the code of the type, which must be one in use."""
        if self.chosen_type is None:
            raise forms.ValidationError(_("Choose a request type."))
        return self.chosen_type.code

    def details(self) -> dict[str, Any]:
        """Return the answers to what was asked, as the validator takes them."""
        if self.chosen_type is None:
            return {}
        written = {
            question.name: self.cleaned_data.get(f"details.{question.name}")
            for question in self.asked
        }
        given = coerce(self.chosen_type.form, written)
        return {
            question.name: given[question.name]
            for question in self.asked
            if question.name in given and question.is_asked(given)
        }

    def person(self) -> dict[str, Any]:
        """Return whom the request is for, as the verb takes it."""
        given = self.cleaned_data
        if given["customer"] is not None:
            return {"customer": given["customer"].pk}
        typed = typed_caller(given["q"])
        names = ("name", "phone_number")
        return {
            "caller": {
                name: given[f"caller.{name}"] or typed.get(f"caller.{name}", "") for name in names
            }
        }

    def received_time(self) -> dt.datetime | None:
        """Return when the report was received, or None for now."""
        given = self.cleaned_data
        if given["received"].isdecimal():
            return timezone.now() - dt.timedelta(minutes=int(given["received"]))
        moment: dt.datetime | None = given["received_at"]
        return moment if given["received"] == AT_A_TIME else None

    def refuse(self, error: DeskError) -> None:
        """Add the errors to the form, each to its field."""
        for problem in error.errors if isinstance(error, Invalid) else []:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        if not isinstance(error, Invalid):
            self.add_error(None, error.message)

    # --- What is shown

    @property
    def caller_fields(self) -> list[Any]:
        """Return the fields of a new caller."""
        return [self[name] for name in self.fields if name.startswith("caller.")]

    @property
    def asked_questions(self) -> list[AskedQuestion]:
        """Return the questions of the type, with their fields and chips."""
        dangers = danger_answers(self.chosen_type)
        return [
            AskedQuestion(
                question=question,
                field=self[f"details.{question.name}"],
                chips=list(question_chips(question, self[f"details.{question.name}"], dangers)),
            )
            for question in self.asked
        ]

    @property
    def received_chips(self) -> list[Chip]:
        """Return the quick picks of when the report was received."""
        return chips(received_choices(), self["received"].value() or "")

    @property
    def contact_chips(self) -> list[Chip]:
        """Return the ways in which a report is received."""
        return chips(Contact.choices, self["contact"].value() or Contact.PHONE)


def find_customer(actor: Actor, pk: str) -> User | None:
    """Return the customer with a number, if the actor can file requests for them."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18):
        return None
    return access.visible_to(actor, User).filter(pk=int(pk), **CALLERS).first()


def typed_caller(q: str) -> dict[str, str]:
    """Return what is known of a new caller from the search for them: a number, or a name."""
    name = "phone_number" if phone_digits(q, MIN_ENDING_DIGITS) else "name"
    return {f"caller.{name}": q} if q else {}


def _caller_fields() -> dict[str, forms.Field]:
    """Return the fields of a caller without an account; the verb says which are needed."""
    shown = {"name": UnfoldAdminTextInputWidget(), "phone_number": UnfoldAdminTextInputWidget()}
    shown["phone_number"].input_type = "tel"
    for widget in shown.values():
        widget.attrs["autocomplete"] = "off"
    labels = {"name": gettext_lazy("Name"), "phone_number": gettext_lazy("Phone number")}
    return {
        f"caller.{name}": forms.CharField(
            label=labels[name], required=False, max_length=300, widget=widget
        )
        for name, widget in shown.items()
    }


def spoken_texts(request_type: RequestType) -> list[dict[str, Any]]:
    """Return what agents read out to callers, in each language that it is translated into."""
    spoken = request_type.spoken_text
    if not spoken.text:
        return []
    return [
        _spoken_text(code, name, spoken.in_language(code))
        for code, name in settings.LANGUAGES
        if code == settings.LANGUAGE_CODE or code in spoken.translations
    ]


def _spoken_text(code: str, name: str, text: str) -> dict[str, Any]:
    """Return a text in a language; the note that it is a sample is not read out."""
    note = SAMPLE_TEXT if code == settings.LANGUAGE_CODE else sample_text(code)
    cleaned = without_sample_note(text, note)
    return {"code": code, "name": name, "text": cleaned, "is_sample": cleaned != text}
