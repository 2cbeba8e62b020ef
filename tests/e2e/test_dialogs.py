"""Dialogs take the focus, keep the text, and say why something failed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.browser import more, open_ticket

pytestmark = pytest.mark.e2e

LogIn = Callable[[User], Page]


def test_fast_typing_goes_into_the_dialog_and_nowhere_else(
    log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.route("**/start/**", lambda route: (page.wait_for_timeout(700), route.continue_()))
    page.get_by_role("button", name="Start work").click()
    page.keyboard.type("Technician Suresh (van 7) sent")
    note = page.locator("#dialog textarea")
    expect(note).to_have_value("Technician Suresh (van 7) sent")
    expect(note).to_be_focused()
    expect(page.locator("#composer textarea")).to_have_value("")
    for _number in range(12):  # the focus stays in the dialog
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#modal')"
        )
    note.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Technician Suresh (van 7) sent")
    connection.refresh_from_db()
    assert connection.status == "in_progress"


def test_the_text_outlives_clicks_escape_and_failures(
    context: BrowserContext, log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    more(page, "hold")
    note = page.get_by_label("What do you need from the customer?")
    expect(note).to_be_focused()
    note.fill("Please send the plan")
    box = note.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(5, box["y"] + 15)  # a selection that ends outside
    page.mouse.up()
    page.mouse.click(5, 5)
    expect(note).to_have_value("Please send the plan")

    context.set_offline(True)
    page.keyboard.press("Tab")
    page.locator("#dialog").get_by_role("button", name="Put on hold").click()
    expect(page.locator("#dialog [role=alert]")).to_contain_text("You are offline")
    expect(note).to_have_value("Please send the plan")
    context.set_offline(False)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator(".more > .btn")).to_be_focused()
    more(page, "hold")
    expect(note).to_have_value("Please send the plan")

    requests.assign(connection.pk, actor=Actor(support), assigned_to=support.pk)
    page.locator("#dialog").get_by_role("button", name="Put on hold").click()
    expect(page.locator("#dialog [role=alert]").first).to_contain_text("changed while you were")
    expect(note).to_have_value("Please send the plan")
    page.locator("#dialog").get_by_role("button", name="Put on hold").click()
    expect(page.locator(".timeline")).to_contain_text("Please send the plan")


def test_the_note_of_a_milestone_is_internal_unless_the_customer_is_chosen(
    log_in: LogIn, support: User, leak: ServiceRequest
) -> None:
    requests.start(leak.pk, actor=Actor(support))
    page = open_ticket(log_in(support), leak)

    def record(step: str, note: str, *, to_customer: bool) -> None:
        page.locator(f".clocks [data-milestone={step}]").click()
        dialog = page.locator("#dialog")
        expect(dialog.get_by_text("Only staff can read the note")).to_be_visible()
        dialog.get_by_label("Note", exact=True).fill(note)
        if to_customer:
            dialog.get_by_text("To the customer").click()
            expect(dialog.get_by_text("The customer can read the note")).to_be_visible()
        dialog.get_by_role("button", name="Record step").click()
        expect(page.locator(".timeline")).to_contain_text(note)

    record("on_site", "12 % LEL in the kitchen", to_customer=False)
    record("made_safe", "The valve is closed", to_customer=True)
    rows = RequestUpdate.objects.filter(id=leak.pk).exclude(notes="").order_by("history_id")
    assert list(rows.values_list("notes", "is_internal")) == [
        ("12 % LEL in the kitchen", True),
        ("The valve is closed", False),
    ]
