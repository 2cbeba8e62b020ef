"""A browser and a real server.

Debian's Chromium runs against granian on PostgreSQL and Redis. The tests and the server share one
database, so that fixtures make what the pages show. After each test the database is emptied, except
for what migrations made, whose IDs the server has cached.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import DjangoDbBlocker

from gasutil.management.commands import load_demo
from gasutil.models import User
from tests.support.demo_data import create_demo_data
from tests.support.people import PASSWORD
from tests.support.servers import Server, on_the_tests_database

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in the tests' own thread
expect.set_options(
    timeout=20_000
)  # two of these runs share two cores, each with a server and a browser
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
DEMO_REQUESTS = 60  # requests of the demonstration: they fill every page
VIOLATIONS = """

document.addEventListener("securitypolicyviolation", (event) =>
    console.error(
        `CSP: ${event.violatedDirective} forbids ${event.blockedURI} ` +
        `(${event.sourceFile}:${event.lineNumber}) ${event.sample}`
    ));
"""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the Chromium that the system has."""
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": CHROMIUM}


@pytest.fixture(scope="session")
def desk(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """The server that pages are opened from."""
    if connection.vendor != "postgresql" or not settings.REDIS_URL:
        pytest.fail(
            "The browser's tests need DATABASE_URL (PostgreSQL) and REDIS_URL: `make e2e` has"
            " them.",
            pytrace=False,
        )
    with (tmp_path_factory.getbasetemp().parent / "collecting").open(
        "w"
    ) as lock:  # another process of the run may be at it too
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("collectstatic", verbosity=0, interactive=False)
    with desk_in(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


def desk_in(folder: Path) -> Server:
    """Return a server on the database of the tests, with a folder for files and mails."""
    files = {"MEDIA_ROOT": str(folder / "media"), "EMAIL_URL": f"file:///{folder / 'mail'}"}
    return Server(on_the_tests_database(**files))


@pytest.fixture(scope="session")
def other_desk(desk: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A second server process on the same database."""
    with desk_in(tmp_path_factory.mktemp("other_desk")) as other:
        yield other


@pytest.fixture(scope="session")
def base_url(desk: Server) -> str:
    """The server that pages are opened from by their paths."""
    return desk.url


@pytest.fixture(autouse=True)
def stored(django_db_serialized_rollback: None, transactional_db: None, media: None) -> None:
    """Let every test begin with what migrations made, and see what the server commits."""


@pytest.fixture
def media(desk: Server, settings: Any) -> None:
    """Store files where the server stores them."""
    settings.MEDIA_ROOT = Path(desk.environment["MEDIA_ROOT"])


@pytest.fixture(autouse=True)
def page_errors(context: BrowserContext) -> Iterator[list[str]]:
    """Fail a test in which a script of a page fails or violates the content security policy."""
    result: list[str] = []
    context.add_init_script(VIOLATIONS)
    context.on(
        "weberror",
        lambda error: result.append(f"{error.page.url if error.page else ''}: {error.error}"),
    )
    context.on(
        "console",
        lambda text: (
            result.append(f"{text.page.url if text.page else ''}: {text.text}")
            if is_error(text.text)
            else None
        ),
    )
    yield result
    assert result == []


def is_error(text: str) -> bool:
    """Return whether a line on the browser's console reports an error."""
    return (
        text.startswith("CSP:")
        or "Content Security Policy" in text
        or "Alpine Expression Error" in text
    )


@pytest.fixture
def log_in(page: Page) -> Callable[[User], Page]:
    """Return `log_in(user)`, which logs in by the form and returns the front page."""

    def by_form(user: User) -> Page:
        page.context.clear_cookies()
        page.goto("/admin/login/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("#nav-sidebar")).to_be_visible()
        return page

    return by_form


@pytest.fixture
def let_in(context: BrowserContext, base_url: str) -> Callable[[User], None]:
    """Return `let_in(user)`, which logs a user in without the form."""

    def by_cookie(user: User) -> None:
        client = Client()
        client.force_login(user)
        context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.session.session_key or "",
                    "url": base_url,
                }
            ]
        )

    return by_cookie


@pytest.fixture
def demo(db: None, media: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, User]:
    """The demonstration data, with a manager, a representative and a customer of it."""
    User.objects.create_superuser("root", "root@example.com", PASSWORD, first_name="Administrator")
    monkeypatch.setattr(load_demo, "REQUEST_COUNT", DEMO_REQUESTS)
    call_command("load_demo", password=PASSWORD)
    names = {
        "root": "root",
        "manager": "meera.iyer",
        "support": "arjun.nair",
        "customer": "priya.sharma",
    }
    people = {role: User.objects.get(username=name) for role, name in names.items()}
    create_demo_data(people["manager"], people["support"])
    return people
