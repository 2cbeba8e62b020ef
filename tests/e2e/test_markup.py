"""Markup in every column that a person can write.

Chromium runs none of it, on any page of the console.
"""

import html
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Dialog, Page, Request, Route, expect

from gasutil.models import RequestType, ServiceRequest, User
from tests.support import markup, pages
from tests.support.browser import show
from tests.support.page_reader import ADDRESSES, RUNS
from tests.support.pages import Seen

pytestmark = pytest.mark.e2e
COUNT_RUNS = "window.runs = 0; window.marked = () => { window.runs += 1; };"
# The elements and attributes that markup has become, after the scripts of the page have run.
FIND_RAW = """([code, addresses]) => [
    ...document.querySelectorAll("*")
].flatMap((element) => [...element.attributes].filter(
    ({ name, value }) => /^(data-mark-|mk-)\\d+$/.test(name)
        || (new RegExp(code).test(name) && value.includes("marked()"))
        || (addresses.includes(name) && /^\\s*javascript:/i.test(value))
).map(({ name, value }) => `<${element.localName} ${name}="${value.slice(0, 60)}">`))"""
SEARCH = quote(markup.FULL.format(markup.TYPED))


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", "root@example.com", email_confirmed=True)


@pytest.fixture
def people(
    leak: ServiceRequest,
    customer: User,
    neighbour: User,
    pending: User,
    support: User,
    manager: User,
    root: User,
) -> dict[str, User]:
    """Fill the desk, and write markup into every column; return the users of each role."""
    markup.fill(customer, neighbour, support, manager, root)
    markup.write_everywhere()
    roles = {"support": support, "manager": manager, "root": root}
    return {role: User.objects.get(pk=user.pk) for role, user in roles.items()}


@pytest.fixture
def runs(context: BrowserContext) -> list[str]:
    """Collect dialogs, and requests to the address that only the markup has."""
    events: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        events.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def on_request(request: Request) -> None:
        if urlsplit(request.url).path == markup.CANARY:
            events.append(f"request of {request.frame.url}")

    context.add_init_script(COUNT_RUNS)
    context.on("dialog", on_dialog)
    context.on("request", on_request)
    return events


def raw_markup(page: Page) -> list[str]:
    """Return the markup on a page that is not text, and whether a script of it has run."""
    is_run = page.evaluate("window.runs > 0")
    return [
        *page.evaluate(FIND_RAW, [RUNS.pattern, sorted(ADDRESSES)]),
        *(["a script has run"] if is_run else []),
    ]


def more_pages() -> Iterator[Seen]:
    """Yield pages that repeat a search, and those of the type with the most questions."""
    queue, new = (
        reverse("admin:gasutil_servicerequest_changelist"),
        reverse("admin:gasutil_servicerequest_new"),
    )
    survey = RequestType.objects.get(code="survey")
    customer = ServiceRequest.objects.filter(request_type="survey").latest("pk").customer_id
    for name, path in {
        "queue-search": f"{queue}?q={SEARCH}",
        "queue-view": f"{queue}?view={SEARCH}",
        "queue-all": f"{queue}?view=all",
        "users-search": f"{reverse('admin:gasutil_user_changelist')}?q={SEARCH}",
        "new-search": f"{new}?q={SEARCH}",
        "new-survey": f"{new}?customer={customer}&request_type={survey.code}",
        "type-survey": reverse("admin:gasutil_requesttype_change", args=[survey.pk]),
        "404": f"/admin/{SEARCH}/",
    }.items():
        yield Seen(name=name, path=path)


@pytest.mark.parametrize("role", ["support", "manager", "root"])
def test_no_page_runs_it(
    role: str, people: dict[str, User], runs: list[str], page: Page, let_in: Callable[[User], None]
) -> None:
    let_in(people[role])
    raw: dict[str, list[str]] = {}
    opened = [*pages.console(people[role]), *more_pages()]
    for seen in opened:
        show(page, seen)
        if markup_found := raw_markup(page):
            raw[f"{seen.name} {seen.path}"] = markup_found
    assert (raw, runs) == ({}, [])
    assert len(opened) > 35, role


def test_what_scripts_add_to_a_page_is_text(
    people: dict[str, User],
    runs: list[str],
    page: Page,
    let_in: Callable[[User], None],
    context: BrowserContext,
) -> None:
    """Canned replies and the names of those who view a ticket come after the page."""
    survey = ServiceRequest.objects.filter(request_type="survey", is_open=True).latest("pk")
    ticket = f"/admin/gasutil/servicerequest/{survey.pk}/change/"
    let_in(people["support"])
    page.goto(ticket)
    page.locator("[data-presence]").first.wait_for(state="attached")
    let_in(people["manager"])
    tab = context.new_page()
    tab.goto(ticket)
    expect(tab.locator(".headline .presence")).to_contain_text("marked()")
    tab.locator("#canned-button").click()
    expect(tab.locator("#canned-list [role=option]").first).to_contain_text("marked()")
    tab.keyboard.press("Enter")
    expect(tab.locator("#composer textarea")).to_have_value(markup.MARK)
    assert (raw_markup(tab), runs) == ([], [])


def test_a_page_that_does_not_escape_is_found(
    people: dict[str, User],
    runs: list[str],
    page: Page,
    let_in: Callable[[User], None],
    page_errors: list[str],
) -> None:
    """Change one page on its way to the browser, as a template does that marks a text as safe."""

    def unescape(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=html.unescape(response.text()))

    let_in(people["root"])
    path = reverse(
        "admin:gasutil_servicerequest_change",
        args=[ServiceRequest.objects.filter(request_type="survey").latest("pk").pk],
    )
    page.route(f"**{path}", unescape)
    page.goto(path)
    result = raw_markup(page)
    assert "a script has run" in result
    assert any("x-init" in markup_found for markup_found in result)
    assert runs != []
    assert any("CSP" in error for error in page_errors)
    page_errors.clear()
