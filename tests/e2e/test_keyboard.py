"""A whole shift with the keyboard alone; the focus can be seen at every step."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from gasutil.models import RequestUpdate, ServiceRequest, User
from tests.support.people import PASSWORD

pytestmark = pytest.mark.e2e
MAX_TABS = 60
TIMEOUT_MILLISECONDS = 20_000
# Say what has the focus if it can't be seen: it has no ring, it is outside the window, or something
# lies over it. The ring of a hidden choice is that of its label.
INVISIBLE = """() => {
    const element = document.activeElement;
    const name = element && `${element.outerHTML.slice(0, 120)} on ${location.pathname}`;
    if (!element || element === document.body) return "nothing has the focus";
    const shown = element.matches(".sr-only") ? element.closest("label") : element;
    const parts = [shown, ...shown.querySelectorAll(":scope > *")];
    const hasRing = ({ outlineStyle, outlineWidth }) =>
        outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
    if (!parts.some((part) => hasRing(getComputedStyle(part))))
        return `no ring: ${name}`;
    const box = shown.getBoundingClientRect();
    const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 20);
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return `outside: ${name}`;
    const top = document.elementFromPoint(x, y);
    return shown.contains(top) || top?.contains(shown) ? "" : `covered: ${name}`;
}"""


def expect_visible_focus(page: Page) -> None:
    """Expect that users see what the next key acts on."""
    with suppress(Error):
        page.wait_for_function(f"({INVISIBLE})() === ''", timeout=TIMEOUT_MILLISECONDS)
    assert page.evaluate(INVISIBLE) == ""


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until a part of the page has the focus, and see each stop of the page."""
    for _number in range(MAX_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return expect_visible_focus(page)
        page.keyboard.press(key)
        if page.evaluate("document.activeElement !== document.body"):  # else the browser has it
            expect_visible_focus(page)
    pytest.fail(f"{selector} is not reached by {MAX_TABS} times {key}")


def send(page: Page, text: str) -> None:
    """Type into the field that has the focus, and send its form."""
    expect_visible_focus(page)
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def expect_ready(page: Page) -> None:
    """Expect that the scripts of the page listen to keys."""
    expect(page.locator("#keys-hint")).to_be_visible()
    page.wait_for_function("window.htmx && document.body._x_dataStack")


def test_a_shift_needs_no_mouse(page: Page, support: User, leak: ServiceRequest) -> None:
    log_in(page, support)
    open_and_take(page, leak)
    write_a_note(page)
    start_and_record(page, leak)
    resolve(page, leak)
    take_a_call(page)
    go_to_the_bulk_bar(page)


def log_in(page: Page, user: User) -> None:
    page.goto("/admin/login/")
    tab_to(page, "[name=username]")
    page.keyboard.type(user.username)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect_ready(page)


def open_and_take(page: Page, leak: ServiceRequest) -> None:
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/servicerequest/")
    expect_ready(page)
    page.keyboard.press("j")
    expect_visible_focus(page)
    page.keyboard.press("o")
    expect(page.locator("#ticket-headline")).to_contain_text(leak.reference)
    expect_ready(page)
    page.keyboard.press("a")
    expect(page.locator("#ticket-headline")).to_contain_text("My requests")
    expect_ready(page)


def write_a_note(page: Page) -> None:
    """Write what only staff can read: the arrows choose the readers."""
    page.keyboard.press("r")
    expect(page.locator("#composer textarea")).to_be_focused()
    tab_to(page, "#composer_public", "Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#composer_internal")).to_be_checked()
    expect_visible_focus(page)
    tab_to(page, "#composer textarea")
    send(page, "Neighbour has the key")
    expect(page.locator(".line.is-internal:target")).to_contain_text("Neighbour has the key")
    expect_ready(page)


def start_and_record(page: Page, leak: ServiceRequest) -> None:
    """Do the next step twice: start the work, and record that the crew is on site."""
    page.keyboard.press("s")
    expect(page.locator("#dialog textarea").first).to_be_focused()
    send(page, "A crew is on its way")
    expect(page.locator(".labels")).to_contain_text("In progress")
    expect_ready(page)
    page.keyboard.press("s")
    expect(page.locator("#dialog")).to_be_visible()
    tab_to(page, "#dialog textarea")
    send(page, "Riser checked")
    expect(page.locator(".timeline")).to_contain_text("recorded the step “On site”")
    assert RequestUpdate.objects.get(id=leak.pk, notes="Riser checked").is_internal
    expect_ready(page)


def resolve(page: Page, leak: ServiceRequest) -> None:
    """Find what else can be done in the menu, by its arrows."""
    page.keyboard.press("m")
    expect(page.locator(".more-menu button").first).to_be_focused()
    for _number in range(MAX_TABS):
        expect_visible_focus(page)
        if page.evaluate("document.activeElement.dataset.verb") == "resolve":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog select").first).to_be_focused()
    expect_visible_focus(page)
    page.keyboard.type("Made")
    tab_to(page, "#dialog textarea")
    send(page, "The valve is closed")
    expect(page.locator(".labels")).to_contain_text("Resolved")
    leak.refresh_from_db()
    assert leak.status == "resolved"
    expect_ready(page)


def take_a_call(page: Page) -> None:
    page.keyboard.press("c")
    expect(page.locator("#id_q")).to_be_focused()
    expect_visible_focus(page)
    page.keyboard.type("98765 43210")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name === 'caller.name'")
    expect_visible_focus(page)
    page.keyboard.type("Ravi Neighbour")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name !== 'caller.name'")
    if page.evaluate("document.activeElement.name") == "caller.phone_number":
        page.keyboard.press("Enter")
    expect_visible_focus(page)
    page.keyboard.press("1")
    page.wait_for_function("document.activeElement.name === 'address'")
    send(page, "18 Baner Road, Pune")
    page.wait_for_url(re.compile(r"/\d+/change/"))
    expect(page.locator("#ticket-headline")).to_contain_text("My requests")
    expect_ready(page)


def go_to_the_bulk_bar(page: Page) -> None:
    """Go from a selected row to the actions for the selection."""
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/servicerequest/")
    expect_ready(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk-bar")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".bulk-verbs button").first).to_be_focused()
    expect_visible_focus(page)
