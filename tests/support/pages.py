"""Every page: those of the console by its URL resolver, and the public ones by name.

A page that is added to the console is found automatically.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.urls.resolvers import RoutePattern
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from gasutil.admin.requests.saved_views import MODELS
from gasutil.models import (
    Attachment,
    BulkRun,
    Import,
    Incident,
    Notice,
    SavedView,
    SecurityEvent,
    ServiceRequest,
    User,
    UserType,
)
from gasutil.notify import links
from gasutil.workflow import reports

OTHERS = {"files": Attachment}  # what an argument `pk` is of, by a word in the address


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address of the console, filled in with existing objects."""

    name: str
    path: str
    parent: str = ""  # the page of what it is about


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One page as a user gets it, with the dialog that is opened on it, if any."""

    name: str
    path: str
    dialog: str = ""


def console(user: User) -> list[Seen]:
    """Return every page and every dialog of the console that a user gets."""
    client = Client()
    client.force_login(user)
    return [seen for address in [*addresses(), *more(user)] for seen in look(client, address)]


def more(user: User) -> Iterator[Address]:
    """Yield the pages of an address with parameters.

    These are lists, the steps of intake, and pages that ask for a note.
    """
    queue = reverse("admin:gasutil_servicerequest_changelist")
    caller = f"?customer={User.objects.filter(user_type=UserType.CUSTOMER).earliest('pk').pk}"
    for name, asked in {
        "found": "?q=gas",
        "nothing": "?q=nobody+has+written+this",
        "narrowed": "?view=open&priority__exact=high",
    }.items():
        yield Address(name=f"queue-{name}", path=queue + asked)
    for name, asked in {
        "type": caller,
        "details": f"{caller}&request_type=gas_leak_inspection",
    }.items():
        yield Address(name=f"new-{name}", path=reverse("admin:gasutil_servicerequest_new") + asked)
    for run in BulkRun.objects.filter(author=user, confirmed_at=None):
        yield Address(
            name="bulk-preview", path=reverse("admin:gasutil_bulkrun_change", args=[run.pk])
        )
    for table in Import.objects.filter(author=user, confirmed_at=None):
        yield Address(
            name="import-look",
            path=reverse("admin:gasutil_servicerequest_import_look", args=[table.pk]),
        )
    yield Address(
        name="history-narrowed",
        path=reverse("admin:gasutil_requestupdate_changelist")
        + "?changed=assignee&period=last_7_days",
    )
    yield from views(user)


def views(user: User) -> Iterator[Address]:
    """Yield the dialogs of the saved views of each list."""
    for page, model in MODELS.items():
        parent = reverse(f"admin:{model}_changelist")
        save = reverse(f"admin:{model}_save_view")
        yield Address(name=f"view-save-{page}", path=f"{save}?q=SR-7KQ-2M4-TDX", parent=parent)
        for view in SavedView.objects.filter(owner=user, page=page):
            for verb in ("change", "delete"):
                path = reverse(f"admin:{model}_{verb}_view", args=[view.pk])
                yield Address(name=f"view-{verb}-{page}", path=path, parent=parent)


def look(client: Client, address: Address) -> Iterator[Seen]:
    """Yield the page or the dialog of an address.

    Redirects, errors and parts of pages yield nothing.
    """
    answer = client.get(address.path)
    text = text_of(answer)
    answer.close()
    if "<!doctype html" in text[:2000].lower():
        yield Seen(name=address.name, path=address.path)
    elif 'id="dialog"' in text and address.parent:
        yield Seen(name=address.name, path=address.parent, dialog=address.path)


def text_of(answer: Any) -> str:
    """Return the text of a response that is a page; else an empty text."""
    is_page = (
        isinstance(answer, HttpResponse)
        and answer.status_code == 200
        and answer["Content-Type"].startswith("text/html")
    )
    return answer.content.decode() if is_page else ""


def addresses() -> list[Address]:
    """Return every named address of the console whose parameters can be filled in."""
    known = samples()
    result = [address_of(route, name, known) for route, name in routes(admin.site.urls[0])]
    return [address for address in result if address]


def routes(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield each address below a list of patterns, with its name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        elif (
            isinstance(pattern, URLPattern)
            and isinstance(pattern.pattern, RoutePattern)
            and pattern.name
        ):
            yield before + str(pattern.pattern), pattern.name


def address_of(route: str, name: str, known: dict[str, Model]) -> Address | None:
    """Return an address filled in, or None if there is no object of that kind."""
    parts = route.split("/")
    about = known.get("/".join(parts[:2]))
    holders = {part for part in parts if part.startswith("<")}
    if not holders:
        return Address(name=name, path=f"/admin/{route}")
    word = next((word for word in OTHERS if word in parts), "")
    filler = OTHERS[word].objects.order_by("pk").first() if word else about
    if filler is None or len(holders) > 1:
        return None
    path = f"/admin/{route.replace(holders.pop(), str(filler.pk))}"
    return Address(name=name, path=path, parent=f"/admin/{'/'.join(parts[:2])}/{filler.pk}/change/")


def samples() -> dict[str, Model]:
    """Return one object of each kind that has pages, by the start of its address.

    It is the one with the most content.
    """
    result = {
        f"{model._meta.app_label}/{model._meta.model_name}": (
            model._default_manager.order_by("pk").last()
        )
        for model in admin.site._registry
    }
    telling = {
        "gasutil/servicerequest": (
            ServiceRequest.objects.filter(incident__isnull=False, is_open=True)
            .order_by("status")
            .first()
            or ServiceRequest.objects.order_by("-is_emergency", "pk").first()
        ),
        "gasutil/user": User.objects.filter(user_type=UserType.SUPPORT, is_approved=False).first(),
        "gasutil/bulkrun": BulkRun.objects.exclude(confirmed_at=None).last(),
        "gasutil/incident": Incident.objects.filter(closed_at=None).first(),
        "gasutil/requesttype": (
            apps.get_model("gasutil", "RequestType")
            .objects.filter(code="gas_leak_inspection")
            .first()
        ),
    }
    return {
        name: item
        for name, item in (result | {key: value for key, value in telling.items() if value}).items()
        if item
    }


def public(user: User) -> list[Seen]:
    """Return the pages for visitors, and for users who follow a link in a mail."""
    report = reports.report_emergency(address="1 High Street", description="It hisses")
    about = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    paths = {
        "login": reverse("admin:login"),
        "email-confirm": reverse("email-confirm", args=[links.email_token(user)]),
        "report": reverse("report"),
        "report-track": reverse("report-track"),
        "report-track-link": reverse("report-track-link", args=[report.tracking_token]),
        "unsubscribe": urlsplit(links.unsubscribe_page(user, Notice.REPLIED)).path,
        "new-password": reverse("password_reset_confirm", kwargs=about),
        "new-password-bad": reverse("password_reset_confirm", kwargs=about | {"token": "not-one"}),
        "new-password-done": reverse("password_reset_complete"),
        "404": "/nothing/",
        "404-console": "/admin/nothing/",
        "api-docs": "/api/v1/docs",
    }
    return [Seen(name=name, path=path) for name, path in paths.items()]


# What agents have no business with, by the beginning of its name.
MANAGERS_ONLY = (
    "who_may",
    "access_list",
    "gasutil_requesttype_",
    "gasutil_calendar_",
    "gasutil_requestupdate_",
    "gasutil_user_",
    "auth_user_",
    "auth_group_",
    "django_tasks_",
)


def everything() -> dict[str, list[Any]]:
    """Return every row, except those that a visit itself writes.

    These are the last use of a session, and the security log.
    """
    models = [
        *apps.get_app_config("gasutil").get_models(),
        *apps.get_app_config("auth").get_models(),
    ]
    models.remove(SecurityEvent)
    rows = {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in models
    }
    for row in rows["ConsoleSession"]:
        del row["last_used_at"]
    return rows


def addresses_of(*beginnings: str) -> list[Address]:
    return [address for address in addresses() if address.name.startswith(beginnings)]
