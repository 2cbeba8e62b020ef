"""The page of the user's own sessions …"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from gasutil.identity import logins
from gasutil.models import ConsoleSession, Login, SecurityEvent, User
from tests.support.api import Api
from tests.support.console import QUEUE, Browser
from tests.support.people import PASSWORD
from tests.support.query_counts import assert_cost_is_constant, count_of

PAGE = reverse("admin:my_sessions")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def laptop(support: User) -> Client:
    """Another browser in which the user has logged in."""
    client = Client(REMOTE_ADDR="203.0.113.7", headers={"User-Agent": FIREFOX})
    client.post("/admin/login/", {"username": "support", "password": PASSWORD, "next": "/admin/"})
    return client


@pytest.fixture
def app(support: User) -> Api:
    client = Api()
    tokens = client.post(
        "login/",
        {"username": "support", "password": PASSWORD},
        User_Agent="GasApp/2.1 (Android 15)",
    ).json()
    client.headers = {"Authorization": f"Bearer {tokens['access']}"}
    return client


@pytest.fixture
def browser(console: Callable[[User], Browser], support: User) -> Browser:
    return console(support)


def shown(client: Client) -> list[tuple[str, str | None, bool]]:
    """Return the sessions on the page: device, address, and whether it is this one."""
    response = client.get(PAGE)
    assert response.status_code == 200
    return [
        (place.device, place.ip, place.is_current)
        for _, places, _ in response.context["sections"]
        for place in places
    ]


def key_of(client: Client, device: str) -> str:
    sections = client.get(PAGE).context["sections"]
    (key,) = [
        place.key
        for _, places, _ in sections
        for place in places
        if place.device == device and not place.is_current
    ]
    return str(key)


def is_logged_in(client: Client) -> bool:
    return client.get(QUEUE).status_code == 200


def test_it_shows_the_users_own_sessions_and_logins(
    browser: Browser, laptop: Client, app: Api, colleague: User, console: Any
) -> None:
    console(colleague)
    logins.start_login(colleague)
    assert shown(browser) == [
        ("Unknown device", None, True),
        ("Firefox on Windows", "203.0.113.7", False),
        ("GasApp/2.1", "127.0.0.1", False),
    ]
    page = browser.get(PAGE).content.decode()
    assert page.count("This session") == 1
    assert "End all other sessions" in page
    assert FIREFOX in page


def test_it_has_no_key_of_a_session(browser: Browser, laptop: Client) -> None:
    page = browser.get(PAGE).content.decode()
    assert not [key for key in Session.objects.values_list("session_key", flat=True) if key in page]


def test_it_is_in_the_menu(browser: Browser) -> None:
    assert f'href="{PAGE}"' in browser.get(QUEUE).content.decode()


def test_it_ends_a_session_at_once(browser: Browser, laptop: Client) -> None:
    response = browser.post(PAGE, {"end": key_of(browser, "Firefox on Windows")}, follow=True)
    assert "Session ended." in response.content.decode()
    assert laptop.get(QUEUE)["Location"].startswith("/admin/login/")
    assert is_logged_in(browser)
    assert len(shown(browser)) == 1


def test_it_ends_a_login_of_an_app_at_once(browser: Browser, app: Api) -> None:
    browser.post(PAGE, {"end": key_of(browser, "GasApp/2.1")})
    assert app.get("profile/").status_code == 401
    assert is_logged_in(browser)


def test_it_ends_all_others(
    browser: Browser, laptop: Client, app: Api, colleague: User, console: Any
) -> None:
    other_user = console(colleague)
    response = browser.post(PAGE, {"end": "others"}, follow=True)
    assert "2 sessions ended." in response.content.decode()
    assert (is_logged_in(browser), is_logged_in(laptop), app.get("profile/").status_code) == (
        True,
        False,
        401,
    )
    assert is_logged_in(other_user)
    assert "End all other sessions" not in browser.get(PAGE).content.decode()


def test_it_ends_nothing_of_another_user(browser: Browser, colleague: User, console: Any) -> None:
    other_user, tokens = console(colleague), logins.start_login(colleague)
    session, login = ConsoleSession.objects.get(user=colleague), Login.objects.get()
    for key in (f"session-{session.pk}", f"login-{login.number}"):
        assert browser.post(PAGE, {"end": key}).status_code == 404
    assert is_logged_in(other_user)
    assert logins.user_for_token(tokens.access) == colleague


@pytest.mark.parametrize(
    "key",
    [
        "",
        "session",
        "session-",
        "session-x",
        "session-99999999999999999999",
        "login-1",
        "user-1",
        "others-1",
    ],
)
def test_it_ends_nothing_that_is_not_there(key: str, browser: Browser) -> None:
    assert browser.post(PAGE, {"end": key}).status_code == 404
    assert is_logged_in(browser)


def test_it_takes_no_call_of_another_site(support: User, console: Any, laptop: Client) -> None:
    client = console(support, enforce_csrf_checks=True)
    assert client.post(PAGE, {"end": "others"}).status_code == 403
    assert is_logged_in(laptop)


def test_it_is_recorded(browser: Browser, laptop: Client, app: Api) -> None:
    browser.post(PAGE, {"end": key_of(browser, "Firefox on Windows")})
    browser.post(PAGE, {"end": "others"})
    rows = SecurityEvent.objects.filter(event="session_end").order_by("id")
    assert (
        list(rows.values_list("user__username", "details__reason"))
        == [("support", "ended by the user")] * 2
    )


def test_it_costs_the_same_for_one_and_for_many(browser: Browser, support: User) -> None:
    def grow(number: int) -> None:
        for _ in range(number):
            logins.start_login(support)
            Client().force_login(support, backend="gasutil.identity.backend.ThrottledBackend")

    assert_cost_is_constant(
        lambda: browser.get(PAGE), grow, count_of('class="session"'), at_most=14, sizes=(1, 20)
    )
