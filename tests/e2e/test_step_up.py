"""A dialog asks again who the user is, in the dialog, and then does what was sent."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from gasutil.identity.sessions import CONFIRMED_AT
from gasutil.models import User
from tests.support.people import PASSWORD

pytestmark = pytest.mark.e2e


def age_sessions() -> None:
    """Make the login of every session longer ago than a confirmation lasts."""
    for key in Session.objects.values_list("session_key", flat=True):
        session = SessionStore(key)
        session[CONFIRMED_AT] -= 11 * 60
        session.save()


def test_it_works(log_in: Callable[[User], Page], manager: User, pending: User) -> None:
    User.objects.filter(pk=pending.pk).update(email_confirmed=True)
    page = log_in(manager)
    page.goto(f"/admin/gasutil/user/{pending.pk}/change/")
    age_sessions()
    page.get_by_role("link", name="Approve").click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog.get_by_label("Your password")).to_be_focused()
    dialog.get_by_label("Your password").fill("wrong")
    dialog.get_by_role("button", name="Approve").click()
    expect(dialog.get_by_role("alert")).to_have_text("The password is wrong.")
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Approve").click()
    expect(page.get_by_text(f"{pending} approved.")).to_be_visible()


def test_a_page_goes_on_with_what_was_typed(log_in: Callable[[User], Page], manager: User) -> None:
    page = log_in(manager)
    page.goto("/admin/gasutil/machineaccount/add/")
    page.get_by_label("Name").fill("Dispatch")
    page.get_by_label("Networks").fill("192.0.2.0/24\n198.51.100.0/24")
    age_sessions()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Name")).to_have_value("Dispatch")  # with the errors of the form
    expect(page.get_by_label("Networks")).to_have_value("192.0.2.0/24\n198.51.100.0/24")
