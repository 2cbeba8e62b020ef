"""Phone intake: find the customer, choose the type, and ask its questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from gasutil import access
from gasutil.access import Actor
from gasutil.admin.base.formatting import EMPTY_VALUE
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.dynamic_forms import Question, coerce, questions
from gasutil.errors import DeskError, FieldError, Invalid
from gasutil.models import AnswerKind, IdempotencyKey, RequestType, ServiceRequest, User, UserType
from gasutil.search.query import find_people
from gasutil.workflow import limits, requests

MAX_CUSTOMER_ROWS = 12  # in a search's result
CALLERS = {"user_type": UserType.CUSTOMER, "is_active": True}  # for whom a request can be filed
INPUTS: Mapping[str, str] = {
    AnswerKind.WHOLE_NUMBER: "number",
    AnswerKind.DATE: "date",
    AnswerKind.DATE_TIME: "datetime-local",
    AnswerKind.PHONE: "tel",
    AnswerKind.EMAIL: "email",
}
YES_NO_CHOICES: list[tuple[str, Any]] = [
    ("true", gettext_lazy("Yes")),
    ("false", gettext_lazy("No")),
]


class IntakeForm(forms.Form):
    """The fields of every request, and the questions of its type."""

    once = forms.CharField(max_length=40, widget=forms.HiddenInput())
    description = forms.CharField(
        label=gettext_lazy("What happened"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
    )
    address = forms.CharField(
        label=gettext_lazy("Where"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, request_type: RequestType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request_type = request_type
        self.asked = questions(request_type.form)
        if request_type.creates_emergencies:  # which is never refused for what is missing
            self.fields["description"].required = False
        for question in self.asked:
            self.fields[f"details.{question.name}"] = _field(
                question, is_strict=not request_type.creates_emergencies
            )

    def details(self) -> dict[str, Any]:
        """Return the answers to what was asked, as the validator takes them."""
        written = {
            question.name: self.cleaned_data.get(f"details.{question.name}")
            for question in self.asked
        }
        given = coerce(self.request_type.form, written)
        return {
            question.name: given[question.name]
            for question in self.asked
            if question.name in given and question.is_asked(given)
        }

    def refuse(self, error: DeskError) -> None:
        """Add the errors to the form, each to its field."""
        for problem in error.errors if isinstance(error, Invalid) else []:
            self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        if not isinstance(error, Invalid):
            self.add_error(None, error.message)


class AnyChoiceField(forms.ChoiceField):
    """A choice that is passed on even if the type has changed since the form was shown."""

    def valid_value(self, value: Any) -> bool:
        """Leave it to the verb."""
        return True


class AnyChoicesField(forms.MultipleChoiceField):
    """Several choices that are passed on even if the type has changed since the form was shown."""

    def valid_value(self, value: Any) -> bool:
        """Leave it to the verb."""
        return True


def _field(question: Question, *, is_strict: bool) -> forms.Field:
    """Return the field that asks a question; whether an answer is right, the one validator says."""
    one_of, several_of = (
        (forms.ChoiceField, forms.MultipleChoiceField)
        if is_strict
        else (AnyChoiceField, AnyChoicesField)
    )
    about: dict[str, Any] = {"label": question.label, "help_text": question.help, "required": False}
    if question.unit:
        about["label"] = f"{question.label} ({question.unit})"
    choices: list[tuple[str, Any]] = [
        (value, label) for value, label in question.choices
    ]  # from JSON, where pairs are lists
    if question.kind == AnswerKind.SEVERAL_OF:
        return several_of(
            choices=choices, widget=UnfoldAdminCheckboxSelectMultipleWidget(), **about
        )
    if question.kind in (AnswerKind.ONE_OF, AnswerKind.YES_NO):
        offered = YES_NO_CHOICES if question.kind == AnswerKind.YES_NO else choices
        return one_of(
            choices=[("", EMPTY_VALUE), *offered], widget=UnfoldAdminSelectWidget(), **about
        )
    if question.kind == AnswerKind.LONG_TEXT:
        return forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **about)
    shown = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    shown.input_type = INPUTS.get(question.kind, "text")
    return forms.CharField(widget=shown, **about)


def urls(model_admin: Any) -> list[URLPattern]:
    """Return the address of the page."""
    view = model_admin.admin_site.admin_view(
        require_http_methods(["GET", "HEAD", "POST"])(lambda request: intake(model_admin, request))
    )
    return [path("new/", view, name="gasutil_servicerequest_new")]


def may_file(request: HttpRequest) -> bool:
    """Return whether the user may file requests for customers."""
    return actor_of(request).is_staff and request.user.has_perm("gasutil.submit_for_customer")


def intake(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Go one step on: the customer, the type, the form; only the last, by POST, files anything."""
    if not may_file(request):
        raise Http404
    actor = actor_of(request)
    caller, code = request.GET.get("customer", ""), request.GET.get("request_type", "")
    customer = (
        get_object_or_404(access.visible_to(actor, User), pk=pk_of(caller), **CALLERS)
        if caller
        else None
    )
    request_type = (
        get_object_or_404(RequestType, code=code, is_active=True) if customer and code else None
    )
    shown: dict[str, Any] = {
        "customer": customer,
        "request_type": request_type,
        "q": request.GET.get("q", "").strip(),
    }
    if customer and request_type:
        first = {"address": customer.address, "once": get_random_string(32)}
        form = IntakeForm(
            request_type=request_type,
            data=request.POST if request.method == "POST" else None,
            initial=first,
            auto_id="id_%s",
        )
        if request.method == "POST" and form.is_valid():
            address, warnings = _file(form, actor, customer)
            if address:
                for warning in warnings:
                    messages.warning(
                        request,
                        _("%(field)s: %(message)s")
                        % {
                            "field": warning.field,
                            "message": warning.message,
                        },
                    )
                messages.success(
                    request, _("Request filed. Read these safety instructions to the caller.")
                )
                return HttpResponseRedirect(address)
        shown |= {
            "form": form,
            "conditions": [(question, form[f"details.{question.name}"]) for question in form.asked],
        }
    elif customer:
        shown["request_types"] = RequestType.objects.filter(is_active=True).order_by(
            "-is_emergency", "name"
        )
    else:
        shown["found"] = list(
            find_people(shown["q"])
            .filter(**CALLERS)
            .order_by("first_name", "last_name", "pk")[:MAX_CUSTOMER_ROWS]
        )
    site = model_admin.admin_site
    request.current_app = site.name
    page = {
        **site.each_context(request),
        **shown,
        "opts": model_admin.opts,
        "title": _("New request"),
    }
    return TemplateResponse(request, "gasutil/intake.html", page)


def _file(form: IntakeForm, actor: Actor, customer: User) -> tuple[str, Sequence[FieldError]]:
    """File what the form says; return where it is now shown, with the warnings of an emergency.

    Sent twice it is filed once.

    Where it is refused, return no address and say why in the form.
    """
    given, warnings = form.cleaned_data, []
    try:
        limits.count_call(limits.UPDATES, actor, None, {"request_type": form.request_type.code})
        with transaction.atomic():
            key, is_new = IdempotencyKey.objects.get_or_create(
                user=actor.person, key=f"console:{given['once']}", defaults={"fingerprint": ""}
            )
            if is_new:
                obj: ServiceRequest = requests.submit_for(
                    actor=actor,
                    customer=customer,
                    request_type=form.request_type.code,
                    description=given["description"],
                    address=given["address"],
                    details=form.details(),
                )
                key.location = reverse("admin:gasutil_servicerequest_change", args=[obj.pk])
                key.save(update_fields=["location"])
                warnings = list(obj.warnings)
    except DeskError as error:
        form.refuse(error)
        return "", []
    return key.location, warnings
