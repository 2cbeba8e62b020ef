"""The queue by keys alone: along the rows, into one, and back; a saved view.

Keys do nothing while a user types.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.access import Actor
from gasutil.models import SavedView, ServiceRequest, User
from gasutil.workflow import requests

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/gasutil/servicerequest/"


def test_it_works(
    log_in: Callable[[User], Page],
    support: User,
    leak: ServiceRequest,
    connection: ServiceRequest,
    page_errors: list[str],
) -> None:
    page = log_in(support)
    press = page.keyboard.press
    press("g")
    press("q")
    page.wait_for_url(f"**{QUEUE}")
    for key, reference in (
        ("j", leak.reference),
        ("j", connection.reference),
        ("j", connection.reference),
        ("k", leak.reference),
    ):
        press(key)
        expect(page.locator("#result_list tr.is-current")).to_contain_text(reference)
    expect(page.locator("#desk-status")).to_have_text(f"{leak.description}, 1 of 2")

    press("e")
    expect(page.locator(".peek")).to_contain_text("Address")
    press("e")
    expect(page.locator(".peek")).to_be_hidden()

    press("a")
    expect(page.locator(".toast")).to_contain_text(f"{leak.reference} assigned to you")
    expect(page.locator("#result_list tr.is-current .field-assignee")).to_have_text(
        str(support), timeout=10_000
    )
    assert ServiceRequest.objects.get(pk=leak.pk).assigned_to == support

    press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press("j")
    expect(page.locator("#result_list tr.is-current")).to_contain_text(leak.reference)
    press("Escape")
    expect(page.locator("#keys")).to_be_hidden()

    press("f")
    page.keyboard.type("jar?")
    expect(page.locator("#searchbar")).to_have_value("jar?")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator("#searchbar").blur()

    press("r")
    page.wait_for_url(f"**{leak.pk}/change/#composer")
    expect(page.locator("#composer textarea")).to_be_focused()
    page.goto(f"{QUEUE}{connection.pk}/change/")
    press("a")
    expect(page.locator(".ticket-side")).to_contain_text(str(support))
    assert page_errors == []


def test_a_stale_row_is_not_taken(
    log_in: Callable[[User], Page],
    support: User,
    colleague: User,
    leak: ServiceRequest,
    page_errors,
) -> None:
    page = log_in(support)
    page.goto(QUEUE)
    page.keyboard.press("j")
    requests.assign(leak.pk, actor=Actor(colleague), assigned_to=colleague.pk)
    page.keyboard.press("a")
    expect(page.locator(".toast.is-grave")).to_contain_text(
        "This request changed while you were editing"
    )
    expect(page.locator("#result_list tr.is-current .field-assignee")).to_have_text(
        str(colleague), timeout=10_000
    )
    assert ServiceRequest.objects.get(pk=leak.pk).assigned_to == colleague
    assert page_errors == []


def test_a_view_is_kept_and_dropped(
    log_in: Callable[[User], Page], support: User, leak: ServiceRequest, connection, page_errors
) -> None:
    page = log_in(support)
    page.goto(f"{QUEUE}?view=open&priority__exact=emergency")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Save view").click()
    page.locator("#dialog").get_by_label("Name").fill("Leaks")
    page.locator("#dialog").get_by_role("button", name="Save view").click()
    expect(page.locator("#nav-sidebar").get_by_role("link", name="Leaks")).to_be_visible()
    page.goto(QUEUE)
    page.locator("#nav-sidebar").get_by_role("link", name="Leaks").click()
    expect(page.locator("#result_list tr.data-row")).to_have_count(1)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Delete Leaks").click()
    page.locator("#dialog").get_by_role("button", name="Delete view").click()
    expect(page.locator("#nav-sidebar").get_by_role("link", name="Leaks")).to_have_count(0)
    assert not SavedView.objects.exists()
    assert page_errors == []
