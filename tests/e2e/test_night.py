"""A night with one agent: a neighbour, a call, two leaks at once, no network, a customer reopening.

At each step the test looks at what the agent sees without pressing a key.
"""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gasutil.models import RequestUpdate, ServiceRequest, User
from tests.support.browser import more, press, send_note
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e
QUEUE = "/admin/gasutil/servicerequest/"
OUTAGE_SECONDS = 15
UNIT = "Flat 4, Lake View, Pune"


@pytest.fixture
def reporter(browser: Browser, base_url: str, stored: None) -> Iterator[Page]:
    """The browser of a neighbour, who has no account."""
    context = browser.new_context(base_url=base_url)
    yield context.new_page()
    context.close()


def test_one_agent_works_a_night(
    page: Page,
    reporter: Page,
    let_in: Callable[[User], None],
    api: Any,
    support: User,
    customer: User,
    neighbour: User,
) -> None:
    let_in(support)
    page.goto("/admin/")
    expect(page.locator("#front-urgent")).to_contain_text("No open requests")

    leak = report_without_an_account(reporter)
    see_it_until_it_is_taken(page, leak)
    talk_with_the_reporter(page, reporter, leak)
    take_a_call(page, support)
    first, second = (report(api(user)) for user in (customer, neighbour))
    take_two_at_once(page, first, second)
    late = lose_the_network(page, second, lambda: report(api(customer), "1 Late Street"))
    take(page, late)
    come_back(page, api(neighbour), second)
    expect_calm(page)
    assert set(ServiceRequest.objects.values_list("assigned_to", flat=True)) == {support.pk}
    assert ServiceRequest.objects.count() == len({"web", "call", "two", "at once", "late"})


def alarms(page: Page) -> Locator:
    return page.locator(".emergency-alarm")


def expect_waiting(page: Page, number: int) -> None:
    """Expect the number of emergencies that no one has acknowledged in the title of the page."""
    expect(page).to_have_title(re.compile(rf"^\({number}\) "))


def expect_calm(page: Page) -> None:
    expect(alarms(page)).to_have_count(0)
    expect(page).not_to_have_title(re.compile(r"^\("))
    expect(page.locator("#not-live")).to_have_text("")


def expect_new_line(page: Page, text: str) -> None:
    """Expect a line that has come into the timeline by itself, and the strip at the composer."""
    expect(page.locator(".timeline .just-changed", has_text=text)).to_be_visible()
    expect(page.locator("#ticket-news")).to_contain_text(text)


def report(client: Any, address: str = UNIT) -> ServiceRequest:
    """Report a leak by the API, as the app of a customer does."""
    sent = {
        "request_type": "gas_leak_inspection",
        "description": "It hisses",
        "address": address,
    }
    response = client.post("requests/", sent)
    assert response.status_code == 201, response.json()
    return ServiceRequest.objects.get(pk=response.json()["id"])


def report_without_an_account(reporter: Page) -> ServiceRequest:
    reporter.goto("/report/")
    reporter.get_by_label("Where is it?").fill("12 Green Valley, Pune")
    reporter.get_by_label("Your phone number").fill("9876501234")
    reporter.get_by_role("button", name="Send the report").click()
    expect(reporter.get_by_role("heading", name="Your report was received")).to_be_visible()
    reporter.get_by_role("link", name="Follow your report").click()
    leak = ServiceRequest.objects.get()
    expect(reporter.locator("#progress")).to_contain_text(leak.reference)
    return leak


def see_it_until_it_is_taken(page: Page, leak: ServiceRequest) -> None:
    """See the alarm on each page, and the leak in the lists; then take it from the alarm."""
    expect(alarms(page)).to_contain_text("12 Green Valley")
    expect(page.locator("#front-urgent")).to_contain_text(leak.reference)
    expect_waiting(page, 1)
    page.goto(QUEUE)
    expect(alarms(page)).to_contain_text(leak.reference)
    expect_waiting(page, 1)
    take(page, leak)
    expect_calm(page)


def take(page: Page, leak: ServiceRequest) -> None:
    """Take a leak from its alarm, which opens it."""
    alarms(page).filter(has_text=leak.reference).get_by_role("button", name="Take").click()
    expect(page.locator("#ticket-headline")).to_contain_text(leak.reference)
    expect(alarms(page).filter(has_text=leak.reference)).to_have_count(0)


