"""Requests for callers: one page finds the customer, asks the questions and creates the request."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gasutil import access, duplicates
from gasutil.access import Actor
from gasutil.admin.base.dialog_forms import htmx_redirect
from gasutil.admin.base.http import actor_of
from gasutil.admin.requests.intake_form import (
    CALLERS,
    IntakeForm,
    find_customer,
    spoken_texts,
    typed_caller,
)
from gasutil.admin.requests.intake_questions import CHIP_KEYS
from gasutil.errors import DeskError
from gasutil.models import Contact, IdempotencyKey, RequestType, ServiceRequest, User
from gasutil.search.query import MIN_ENDING_DIGITS, find_people
from gasutil.search.terms import phone_digits
from gasutil.workflow import limits, reception, requests
from gasutil.workflow.safety_texts import LEAK

MAX_OPEN_ROWS = 30
MIN_ADDRESS_LENGTH = 5
MAX_CUSTOMER_ROWS = 6  # in a search's result: more are none that an agent would read through
STEP = "step"  # the button of the form without JavaScript: anything but `create` shows it again
CREATE_STEP = "create"
ONCE_PREFIX = "console:"  # the beginning of the idempotency keys of the page
REPEATED_WITHIN = dt.timedelta(minutes=10)
NOT_CONTENT = ("csrfmiddlewaretoken", "once", STEP, "spoken_language", "q")


def urls(model_admin: Any) -> list[URLPattern]:
    """Return the addresses of the page, and of what appears on it while the agent types."""
    view = model_admin.admin_site.admin_view
    page = require_http_methods(["GET", "HEAD", "POST"])(
        lambda request: intake(model_admin, request)
    )
    return [
        path("new/", view(page), name="gasutil_servicerequest_new"),
        path(
            "new/callers/", view(require_safe(callers)), name="gasutil_servicerequest_new_callers"
        ),
        path(
            "new/similar/",
            view(require_safe(similar_requests)),
            name="gasutil_servicerequest_new_similar",
        ),
    ]


def may_file(request: HttpRequest) -> bool:
    """Return whether the user may file requests for customers."""
    return actor_of(request).is_staff and request.user.has_perm("gasutil.submit_for_customer")


def intake(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the form, or create the request of a form that was sent."""
    if not may_file(request):
        raise Http404
    actor, types = actor_of(request), _types()
    is_sent = request.method == "POST" and request.POST.get(STEP, CREATE_STEP) == CREATE_STEP
    given = request.POST if request.method == "POST" else request.GET
    chosen = next((row for row in types if row.code == given.get("request_type")), None)
    form = IntakeForm(
        request.POST if is_sent else None,
        initial=_initial(actor, given),
        actor=actor,
        request_type=chosen,
        auto_id="id_%s",
    )
    if is_sent and form.is_valid():
        address = _create(request, form)
        if address:
            return htmx_redirect(request, address)
    page = {
        **model_admin.admin_site.each_context(request),
        **_callers_context(actor, form["q"].value() or "", form["customer"].value() or ""),
        "form": form,
        "types": [_card(row, key, form, actor) for row, key in zip(types, CHIP_KEYS, strict=False)],
        "chosen_type": chosen,
        "spoken": spoken_texts(chosen) if chosen else [],
        "language": get_language(),
        "similar": _similar(actor, form["address"].value() or ""),
        "opts": model_admin.opts,
        "title": _("New request"),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "gasutil/intake.html", page)


def callers(request: HttpRequest) -> HttpResponse:
    """Return the customers who match what is typed, with their open requests."""
    if not may_file(request):
        raise Http404
    shown = _callers_context(actor_of(request), request.GET.get("q", "").strip(), "")
    return TemplateResponse(request, "gasutil/intake_callers.html", shown)


def similar_requests(request: HttpRequest) -> HttpResponse:
    """Return the open requests at an address like the one that is being typed."""
    if not may_file(request):
        raise Http404
    rows = _similar(actor_of(request), request.GET.get("address", ""))
    return TemplateResponse(request, "gasutil/intake_similar.html", {"similar": rows})


def _types() -> list[RequestType]:
    """Return the types in use: gas leaks, then other emergencies, then the others."""
    leak_first = Case(When(code=LEAK, then=0), default=1)
    rows = RequestType.objects.filter(is_active=True).prefetch_related("fields")
    return list(rows.order_by(leak_first, "-is_emergency", "name"))


def _card(request_type: RequestType, key: str, form: IntakeForm, actor: Actor) -> dict[str, Any]:
    """Return a type with its key, and what the page shows once it is chosen."""
    questions = IntakeForm(actor=actor, request_type=request_type, auto_id="id_%s")
    return {
        "row": request_type,
        "key": key,
        "is_chosen": request_type == form.chosen_type,
        "questions": questions.asked_questions,
        "spoken": spoken_texts(request_type),
    }


def _initial(actor: Actor, given: QueryDict) -> dict[str, Any]:
    """Return what the form shows first: what is known, or what was typed before another step."""
    customer = find_customer(actor, given.get("customer", ""))
    q = given.get("q", "").strip()
    typed = {
        name: given.getlist(name) if len(given.getlist(name)) > 1 else given[name]
        for name in given
        if name not in NOT_CONTENT
    }
    return {
        "once": given.get("once") or get_random_string(32),
        "q": q,
        "contact": Contact.PHONE,
        "address": customer.address if customer else "",
        **typed_caller(q),
        **{name: value for name, value in typed.items() if value},
        "customer": str(customer.pk) if customer else "",
    }


