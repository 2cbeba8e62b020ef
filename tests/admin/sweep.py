"""The pages of the console that one user gets, what their scripts get, and what their forms do."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.apps import apps
from django.contrib import admin
from django.db import connection, models, transaction
from django.template.base import UNKNOWN_SOURCE
from django.test import Client
from django.urls import URLPattern, URLResolver, resolve, reverse

from gasutil.models import (
    Attachment,
    Import,
    RequestType,
    SavedView,
    ServiceRequest,
    User,
    UserType,
)
from tests.support import markup
from tests.support.page_reader import Form, Page

MAX_ROWS_A_MODEL = 4  # rows of a model whose pages are opened
# What an id is of, by a word in the address.
OTHERS = {"files": Attachment, "views": SavedView, "import": Import}
TYPED = markup.FULL.format(markup.TYPED)
ELSEWHERE = {"logout", "login", "set_language"}  # forms that every page has
# The last use of a session, and rejected calls.
WRITTEN_BY_GETS = {"django_session", "gasutil_consolesession", "gasutil_securityevent"}
NOT_OPENED = {"logout", "jsi18n", "autocomplete", "view_on_site"}


def patterns(result: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the route of every address of the console."""
    for item in result:
        if isinstance(item, URLResolver):
            yield from patterns(item.url_patterns, before + str(item.pattern))
        elif isinstance(item, URLPattern) and item.name:
            yield item.name, before + str(item.pattern)


def paths(route: str) -> list[str]:
    """Return the addresses of a route: one for each object that it can show, up to a limit."""
    if "app_label" in route:
        return ["/admin/gasutil/", "/admin/auth/"]
    before, bracket, rest = route.partition("<")
    if not bracket:
        return [f"/admin/{route}"]
    app, name = route.split("/")[:2]
    other = next((OTHERS[word] for word in OTHERS if word in before.split("/")), None)
    model: Any = other or apps.get_model(app, name)
    return [f"/admin/{before}{pk}{rest.partition('>')[2]}" for pk in keys(model)]


def keys(model: type[models.Model]) -> list[Any]:
    """Return the IDs of some rows: the latest first, with those that show the most."""
    rows = model._default_manager.order_by("-pk")
    telling = {
        ServiceRequest: rows.filter(incident__isnull=False) if model is ServiceRequest else rows,
        RequestType: (
            rows.filter(code__in=["survey", "gas_leak_inspection"])
            if model is RequestType
            else rows
        ),
        User: rows.filter(username__contains="<") if model is User else rows,
    }.get(model, rows)
    customers = User.objects.filter(user_type=UserType.CUSTOMER).order_by("-pk")
    return list(
        dict.fromkeys(
            [
                *telling.values_list("pk", flat=True)[: MAX_ROWS_A_MODEL - 2],
                *(customers.values_list("pk", flat=True)[:1] if model is User else []),
                *rows.values_list("pk", flat=True)[:MAX_ROWS_A_MODEL],
            ]
        )
    )[:MAX_ROWS_A_MODEL]


