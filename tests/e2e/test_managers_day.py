"""A manager approves a representative, who can log in from then on, and reads the history."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.models import ServiceRequest, User

pytestmark = pytest.mark.e2e


def test_it_works(log_in: Callable[[User], Page], manager: User, pending: User, leak: ServiceRequest) -> None:
    page = log_in(manager)
    page.get_by_role("link", name="Waiting for approval").click()
    page.get_by_role("link", name=str(pending)).click()

    page.get_by_role("link", name="Approve").click()
    page.locator("#dialog").get_by_role("button", name="Approve").click()
    expect(page.locator("#dialog")).to_contain_text("has to confirm pending@example.com first")
    User.objects.filter(pk=pending.pk).update(email_confirmed=True)
    page.locator("#dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text(f"{pending} is approved.")).to_be_visible()

    page.get_by_role("link", name="Change history").click()
    expect(page.locator("#result_list")).to_contain_text(leak.reference)

    log_in(pending)
    expect(page.locator("#front-urgent")).to_contain_text(leak.reference)
