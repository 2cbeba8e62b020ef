"""Filing a request for somebody who has rung up: find the customer, choose the type, ask what it asks."""

from collections.abc import Mapping
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

from gasutil import access, search
from gasutil.access import Actor
from gasutil.admin.site import actor_of, pk_of
from gasutil.admin.wording import NOTHING
from gasutil.details import Question, questions, typed
from gasutil.errors import DeskError, Invalid
from gasutil.models import IdempotencyKey, Kind, RequestType, ServiceRequest, User, UserType
from gasutil.workflow import requests

FOUND = 12  # customers that a search shows
CALLERS = {"user_type": UserType.CUSTOMER, "is_active": True}  # for whom a request can be filed
INPUTS: Mapping[str, str] = {
    Kind.WHOLE_NUMBER: "number",
    Kind.DATE: "date",
    Kind.DATE_TIME: "datetime-local",
    Kind.PHONE: "tel",
    Kind.EMAIL: "email",
}
YES_NO: list[tuple[str, Any]] = [("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))]


class IntakeForm(forms.Form):
    """What every request has, and what its type asks."""

    once = forms.CharField(max_length=40, widget=forms.HiddenInput())
    description = forms.CharField(
        label=gettext_lazy("What has happened"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True})
    )
    address = forms.CharField(label=gettext_lazy("Where"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))

    def __init__(self, *args: Any, kind: RequestType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.asked = questions(kind.form)
        for question in self.asked:
            self.fields[f"details.{question.name}"] = _field(question)

    def details(self) -> dict[str, Any]:
        """Return the answers to what was asked, as the validator takes them."""
        written = {question.name: self.cleaned_data.get(f"details.{question.name}") for question in self.asked}
        given = typed(self.kind.form, written)
        return {question.name: given[question.name] for question in self.asked if question.name in given and question.is_asked(given)}

    def refuse(self, error: DeskError) -> None:
        """Tell in the form why it was refused, each fault at its field."""
        for fault in error.faults if isinstance(error, Invalid) else []:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)
        if not isinstance(error, Invalid):
            self.add_error(None, error.message)


def _field(question: Question) -> forms.Field:
    """Return the field that asks a question; whether an answer is right, the one validator says."""
    about: dict[str, Any] = {"label": question.label, "help_text": question.help, "required": False}
    if question.unit:
        about["label"] = f"{question.label} ({question.unit})"
    choices: list[tuple[str, Any]] = [(value, label) for value, label in question.choices]  # from JSON, where pairs are lists
    if question.kind == Kind.SEVERAL_OF:
        return forms.MultipleChoiceField(choices=choices, widget=UnfoldAdminCheckboxSelectMultipleWidget(), **about)
    if question.kind in (Kind.ONE_OF, Kind.YES_NO):
        offered = YES_NO if question.kind == Kind.YES_NO else choices
        return forms.ChoiceField(choices=[("", NOTHING), *offered], widget=UnfoldAdminSelectWidget(), **about)
    if question.kind == Kind.LONG_TEXT:
        return forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **about)
    shown = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    shown.input_type = INPUTS.get(question.kind, "text")
    return forms.CharField(widget=shown, **about)


def urls(model_admin: Any) -> list[URLPattern]:
    """Return the address of the page."""
    view = model_admin.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(lambda request: intake(model_admin, request)))
    return [path("new/", view, name="gasutil_servicerequest_new")]


def may(request: HttpRequest) -> bool:
    """Return whether somebody may file requests for customers."""
    return actor_of(request).is_staff and request.user.has_perm("gasutil.submit_for_customer")


def intake(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Go one step on: the customer, the type, the form; only the last, by POST, files anything."""
    if not may(request):
        raise Http404
    actor = actor_of(request)
    caller, code = request.GET.get("customer", ""), request.GET.get("request_type", "")
    customer = get_object_or_404(access.visible_to(actor, User), pk=pk_of(caller), **CALLERS) if caller else None
    kind = get_object_or_404(RequestType, code=code, is_active=True) if customer and code else None
    shown: dict[str, Any] = {"customer": customer, "kind": kind, "q": request.GET.get("q", "").strip()}
    if customer and kind:
        first = {"address": customer.address, "once": get_random_string(32)}
        form = IntakeForm(kind=kind, data=request.POST if request.method == "POST" else None, initial=first, auto_id="id_%s")
        if request.method == "POST" and form.is_valid():
            address = _file(form, actor, customer)
            if address:
                messages.success(request, _("It is filed. This is what the caller has to be told, and what happens now."))
                return HttpResponseRedirect(address)
        shown |= {"form": form, "conditions": [(question, form[f"details.{question.name}"]) for question in form.asked]}
    elif customer:
        shown["kinds"] = RequestType.objects.filter(is_active=True).order_by("-is_emergency", "name")
    else:
        shown["found"] = list(search.people(shown["q"]).filter(**CALLERS).order_by("first_name", "last_name", "pk")[:FOUND])
    site = model_admin.admin_site
    request.current_app = site.name
    page = {**site.each_context(request), **shown, "opts": model_admin.opts, "title": _("New request")}
    return TemplateResponse(request, "gasutil/intake.html", page)


def _file(form: IntakeForm, actor: Actor, customer: User) -> str:
    """File what the form says, and return where it is now shown; sent twice it is filed once. None of it where it is refused."""
    given = form.cleaned_data
    try:
        with transaction.atomic():
            key, is_new = IdempotencyKey.objects.get_or_create(
                user=actor.person, key=f"console:{given['once']}", defaults={"fingerprint": ""}
            )
            if is_new:
                obj: ServiceRequest = requests.submit_for(
                    actor=actor,
                    customer=customer,
                    request_type=form.kind.code,
                    description=given["description"],
                    address=given["address"],
                    details=form.details(),
                )
                key.location = reverse("admin:gasutil_servicerequest_change", args=[obj.pk])
                key.save(update_fields=["location"])
    except DeskError as error:
        form.refuse(error)
        return ""
    return key.location
