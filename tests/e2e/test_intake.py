"""An agent takes a call with the keyboard alone, and nothing that is typed is lost."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import BrowserContext, Page, expect

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.models import RequestType, ServiceRequest, User
from gasutil.workflow import catalogue, requests
from tests.support.people import PASSWORD

pytestmark = pytest.mark.e2e
LogIn = Callable[[User], Page]
NEW = "/admin/gasutil/servicerequest/new/"
ADDRESS = "18 Baner Road, Pune - 411045"
SPOKEN = {"en": "Do not touch any switch", "hi": "किसी स्विच, प्लग या घंटी को न छुएँ"}


@pytest.fixture(autouse=True)
def approved(manager: User) -> None:
    """Approve the sample texts of gas leaks."""
    leak = RequestType.objects.get(code="gas_leak_inspection")
    catalogue.approve_safety(leak.pk, actor=Actor(manager))


@pytest.fixture
def near(customer: User) -> ServiceRequest:
    """An open request at the address of the call."""
    return requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="A smell on the stairs",
        address=ADDRESS,
    )


def open_intake(page: Page) -> Page:
    """Press `c`, and wait until the number can be typed."""
    expect(page.locator("#keys-hint")).to_be_visible()
    page.wait_for_function("window.htmx && document.body._x_dataStack")
    page.keyboard.press("c")
    expect(page.locator("#id_q")).to_be_focused()
    return page


def focused(page: Page) -> str:
    """Return the name of the field that has the focus."""
    return str(page.evaluate("document.activeElement.name ?? ''"))


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("start", ["/admin/", "/admin/gasutil/servicerequest/"])
def test_a_call_is_taken_with_the_keyboard_alone(
    language: str, start: str, log_in: LogIn, support: User, near: ServiceRequest, base_url: str
) -> None:
    page = log_in(support)
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base_url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(start)
    open_intake(page)
    page.keyboard.type("98765 43210")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.name === 'caller.name'")
    page.keyboard.type("Ravi Neighbour")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter") if focused(page) == "caller.phone_number" else None
    assert focused(page) == "request_type"
    page.keyboard.press("1")
    expect(page.locator("#spoken")).to_contain_text(SPOKEN[language])
    assert focused(page) == "address"
    page.keyboard.type("18 baner road, pune")
    expect(page.locator("#similar")).to_contain_text(near.reference)
    page.keyboard.press("Enter")
    for name, key in {"location": "1", "smell_strength": "4", "signs": "1"}.items():
        assert focused(page) == f"details.{name}"
        page.keyboard.press(key)
    page.keyboard.press("Enter")  # several signs may be chosen
    for name in ("first_noticed", "valve"):
        assert focused(page) == f"details.{name}"
        page.keyboard.press("1")
    assert focused(page) == "details.everyone_out"
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/change/")
    expect(page.locator(".timeline")).to_be_visible()
    obj = ServiceRequest.objects.latest("pk")
    assert (obj.assigned_to, obj.address) == (support, "18 baner road, pune")
    assert (str(obj.customer), obj.customer.phone_number) == ("Ravi Neighbour", "+919876543210")
    assert obj.details == {
        "location": "inside",
        "smell_strength": "strong",
        "signs": ["hissing"],
        "first_noticed": "just_now",
        "valve": "closed",
        "everyone_out": False,
    }
    assert deadlines.milestones_of(obj)[0].met_at is not None
    assert obj.has_danger


def test_a_known_customer_is_found_with_their_open_requests(
    log_in: LogIn, support: User, near: ServiceRequest, customer: User
) -> None:
    customer.language = "hi"
    customer.save()
    page = open_intake(log_in(support))
    page.keyboard.type("7890123456")
    page.keyboard.press("Enter")
    expect(page.locator("#callers")).to_contain_text(near.reference)
    page.wait_for_function("document.activeElement.name === 'request_type'")
    page.keyboard.press("1")
    expect(page.locator("[name=address]")).to_have_value(customer.address)
    expect(page.locator("#spoken")).to_contain_text(SPOKEN["hi"])
    expect(page.locator("#spoken [lang=en].spoken-text")).to_be_hidden()
    page.locator(".spoken-languages").get_by_text("English").click()
    expect(page.locator("#spoken [lang=en].spoken-text")).to_contain_text(SPOKEN["en"])


def test_a_draft_outlives_a_reload_an_ended_session_and_a_failure(
    context: BrowserContext, log_in: LogIn, support: User, customer: User
) -> None:
    page = open_intake(log_in(support))
    page.locator("#id_q").fill("7890123456")
    expect(page.locator("#callers")).to_contain_text(str(customer))
    page.locator("label:has([name=request_type][value=gas_leak_inspection])").click()
    page.locator("label:has([name='details.people_unwell'][value=true])").click()
    page.locator("#id_description").fill("It smells on the stairs")
    once = page.locator("[name=once]").input_value()

    def expect_draft() -> None:
        expect(page.locator("[data-draft-note]")).to_be_visible()
        expect(page.locator("#id_description")).to_have_value("It smells on the stairs")
        expect(page.locator("[name='details.people_unwell'][value=true]")).to_be_checked()
        expect(page.locator(f"[name=customer][value='{customer.pk}']")).to_be_checked()
        assert page.locator("[name=once]").input_value() == once

    page.reload()
    expect_draft()
    context.set_offline(True)
    page.locator("#id_description").press("Control+Enter")
    expect(page.locator("#intake [data-failure]")).to_contain_text("You are offline")
    context.set_offline(False)
    page.route(f"**{NEW}", lambda route: route.fulfill(status=503, body="Busy"), times=1)
    page.locator("#id_description").press("Control+Enter")
    expect(page.locator("#intake [data-failure]")).to_contain_text("The server reported an error")
    Session.objects.all().delete()
    page.locator("#id_description").press("Control+Enter")
    page.locator(".session-notice").get_by_role("link", name="Log in", exact=True).click()
    page.get_by_label("Username").fill(support.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect_draft()
    page.locator("#id_description").press("Control+Enter")
    page.wait_for_url("**/change/")
    obj = ServiceRequest.objects.get()
    assert (obj.customer, obj.details) == (customer, {"people_unwell": True})
    page.goto(NEW)
    expect(page.locator("[data-draft-note]")).to_be_hidden()
    expect(page.locator("#id_description")).to_have_value("")


def test_going_back_and_sending_again_creates_nothing_more(
    log_in: LogIn, support: User, customer: User
) -> None:
    page = open_intake(log_in(support))
    page.locator("#id_q").fill("7890123456")
    expect(page.locator("#callers")).to_contain_text(str(customer))
    page.locator("label:has([name=request_type][value=gas_leak_inspection])").click()
    page.locator("#id_description").fill("It smells")
    page.locator("#id_description").press("Control+Enter")
    page.wait_for_url("**/change/")
    obj = ServiceRequest.objects.get()
    page.go_back()
    page.wait_for_function("window.htmx && document.body._x_dataStack")
    expect(page.locator("#id_description")).to_have_value("It smells")  # the browser has stored it
    page.locator("#id_description").press("Control+Enter")
    notice = page.locator("#intake [role=alert]")  # the customer has to be searched again
    expect(notice).to_contain_text(f"You have already created {obj.reference}")
    assert ServiceRequest.objects.count() == 1


def test_it_works_without_scripts(
    browser, base_url: str, support: User, customer: User, let_in, context: BrowserContext
) -> None:
    let_in(support)
    plain = browser.new_context(java_script_enabled=False, base_url=base_url)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(NEW)
    page.get_by_label("Phone number or name of the caller").fill("7890123456")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(f"[name=customer][value='{customer.pk}']")).to_be_checked()
    page.locator("label:has([name=request_type][value=gas_leak_inspection])").click()
    page.get_by_role("button", name="Show the questions").click()
    expect(page.locator("#spoken")).to_contain_text(SPOKEN["en"])
    page.locator("label:has([name='details.everyone_out'][value=false])").click()
    page.get_by_role("button", name="Create and take").click()
    page.wait_for_url("**/change/")
    obj = ServiceRequest.objects.get()
    assert (obj.customer, obj.details) == (customer, {"everyone_out": False})
    plain.close()
