"""The console over https as it is deployed, behind Caddy.

What Chromium stores as cookies, from the login to the end of the session.
"""

import contextlib
import http.client
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from gasutil.models import User
from tests.support.deployed import CaddyDesk
from tests.support.servers import Server

pytestmark = pytest.mark.e2e
HTTPS = """{{
	admin off
	auto_https disable_redirects
	skip_install_trust
	storage file_system {folder}
}}
https://localhost:{port} {{
	tls internal
{site}
"""
UNCHECKED = ssl._create_unverified_context()


class HttpsDesk(CaddyDesk):
    """Behind Caddy, with a certificate that Caddy signs itself."""

    caddyfile = HTTPS

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        Server.__init__(self, environment | {"SITE_URL": "https://localhost"})
        self.add_proxy(folder)

    def is_ready(self) -> bool:
        with contextlib.closing(
            http.client.HTTPSConnection("localhost", self.front_port, timeout=5, context=UNCHECKED)
        ) as connection:
            try:
                connection.request("GET", "/health/live/")
            except OSError:
                return False
            return connection.getresponse().status == 200


@pytest.fixture(scope="session")
def https_desk(desk: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsDesk]:
    """The programs of `deploy/` on the database of the tests."""
    with HttpsDesk(tmp_path_factory.mktemp("https"), desk.environment) as https_desk:
        yield https_desk


@pytest.fixture(scope="session")
def base_url(https_desk: HttpsDesk) -> str:
    return f"https://localhost:{https_desk.front_port}"


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    return {**browser_context_args, "base_url": base_url, "ignore_https_errors": True}


def cookies(context: BrowserContext) -> dict[str, Any]:
    return {str(cookie["name"]): cookie for cookie in context.cookies()}


def test_every_cookie_is_of_this_host_alone(
    page: Page, context: BrowserContext, support: User, log_in: Callable[[User], Page]
) -> None:
    responses: list[Response] = []

    def store(response: Response) -> None:
        responses.append(response)

    page.on("response", store)
    log_in(support)
    page.locator("form[action='/language/'] [name=language][value=hi]").first.evaluate(
        "field => field.form.requestSubmit()"
    )
    expect(page.locator("html")).to_have_attribute("lang", "hi")

    stored_cookies = cookies(context)
    assert stored_cookies.keys() == {
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-django_language",
    }
    for name, cookie in stored_cookies.items():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (
            True,
            "/",
            "localhost",
        ), name
    assert (
        stored_cookies["__Host-sessionid"]["httpOnly"],
        stored_cookies["__Host-sessionid"]["sameSite"],
    ) == (True, "Lax")

    sent = [line for response in responses for line in response.header_values("set-cookie")]
    assert {line.partition("=")[0] for line in sent} >= stored_cookies.keys()
    assert [
        line
        for line in sent
        if not line.startswith("__Host-")
        or "secure" not in line.lower()
        or "domain=" in line.lower()
    ] == []


def test_logging_out_ends_the_session(
    context: BrowserContext, support: User, log_in: Callable[[User], Page]
) -> None:
    page = log_in(support)
    session = context.cookies()
    page.evaluate("document.querySelector('form[action$=\"/logout/\"]').requestSubmit()")
    page.wait_for_url("**/admin/logout/")
    assert "__Host-sessionid" not in cookies(context)
    context.add_cookies(session)
    page.goto("/admin/")  # with the cookies of the session that has ended
    expect(page.get_by_label("Password")).to_be_visible()
