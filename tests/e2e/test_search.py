"""The search of every page by keys.

Where it opens and where it does not, along what is found, and back to where the focus was.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.models import ServiceRequest, User
from tests.support.console import ticket

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/gasutil/servicerequest/"


@pytest.fixture
def agent(let_in: Callable[[User], None], support: User, page: Page) -> Page:
    let_in(support)
    return page


def selected(page: Page):
    return page.locator("#search-found [aria-selected=true]")


def test_it_works(
    agent: Page, leak: ServiceRequest, connection: ServiceRequest, page_errors: list[str]
) -> None:
    agent.goto("/admin/password_change/")
    agent.locator("body").press("/")
    expect(agent.locator("#search-input")).to_be_focused()
    agent.keyboard.type("customer")
    expect(agent.locator("#search-found mark").first).to_be_visible()
    expect(selected(agent)).to_have_count(1)
    first = selected(agent).get_attribute("id")
    agent.keyboard.press("ArrowDown")
    expect(selected(agent)).not_to_have_attribute("id", first or "")
    expect(agent.locator("#search-input")).to_have_attribute(
        "aria-activedescendant", selected(agent).get_attribute("id") or ""
    )
    agent.keyboard.press("ArrowUp")
    agent.keyboard.press("ArrowUp")
    expect(selected(agent)).to_have_id("search-all")

    agent.locator("#search-input").fill(leak.reference.lower().replace("-", " "))
    expect(selected(agent)).to_contain_text(leak.reference)
    expect(agent.locator("#search-found .search-hit")).to_have_count(2)
    agent.keyboard.press("Enter")
    agent.wait_for_url(f"**{ticket(leak)}")
    assert page_errors == []


def test_escape_leads_back_to_where_the_focus_was(
    agent: Page, leak: ServiceRequest, page_errors: list[str]
) -> None:
    agent.goto(ticket(leak))
    note = agent.locator("#composer textarea")
    note.click()
    agent.keyboard.type("On our way /")
    expect(agent.locator("#search")).to_be_hidden()
    agent.keyboard.press("Control+k")
    expect(agent.locator("#search-input")).to_be_focused()
    agent.keyboard.type("a/b")
    expect(agent.locator("#search-input")).to_have_value("a/b")
    agent.keyboard.press("Escape")
    expect(agent.locator("#search")).to_be_hidden()
    expect(note).to_be_focused()
    expect(note).to_have_value("On our way /")
    assert page_errors == []


def test_it_opens_over_no_other_dialog(
    agent: Page, leak: ServiceRequest, page_errors: list[str]
) -> None:
    agent.goto(QUEUE)
    agent.keyboard.press("?")
    expect(agent.locator("#keys")).to_be_visible()
    for key in ("/", "Control+k"):
        agent.keyboard.press(key)
        expect(agent.locator("#search")).to_be_hidden()
    agent.keyboard.press("Escape")
    agent.keyboard.press("/")
    expect(agent.locator("#search")).to_be_visible()
    agent.keyboard.press("Control+k")
    expect(agent.locator("#search-input")).to_be_focused()
    agent.mouse.click(5, 5)
    expect(agent.locator("#search")).to_be_hidden()
    agent.keyboard.press("f")
    expect(agent.locator("#searchbar")).to_be_focused()
    agent.keyboard.type("leak/")
    expect(agent.locator("#searchbar")).to_have_value("leak/")
    assert page_errors == []


def test_enter_is_faster_than_the_results(
    agent: Page, leak: ServiceRequest, page_errors: list[str]
) -> None:
    agent.goto("/admin/")
    agent.locator("#search-open").click()
    agent.route(
        "**/admin/search/?q=*",
        lambda route: route.abort() if "hx-request" in route.request.headers else route.continue_(),
    )
    agent.keyboard.type(leak.reference)
    agent.keyboard.press("Enter")
    agent.wait_for_url(f"**/admin/search/?q={leak.reference}")
    expect(agent.locator("#main-content .search-hit").first).to_contain_text(leak.reference)


def test_hostile_texts_are_text(
    agent: Page, leak: ServiceRequest, customer: User, page_errors: list[str]
) -> None:
    hostile = '<img src=x onerror="document.title=1">'
    type(customer).objects.filter(pk=customer.pk).update(first_name=hostile, last_name="Zyx")
    agent.goto("/admin/")
    agent.keyboard.press("/")
    agent.keyboard.type("onerror zyx")
    expect(agent.locator("#search-found .search-title").first).to_have_text(f"{hostile} Zyx")
    expect(agent.locator("#search-found img")).to_have_count(0)
    assert page_errors == []