def talk_with_the_reporter(page: Page, reporter: Page, leak: ServiceRequest) -> None:
    """Write to the neighbour, who reads it on the tracking page; read what they write back."""
    page.locator(".actions [data-verb=start]").click()
    send_note(page, "A crew is on its way", "Start work")
    expect(page.locator(".labels")).to_contain_text("In progress")
    reporter.evaluate("window.dispatchEvent(new Event('online'))")  # it looks every 15 seconds
    expect(reporter.locator(".updates")).to_contain_text("A crew is on its way")
    reporter.get_by_label("Write to us").fill("It is stronger now")
    reporter.get_by_role("button", name="Send", exact=True).click()
    expect_new_line(page, "It is stronger now")
    expect(reporter.locator(".updates")).to_contain_text("It is stronger now")


def take_a_call(page: Page, support: User) -> None:
    """Create the request of a caller, which is the agent's own and rings no alarm."""
    page.keyboard.press("c")
    expect(page.locator("#id_q")).to_be_focused()
    page.keyboard.type("98765 43210")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name === 'caller.name'")
    page.keyboard.type("Ravi Neighbour")
    page.locator("label:has([name=request_type][value=gas_leak_inspection])").click()
    page.locator("[name=address]").fill("18 Baner Road, Pune")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ticket-headline")).to_contain_text("My requests")
    expect(page.locator("#ticket-side")).to_contain_text("Ravi Neighbour")
    expect(page.locator(".timeline")).to_contain_text("filed the request")
    assert ServiceRequest.objects.latest("pk").assigned_to == support
    expect_calm(page)


def take_two_at_once(page: Page, first: ServiceRequest, second: ServiceRequest) -> None:
    """See one alarm on the page of a request, and that another waits; take both."""
    expect_waiting(page, 2)
    expect(alarms(page)).to_have_count(1)
    expect(page.locator(".emergency-more")).to_contain_text("1 more emergency waits")
    page.goto("/admin/")
    expect(alarms(page)).to_have_count(2)
    take(page, first)
    expect_waiting(page, 1)
    expect(alarms(page)).to_contain_text(second.reference)
    page.keyboard.press("t")
    expect(page.locator("#ticket-headline")).to_contain_text(second.reference)
    expect_calm(page)


def lose_the_network(
    page: Page, opened: ServiceRequest, make_request: Callable[[], ServiceRequest]
) -> ServiceRequest:
    """See that the page is not live, keep what is typed, and see what was missed."""
    page.context.set_offline(True)
    lost_at = time.monotonic()
    strip = page.locator("#not-live")
    expect(strip).to_contain_text(re.compile(r"Not live since \d\d:\d\d"))
    late = make_request()
    reply = page.locator("#composer textarea")
    reply.fill("The crew is near")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#composer [role=alert]")).to_be_visible()
    expect(reply).to_have_value("The crew is near")
    wait_for(lambda: time.monotonic() - lost_at > OUTAGE_SECONDS)
    expect(strip).to_contain_text("Not live since")
    expect(alarms(page)).to_have_count(0)
    page.context.set_offline(False)
    expect(strip).to_have_text("")
    expect(alarms(page)).to_contain_text("1 Late Street")
    expect_waiting(page, 1)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".timeline")).to_contain_text("The crew is near")
    sent = RequestUpdate.objects.filter(id=opened.pk, notes="The crew is near")
    assert sent.count() == 1
    return late


def come_back(page: Page, client: Any, leak: ServiceRequest) -> None:
    """Resolve a leak; its customer smells gas again, and the agent who looks at it sees it."""
    page.goto(f"{QUEUE}{leak.pk}/change/")
    page.locator(".actions [data-verb=start]").click()
    press(page, "Start work")
    more(page, "resolve")
    page.locator("#dialog").get_by_label("Outcome").select_option("made_safe")
    send_note(page, "The valve is closed", "Resolve")
    expect(page.locator(".labels")).to_contain_text("Resolved")
    response = client.post(f"requests/{leak.pk}/comments/", {"notes": "It smells again"})
    assert response.status_code == 201, response.json()
    expect_new_line(page, "It smells again")
    expect(page.locator("#ticket-news")).to_contain_text("reopened the request: It smells again")
    expect(page.locator(".labels")).to_contain_text("In progress")
    expect(alarms(page)).to_contain_text("Reopened")
    expect_waiting(page, 1)
    take(page, leak)
