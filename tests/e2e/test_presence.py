"""Agents who have the same request open see each other."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from gasutil.models import ServiceRequest, User
from tests.support.browser import open_ticket

pytestmark = pytest.mark.e2e


def test_the_first_sees_the_second(
    log_in: Callable[[User], Page],
    support: User,
    colleague: User,
    leak: ServiceRequest,
    base_url: str,
) -> None:
    page = open_ticket(log_in(support), leak)
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(base_url=base_url)
    client = Client()
    client.force_login(colleague)
    key = client.session.session_key or ""
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base_url}])
    open_ticket(context.new_page(), leak)
    expect(page.locator(".headline [data-presence]")).to_contain_text(f"{colleague} is viewing")
    context.close()