class Sweep:
    """Opens everything that one user gets in the console."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"Desk-User": str(user.pk)})
        self.client.force_login(user, backend="gasutil.identity.backend.ThrottledBackend")
        self.reached: set[str] = set()  # names of addresses
        self.marks: set[int] = set()  # that are shown as text
        self.raw: dict[str, str] = {}  # what is shown raw, and where first
        self.sent: set[Any] = set()  # forms, each once
        self.got: set[str] = set()
        self.writes: dict[str, str] = {}  # statements of GETs that change rows, and where first
        self.templates: set[str] = set()  # files

    def run(self) -> None:
        """Open every page, get what its scripts get, and send its forms."""
        for name, route in patterns(admin.site.urls[0]):
            if name not in NOT_OPENED:
                for path in paths(route):
                    self.get(path)
        for path in more():
            self.get(path)

    def get(self, path: str, *, htmx: bool = False) -> None:
        """Open a page, and everything that it links to."""
        if path in self.got:
            return
        self.got.add(path)
        with connection.execute_wrapper(partial(self.note_writes, path)):
            answer = self.client.get(path, headers={"HX-Request": "true"} if htmx else {})
        self.look(path, answer)

    def note_writes(
        self, path: str, execute: Any, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Note a statement that changes rows."""
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not any(
            f'"{table}"' in sql for table in WRITTEN_BY_GETS
        ):
            self.writes.setdefault(" ".join(sql.split()[:3]), path)
        return execute(sql, params, many, context)

    def look(self, path: str, answer: Any, *, is_last: bool = False) -> None:
        """Read the response of an address."""
        if answer.streaming:
            b"".join(answer.streaming_content)  # to its end, which closes the file
        to = answer.headers.get("HX-Redirect") or answer.headers.get("Location")
        if to:
            to = urljoin(path, to)
            if urlsplit(to).path.startswith("/admin/") and not is_last:
                self.look(to, self.client.get(to), is_last=True)
            return
        assert answer.status_code < 500, path
        self.templates |= {
            template.origin.name
            for template in answer.templates
            if template.origin.name != UNKNOWN_SOURCE
        }
        if (html := html_of(answer)) is None:
            return
        page = Page(html)
        if answer.status_code == 200:
            self.reached.add(resolve(urlsplit(path).path).url_name)
        self.marks |= page.marks
        for raw in page.raw:
            self.raw.setdefault(raw, path)
        if not is_last:
            self.follow(path, page)

    def follow(self, path: str, page: Page) -> None:
        """Get what the page's scripts get, and send its forms.

        Each form is sent unchanged, with markup, and as a user who saw an old version.
        """
        for call in page.calls:
            self.get(urljoin(path, call), htmx=True)
        for form in page.forms:
            if form.method == "post":
                self.send(path, form)
        for action in page.posts:
            fields = [
                field for form in page.forms if form.method == "post" for field in form.fields
            ]
            self.send(path, Form(method="post", action=action, is_htmx=True, fields=fields))

    def send(self, path: str, form: Form) -> None:
        """Send a form by each of its buttons, and roll back each change."""
        target = urljoin(path, form.action or path)
        name = resolve(urlsplit(target).path).url_name
        if name in ELSEWHERE:
            return
        for button in (
            {*form.buttons, ("", "")} if any(item for item, _ in form.buttons) else {("", "")}
        ):
            for text in (None, TYPED):
                key = (name, button, text, frozenset(item for _, item, _ in form.fields))
                if key not in self.sent:
                    self.sent.add(key)
                    self.post(target, form, {button[0]: button[1]} if button[0] else {}, text)

    def post(self, target: str, form: Form, pressed: dict[str, str], text: str | None) -> None:
        """Send a form once."""
        values: dict[str, Any] = form.values(text) | pressed
        if text and "version" in values:
            values["version"] = "1"
        with transaction.atomic():
            self.look(
                target,
                self.client.post(
                    target, values, headers={"HX-Request": "true"} if form.is_htmx else {}
                ),
                is_last=True,
            )
            transaction.set_rollback(True)


def html_of(answer: Any) -> str | None:
    """Return the HTML of a response: a page, or the alarms that a script inserts."""
    kind = answer.headers.get("Content-Type", "")
    if answer.streaming:
        return None
    if kind.startswith("text/html"):
        return answer.content.decode()
    if kind.startswith("application/json") and "alarms" in (data := answer.json()):
        return "".join(alarm["html"] for alarm in data["alarms"])
    return None


def more() -> Iterator[str]:
    """Yield pages that repeat text from their address, or that need a parameter."""
    for model in admin.site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        yield f"{path}?q={quote(TYPED)}"
        yield f"{path}?q=mark"
    queue = reverse("admin:gasutil_servicerequest_changelist")
    for view in ("open", "mine", "unassigned", "closed", "emergencies", "all"):
        yield f"{queue}?view={view}"
    yield f"{queue}?view={quote(TYPED)}"
    yield f"/admin/search/?s={quote(TYPED)}"
    yield "/admin/search/?s=mark"
    yield "/admin/search/?s=request&extended=1"
    customer = User.objects.filter(user_type="customer").earliest("pk")
    new = reverse("admin:gasutil_servicerequest_new")
    yield f"{new}?q={quote(TYPED)}"
    yield f"{new}?customer={customer.pk}"
    for code in ("survey", "gas_leak_inspection"):
        yield f"{new}?customer={customer.pk}&request_type={code}"
    yield f"/admin/{quote(TYPED)}/"
