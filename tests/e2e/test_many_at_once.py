"""Bulk changes in a browser: keyboard and shift, preview, note, report, and on a phone.

Also a caller's request.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/gasutil/servicerequest/"


@pytest.fixture
def four(customer: User) -> list[ServiceRequest]:
    return [
        requests.submit(
            actor=Actor(customer), request_type="new_connection", description=f"No. {n}"
        )
        for n in range(4)
    ]


@pytest.mark.parametrize("width", [1440, 390])
def test_it_works(
    width: int,
    log_in: Callable[[User], Page],
    support: User,
    leak: ServiceRequest,
    four: list[ServiceRequest],
    page_errors,
) -> None:
    page = log_in(support)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(QUEUE)
    boxes = page.locator("input.action-select")
    box, words = (
        boxes.nth(0).bounding_box(),
        page.locator("#result_list .row-title").first.bounding_box(),
    )
    assert box
    assert words
    assert box["x"] + box["width"] <= words["x"]
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator(".action-counter")).to_contain_text("4 of 5")
    page.get_by_role("button", name="Resolve").click()

    prospects = page.locator("#prospects")
    expect(prospects).to_contain_text("add notes that explain why")  # the leak is an emergency
    expect(prospects.get_by_role("button", name="Resolve: 3")).to_be_enabled()
    page.get_by_label("Note", exact=True).fill("All of them were one mistake")
    page.get_by_label("Note", exact=True).blur()
    prospects.get_by_role("button", name="Resolve: 4").click()
    expect(page.locator(".bulk-sum.is-good")).to_contain_text("4 done")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert (
        RequestUpdate.objects.filter(
            notes="All of them were one mistake", status="resolved"
        ).count()
        == 4
    )
    assert page_errors == []


def test_a_reloaded_queue_still_counts_the_selection(
    log_in: Callable[[User], Page], support: User, four: list[ServiceRequest], page_errors
) -> None:
    page = log_in(support)
    page.goto(QUEUE)
    page.evaluate(
        "htmx.ajax('GET', location.href, { target: '#result_list', select: '#result_list', swap:"
        " 'outerHTML' })"
    )
    expect(page.locator("#result_list tbody[data-counted]").first).to_be_attached()
    page.locator("input.action-select").nth(1).check()
    expect(page.locator(".action-counter")).to_contain_text("1 of 4")
    page.locator("#result_list .action-toggle").check()
    expect(page.locator(".action-counter")).to_contain_text("4 of 4")
    assert page_errors == []


def test_a_request_is_created_for_a_caller(
    log_in: Callable[[User], Page], support: User, customer: User, page_errors
) -> None:
    page = log_in(support)
    page.goto(QUEUE)
    page.get_by_role("link", name="New request").click()
    page.get_by_label("Phone number or name of the caller").fill("customer")
    page.locator("#callers").get_by_text("Customer Example").click()
    page.locator("#intake .intake-chip.is-danger").first.click()
    expect(page.get_by_text("Read this to the caller")).to_be_visible()
    page.get_by_label("What happened").fill("It smells of gas in the yard")
    page.get_by_role("button", name="Create and take").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It smells of gas in the yard")
    assert ServiceRequest.objects.get().customer == customer
    assert page_errors == []
