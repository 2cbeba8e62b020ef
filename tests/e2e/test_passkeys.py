"""A passkey in Chromium: it is added, logs in, confirms in a dialog, and is removed.

Browsers allow passkeys over http on `localhost` alone, so the server has that name.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import CDPSession, Page, expect

from gasutil.identity.sessions import CONFIRMED_AT
from gasutil.models import Passkey, User
from tests.support.people import PASSWORD
from tests.support.servers import Server

pytestmark = pytest.mark.e2e
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class NamedDesk(Server):
    """A server that is reached by its name."""

    def __init__(self, environment: dict[str, str]) -> None:
        super().__init__(environment)
        self.environment["SITE_URL"] = self.url

    @property
    def url(self) -> str:
        """Return the address of the web process."""
        return f"http://localhost:{self.port}"


@pytest.fixture(scope="session")
def base_url(desk: Server) -> Iterator[str]:
    """The address of a server on the database of the tests."""
    with NamedDesk(desk.environment) as named_desk:
        yield named_desk.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    """Open pages by that address; those of other tests have been prepared with theirs."""
    return {**browser_context_args, "base_url": base_url}


@pytest.fixture
def authenticator(page: Page) -> Iterator[CDPSession]:
    """A device that stores passkeys and knows its user."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield session
    session.send("WebAuthn.removeVirtualAuthenticator", added)


def age_sessions() -> None:
    """Make the login of every session longer ago than a confirmation lasts."""
    for key in Session.objects.values_list("session_key", flat=True):
        session = SessionStore(key)
        session[CONFIRMED_AT] -= 11 * 60
        session.save()


def test_it_works(
    log_in: Callable[[User], Page], authenticator: CDPSession, manager: User, pending: User
) -> None:
    User.objects.filter(pk=pending.pk).update(email_confirmed=True)
    page = log_in(manager)
    add(page)
    log_in_with_it(page, manager)
    confirm_in_a_dialog(page, pending)
    remove(page)
    log_in(manager)


def add(page: Page) -> None:
    """Add a passkey, which is the first factor of the account."""
    page.goto("/admin/second-factor/")
    page.get_by_label("Name of the passkey").fill("Laptop")
    panel = page.locator("section", has=page.get_by_role("heading", name="Passkeys"))
    panel.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Create passkey").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have stored them").click()
    expect(page.locator(".passkeys")).to_contain_text("Laptop")


def log_in_with_it(page: Page, user: User) -> None:
    """Log in with the password and the passkey."""
    page.context.clear_cookies()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#nav-sidebar")).to_be_visible()
    assert Passkey.objects.get().last_used_at is not None


def confirm_in_a_dialog(page: Page, pending: User) -> None:
    """Confirm an approval with the passkey."""
    page.goto(f"/admin/gasutil/user/{pending.pk}/change/")
    age_sessions()
    page.get_by_role("link", name="Approve").click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="Approve").click()
    dialog.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text(f"{pending} approved.")).to_be_visible()


def remove(page: Page) -> None:
    """Remove the passkey, after which the password alone logs in."""
    page.goto("/admin/second-factor/")
    age_sessions()
    page.get_by_role("button", name="Remove the passkey Laptop").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Passkey removed.")).to_be_visible()
    assert not Passkey.objects.exists()