def _callers_context(actor: Actor, q: str, chosen: str) -> dict[str, Any]:
    """Return the people who match a search, and which of them is chosen: the only one by number."""
    customers = (
        list(
            find_people(q)
            .filter(**CALLERS)
            .order_by("first_name", "last_name", "pk")[:MAX_CUSTOMER_ROWS]
        )
        if q
        else []
    )
    if not chosen and len(customers) == 1 and phone_digits(q, MIN_ENDING_DIGITS):
        chosen = str(customers[0].pk)
    if chosen and chosen not in [str(person.pk) for person in customers]:
        customer = find_customer(actor, chosen)
        customers = [customer, *customers] if customer else customers
    _add_open_requests(actor, customers)
    return {"found": customers, "chosen_customer": chosen, "searched": q}


def _similar(actor: Actor, address: str) -> list[ServiceRequest]:
    address = address.strip()
    return duplicates.open_near(actor, address) if len(address) >= MIN_ADDRESS_LENGTH else []


def _add_open_requests(actor: Actor, people: Sequence[User]) -> None:
    """Give people their open requests, the newest first."""
    visible = access.visible_to(actor, ServiceRequest).filter(customer__in=people, is_open=True)
    rows = visible.select_related("request_type").order_by("-pk")[:MAX_OPEN_ROWS] if people else []
    for person in people:
        person.open_requests = [row for row in rows if row.customer_id == person.pk]  # type: ignore[attr-defined]


# --- Creating


def _create(request: HttpRequest, form: IntakeForm) -> str:
    """Create the request of a valid form once; return its address, or "" and say why not."""
    actor, fingerprint = actor_of(request), _fingerprint(request.POST)
    if repeated := _repeated(actor, fingerprint):
        _add_messages(request, [], is_new=False)
        return repeated
    try:
        request_type = form.cleaned_data["request_type"]
        limits.count_call(limits.UPDATES, actor, None, {"request_type": request_type})
        with transaction.atomic():
            key, is_new = IdempotencyKey.objects.get_or_create(
                user=actor.person,
                key=f"{ONCE_PREFIX}{form.cleaned_data['once']}",
                defaults={"fingerprint": fingerprint},
            )
            warnings = _receive(form, actor, key).warnings if is_new else []
    except DeskError as error:
        form.refuse(error)
        return ""
    if key.fingerprint != fingerprint:
        _refuse_used(form, key, request.POST)
        return ""
    _add_messages(request, warnings, is_new=is_new)
    return key.location


def _repeated(actor: Actor, fingerprint: str) -> str:
    """Return the address of the request that the same form has just created, if there is one.

    A page that is loaded again by going back has another token, and the browser's old values.
    """
    since = timezone.now() - REPEATED_WITHIN
    keys = IdempotencyKey.objects.filter(
        user=actor.person,
        key__startswith=ONCE_PREFIX,
        fingerprint=fingerprint,
        created_at__gte=since,
    )
    return keys.values_list("location", flat=True).order_by("pk").first() or ""


def _receive(form: IntakeForm, actor: Actor, key: IdempotencyKey) -> ServiceRequest:
    """Create the request, and assign it to the agent, who has spoken with the caller."""
    given = form.cleaned_data
    obj: ServiceRequest = reception.receive(
        actor=actor,
        **form.person(),
        request_type=given["request_type"],
        description=given["description"],
        address=given["address"],
        details=form.details(),
        received_at=form.received_time(),
        contact=given["contact"] or Contact.PHONE,
    )
    if access.is_representative(actor.person):
        requests.take(obj.pk, actor=actor)
    key.location = reverse("admin:gasutil_servicerequest_change", args=[obj.pk])
    key.save(update_fields=["location"])
    return obj


def _fingerprint(sent: QueryDict) -> str:
    """Return what tells whether a form was sent again with other content."""
    content = sorted(item for item in sent.lists() if item[0] not in NOT_CONTENT)
    return hashlib.sha256(repr(content).encode()).hexdigest()


def _refuse_used(form: IntakeForm, key: IdempotencyKey, sent: QueryDict) -> None:
    """Say that the page has created another request; sent again, the form creates one more."""
    text = _(
        "You have already created {link} from this page, with other details. Press Create again to"
        " create another request."
    )
    pk = key.location.rstrip("/").split("/")[-2]
    obj = ServiceRequest.objects.filter(pk=pk).first()
    link = format_html('<a class="link" href="{}">{}</a>', key.location, obj or _("a request"))
    form.add_error(None, format_html(text, link=link))
    fresh = sent.copy()
    fresh["once"] = get_random_string(32)
    form.data = fresh


def _add_messages(request: HttpRequest, warnings: Sequence[Any], *, is_new: bool) -> None:
    for warning in warnings:
        params = {"field": warning.field, "message": warning.message}
        messages.warning(request, _("%(field)s: %(message)s") % params)
    if is_new:
        messages.success(request, _("Request created and assigned to you."))
    else:
        messages.info(request, _("This request was already created."))
