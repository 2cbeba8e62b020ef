"""An agent's day: a leak from its report to its end, and what the customer sees of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.models import RequestUpdate, ServiceRequest, User
from tests.support.browser import more, send_note

pytestmark = pytest.mark.e2e


def test_it_works(
    log_in: Callable[[User], Page],
    support: User,
    colleague: User,
    customer: User,
    leak: ServiceRequest,
    api,
) -> None:
    page = log_in(support)
    page.get_by_role("link", name="Go to the queue").click()
    row = page.locator("#result_list tr.data-row", has_text=leak.reference)
    expect(row).to_contain_text("Emergency")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(leak.description)

    page.locator(".actions [data-verb=start]").click()
    send_note(page, "Technician assigned for inspection", "Start work")
    expect(page.locator(".labels")).to_contain_text("In progress")

    more(page, "assign")
    page.get_by_label("Representative").select_option(str(colleague.pk))
    send_note(page, "You are nearer", "Assign", internal=True)
    expect(page.locator(".ticket-side")).to_contain_text(str(colleague))

    composer = page.locator("#composer")
    composer.get_by_label("Message").fill("Neighbour has the key.\nAsk at 303.")
    composer.get_by_text("Internal note").click()
    composer.get_by_role("button", name="Save note").click()
    expect(page.locator(".line.is-internal").first).to_contain_text("Neighbour has the key.")

    more(page, "hold")
    send_note(
        page,
        "Waiting for access to the flat",
        "Put on hold",
        label="What do you need from the customer?",
    )
    page.locator(".actions [data-verb=resume]").click()
    send_note(page, "We have the key", "Resume")

    more(page, "resolve")
    page.locator("#dialog").get_by_label("Outcome").select_option("made_safe")
    send_note(page, "Gas leak fixed. No further action required.", "Resolve")
    expect(page.locator(".labels")).to_contain_text("Resolved")

    seen = api(customer).get(f"requests/{leak.pk}/").json()
    assert seen["status"] == "resolved"
    assert [
        update["notes"] for update in sorted(seen["updates"], key=lambda update: update["id"])
    ] == [
        "",
        "Technician assigned for inspection",
        "",
        "Waiting for access to the flat",
        "We have the key",
        "",
        "Gas leak fixed. No further action required.",
    ]
    mine = RequestUpdate.objects.filter(id=leak.pk, history_user=support)
    assert set(mine.values_list("channel", flat=True)) == {"console"}


def test_the_text_survives_an_error(
    log_in: Callable[[User], Page], support: User, connection: ServiceRequest
) -> None:
    page = log_in(support)
    page.goto(f"/admin/gasutil/servicerequest/{connection.pk}/change/")
    page.locator("#composer textarea").fill("  ")
    page.locator("#composer").get_by_role("button", name="Send").click()
    expect(page.locator("#composer")).to_contain_text("Enter some text.")
    page.locator("#composer textarea").fill("Hello")
    page.locator("#composer").get_by_role("button", name="Send").click()
    expect(page.locator(".line.has-notes")).to_contain_text("Hello")


@pytest.mark.parametrize(
    "path", ["", "gasutil/servicerequest/", "gasutil/servicerequest/{pk}/change/"]
)
def test_nothing_scrolls_sideways_on_a_phone(
    path: str, log_in: Callable[[User], Page], support: User, leak: ServiceRequest
) -> None:
    page = log_in(support)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/admin/{path.format(pk=leak.pk)}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
