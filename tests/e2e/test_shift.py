"""A shift, as it is worked: what is most urgent first, a step at a time; and a colleague who is faster."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.access import Actor
from gasutil.models import Channel, Priority, ServiceRequest, User
from gasutil.workflow import requests
from tests.e2e.test_agents_day import more, say
from tests.e2e.test_leak import press

pytestmark = pytest.mark.e2e


def test_an_agents_shift(
    log_in: Callable[[User], Page], support: User, colleague: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    page = log_in(support)
    work_the_leak(page, leak)
    take_next(page, connection)
    hold_and_resume(page)
    lose_a_race(page, connection, colleague)
    resolve(page, "The connection is made")
    assert set(ServiceRequest.objects.values_list("status", flat=True)) == {"resolved"}
    assert set(ServiceRequest.objects.values_list("assigned_to", flat=True)) == {support.pk}


def take_next(page: Page, expected: ServiceRequest) -> None:
    """Take the most urgent request that nobody has: which one that is, is not the agent's to choose."""
    page.goto("/admin/gasutil/servicerequest/")
    page.get_by_role("button", name="Take next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(expected.reference)


def work_the_leak(page: Page, leak: ServiceRequest) -> None:
    """Go through a leak's milestones to its end."""
    take_next(page, leak)
    page.locator(".actions [data-verb=start]").click()
    say(page, "A crew is on its way", "Start work")
    for step in ("On site", "Made safe"):
        page.get_by_role("button", name=f"Record: {step}").click()
        press(page, "Record a step")
        expect(page.locator(".timeline")).to_contain_text(f"recorded: {step.lower()}")
    resolve(page, "The valve is replaced")


def hold_and_resume(page: Page) -> None:
    """Let a request wait, and go on with it."""
    more(page, "hold")
    say(page, "Waiting for the survey", "Put on hold")
    expect(page.locator(".labels")).to_contain_text("On hold")
    page.locator(".actions [data-verb=resume]").click()
    say(page, "The survey is there", "Resume")
    expect(page.locator(".labels")).to_contain_text("In progress")


def lose_a_race(page: Page, obj: ServiceRequest, colleague: User) -> None:
    """Be told that a colleague was faster, keep one's words, and go ahead."""
    more(page, "prioritise")
    dialog = page.locator("#dialog")
    dialog.get_by_label("Priority").select_option(Priority.HIGH.value)
    dialog.get_by_label("Note", exact=True).fill("They have small children")
    requests.update(obj.pk, actor=Actor(colleague, Channel.CONSOLE), priority=Priority.LOW, notes="No hurry here")
    dialog.get_by_role("button").last.click()
    expect(dialog).to_contain_text("Somebody was faster")
    expect(dialog.get_by_label("Note", exact=True)).to_have_value("They have small children")
    dialog.get_by_role("button").last.click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".timeline")).to_contain_text("No hurry here")
    assert ServiceRequest.objects.get(pk=obj.pk).priority == Priority.HIGH


def resolve(page: Page, notes: str) -> None:
    """Say how it ended."""
    page.locator(".actions [data-verb=resolve]").click()
    say(page, notes, "Resolve")
    expect(page.locator(".labels")).to_contain_text("Resolved")
