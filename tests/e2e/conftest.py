"""A browser, and a server for it: Debian's Chromium against Django's live server."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gasutil.models import User
from tests.conftest import PASSWORD

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in the tests' own thread
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the Chromium that the system has."""
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": CHROMIUM}


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Have pages be opened by their paths."""
    return str(live_server.url)


@pytest.fixture
def faults(page: Page) -> list[str]:
    """Return what goes wrong in the page's scripts, as it goes wrong."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def log_in(page: Page) -> Callable[[User], Page]:
    """Give `log_in(user)`: the console's front page, as somebody sees it who has just logged in by the form."""

    def by_form(user: User) -> Page:
        page.context.clear_cookies()
        page.goto("/admin/login/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("#nav-sidebar")).to_be_visible()
        return page

    return by_form
