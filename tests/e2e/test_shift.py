"""An agent's shift: an urgent leak, a faster colleague, bulk changes, and a caller."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.access import Actor
from gasutil.models import CannedReply, Channel, Priority, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.browser import more, press, send_note
from tests.support.servers import Server

pytestmark = pytest.mark.e2e
QUEUE = "/admin/gasutil/servicerequest/"
THIRTY = 30  # more than are done within the click: a worker does them
PHONE = "+919812345678"


def test_an_agents_shift(
    desk: Server,
    log_in: Callable[[User], Page],
    support: User,
    colleague: User,
    neighbour: User,
    leak: ServiceRequest,
    connection: ServiceRequest,
) -> None:
    page = log_in(support)
    work_the_leak(page, leak)
    take_next(page, connection)
    reply_with_a_canned_text(page, connection)
    hold_and_resume(page)
    lose_a_race(page, connection, colleague)
    resolve(page, "The connection is made")
    worked = ServiceRequest.objects.filter(pk__in=[leak.pk, connection.pk])
    assert set(worked.values_list("status", "assigned_to")) == {(Status.RESOLVED, support.pk)}
    hand_over_thirty(page, desk, neighbour, colleague)
    find_by_phone(page, neighbour)


def take_next(page: Page, expected: ServiceRequest) -> None:
    """Take the most urgent request that has no assignee. The agent does not choose it."""
    page.goto(QUEUE)
    page.get_by_role("button", name="Take next").click()
    expect(page.locator(".headline")).to_contain_text(expected.reference)


def work_the_leak(page: Page, leak: ServiceRequest) -> None:
    """Go through a leak's milestones to its end."""
    take_next(page, leak)
    page.locator(".actions [data-verb=start]").click()
    send_note(page, "A crew is on its way", "Start work")
    for step in ("On site", "Made safe"):
        page.locator(".actions").get_by_role("button", name=f"Record “{step}”").click()
        press(page, "Record step")
        expect(page.locator(".timeline")).to_contain_text(f"recorded the step “{step}”")
    resolve(page, "The valve is replaced")


def reply_with_a_canned_text(page: Page, obj: ServiceRequest) -> None:
    """Reply with a canned text; its placeholders are filled in."""
    CannedReply.objects.create(
        title="Survey", text="Dear {customer}, the survey for {reference} is on Tuesday."
    )
    page.goto(f"{QUEUE}{obj.pk}/change/")
    page.get_by_role("button", name="Canned reply").click()
    page.get_by_role("option", name="Survey").click()
    words = f"Dear {obj.customer}, the survey for {obj.reference} is on Tuesday."
    expect(page.locator("#composer textarea")).to_have_value(words)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".timeline")).to_contain_text(words)


def hold_and_resume(page: Page) -> None:
    """Put a request on hold, and resume it."""
    more(page, "hold")
    send_note(
        page, "Waiting for the survey", "Put on hold", label="What do you need from the customer?"
    )
    expect(page.locator(".labels")).to_contain_text("On hold")
    page.locator(".actions [data-verb=resume]").click()
    send_note(page, "The survey is there", "Resume")
    expect(page.locator(".labels")).to_contain_text("In progress")


def lose_a_race(page: Page, obj: ServiceRequest, colleague: User) -> None:
    """See that a colleague was faster; the text is still there and is sent."""
    more(page, "prioritise")
    dialog = page.locator("#dialog")
    dialog.get_by_label("Priority").select_option(Priority.HIGH.value)
    dialog.get_by_label("Note", exact=True).fill("They have small children")
    requests.update(
        obj.pk,
        actor=Actor(colleague, Channel.CONSOLE),
        priority=Priority.LOW,
        notes="No hurry here",
    )
    dialog.get_by_role("button").last.click()
    expect(dialog).to_contain_text("This request changed while you were editing")
    expect(dialog.get_by_label("Note", exact=True)).to_have_value("They have small children")
    dialog.get_by_role("button").last.click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".timeline")).to_contain_text("No hurry here")
    assert ServiceRequest.objects.get(pk=obj.pk).priority == Priority.HIGH


def resolve(page: Page, notes: str) -> None:
    """Resolve the request with a note."""
    page.locator(".actions [data-verb=resolve]").click()
    send_note(page, notes, "Resolve")
    expect(page.locator(".labels")).to_contain_text("Resolved")


def hand_over_thirty(page: Page, desk: Server, customer: User, colleague: User) -> None:
    """Assign a whole page of requests to a colleague, and read the report of the worker."""
    User.objects.filter(pk=customer.pk).update(phone_number=PHONE)
    customer.refresh_from_db()
    for number in range(THIRTY):
        requests.submit(
            actor=Actor(customer, Channel.API),
            request_type="new_connection",
            description=f"Flat {number}",
        )
    page.goto(QUEUE)
    page.locator("#result_list .action-toggle").check()
    expect(page.locator(".action-counter")).to_contain_text(f"{THIRTY} of {THIRTY}")
    page.locator("#changelist-actions").get_by_role("button", name="Assign").click()
    page.get_by_label("Representative").select_option(str(colleague.pk))
    page.locator("#prospects").get_by_role("button", name=f": {THIRTY}").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    workers = desk.start_workers()
    try:
        expect(page.locator(".bulk-sum.is-good")).to_contain_text(f"{THIRTY} done", timeout=30_000)
    finally:
        desk.stop(*workers)
    assert ServiceRequest.objects.filter(assigned_to=colleague).count() == THIRTY


def find_by_phone(page: Page, customer: User) -> None:
    """Find the customer by the phone number, as people say it."""
    page.goto(QUEUE)
    page.locator("#searchbar").fill("98123 45678")
    page.locator("#searchbar").press("Enter")
    expect(page.locator("#result_list tr.data-row")).to_have_count(THIRTY)
    expect(page.locator("#result_list tr.data-row").first).to_contain_text(str(customer))
