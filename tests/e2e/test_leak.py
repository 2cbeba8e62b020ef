"""Two leaks at night: taking the next one, milestones, joining duplicates, and closing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.models import Channel, Incident, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.browser import press

pytestmark = pytest.mark.e2e


def report(user: User, flat: int) -> ServiceRequest:
    address = f"Flat {flat}, Sunrise Apartments, Koramangala, Bengaluru - 560095"
    filed = {
        "request_type": "gas_leak_inspection",
        "description": "Smell of gas",
        "address": address,
    }
    return requests.submit(actor=Actor(user, Channel.API), **filed)


def test_it_works(
    log_in: Callable[[User], Page], support: User, customer: User, neighbour: User
) -> None:
    first, second = report(customer, 302), report(neighbour, 504)
    page = log_in(support)
    page.get_by_role("button", name="Take next").click()
    expect(page.locator(".headline")).to_contain_text(first.reference)
    expect(page.locator(".panel-clocks")).to_contain_text(
        "immediately"
    )  # taking it acknowledges it
    expect(page.locator(".panel-clocks .clock-text").first).to_contain_text(":")  # it ticks

    page.locator(".panel-alike").get_by_role("button", name="Add to incident").click()
    expect(page.locator("#dialog")).to_contain_text(second.reference)
    page.locator("#dialog").get_by_label(second.reference).check()
    press(page, "Add to incident")
    expect(page.locator(".ticket-side")).to_contain_text("INC-")
    assert Incident.objects.get().reports.count() == 2

    page.locator(".panel-clocks").get_by_role("button", name="Record “Made safe”").click()
    page.locator("#dialog").get_by_label("Note", exact=True).fill("Valve closed, pipe sealed")
    press(page, "Record step")
    expect(page.locator(".timeline")).to_contain_text("recorded the step “Made safe”")
    milestones = deadlines.milestones_of(ServiceRequest.objects.get(pk=first.pk))
    assert {milestone.name for milestone in milestones if milestone.met_at} >= {
        "on_site",
        "made_safe",
    }

    page.locator(".ticket-side").get_by_role("link", name="INC-").click()
    page.get_by_role("button", name="Close incident").click()
    page.locator("#dialog").get_by_label("Note", exact=True).fill("The leak in the riser is closed")
    press(page, "Close incident")
    expect(page.get_by_text(f"{second.reference} stays open.")).to_be_visible()
    assert [ServiceRequest.objects.get(pk=item.pk).status for item in (first, second)] == [
        "resolved",
        "pending",
    ]
