"""The page of sign-ins …"""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse

from gasutil.admin.accounts.devices import device_name
from gasutil.identity.security_log import record_event
from gasutil.models import SecurityEvent, SecurityEventType, SecurityOutcome, User
from tests.support.console import Browser
from tests.support.query_counts import assert_cost_is_constant, listed

LIST = reverse("admin:gasutil_securityevent_changelist")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def request_from(address: str, user_agent: str = FIREFOX) -> Any:
    return RequestFactory(REMOTE_ADDR=address, headers={"User-Agent": user_agent}).post(
        "/admin/login/"
    )


@pytest.fixture
def browser(
    console: Callable[[User], Browser], manager: User, customer: User, support: User
) -> Browser:
    """A manager's browser, and some events."""
    client = console(manager)
    SecurityEvent._base_manager.all().delete()
    record_event(SecurityEventType.LOGIN, user=support, request=request_from("203.0.113.1"))
    failed = SecurityOutcome.FAILURE
    record_event(
        SecurityEventType.LOGIN,
        failed,
        user=customer,
        request=request_from("2001:db8::7", "GasApp/2.1"),
        reason="wrong password",
    )
    record_event(
        SecurityEventType.LOGIN,
        failed,
        username="Ghost",
        request=request_from("203.0.113.2"),
        reason="unknown user",
    )
    record_event(
        SecurityEventType.PASSWORD_CHANGE,
        user=manager,
        account=customer,
        request=request_from("203.0.113.3"),
    )
    return client


def shown(browser: Browser, **query: str) -> list[str]:
    """Return the events of a page: who, and what."""
    response = browser.get(LIST, query)
    assert response.status_code == 200
    return [
        f"{row.username} {row.event} {row.outcome}" for row in response.context["cl"].result_list
    ]


def test_it_lists_the_newest_first(browser: Browser) -> None:
    assert shown(browser) == [
        "manager password_change success",
        "Gh… login failure",
        "customer login failure",
        "support login success",
    ]
    page = browser.get(LIST).content.decode()
    for text in (
        "Firefox on Windows",
        "GasApp/2.1",
        "No such account",
        "Wrong password",
        "203.0.113.1",
        "Customer Example",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("support", ["support login success"]),
        ("SUPPORT@example.com", ["support login success"]),
        ("customer", ["manager password_change success", "customer login failure"]),
        ("ghost", ["Gh… login failure"]),
        ("203.0.113.2", ["Gh… login failure"]),
        ("2001:DB8:0::7", ["customer login failure"]),
        ("nobody", []),
        ("203.0.113", []),
    ],
)
def test_it_finds_users_names_and_addresses(
    term: str, expected: list[str], browser: Browser
) -> None:
    assert shown(browser, q=term) == expected


def test_it_filters(browser: Browser, support: User) -> None:
    assert len(shown(browser, event__exact="login")) == 3
    assert len(shown(browser, outcome__exact="failure")) == 2
    assert shown(browser, user__id__exact=str(support.pk)) == ["support login success"]
    assert shown(browser, created_at_to="2020-01-01") == []


def test_it_costs_the_same_for_one_row_and_for_many(browser: Browser, support: User) -> None:
    def grow(number: int) -> None:
        for last in range(number):
            record_event(
                SecurityEventType.LOGIN, user=support, request=request_from(f"203.0.113.{last}")
            )

    assert_cost_is_constant(lambda: browser.get(LIST), grow, listed, at_most=16)


def test_it_shows_one_event(browser: Browser) -> None:
    page = browser.get(
        reverse(
            "admin:gasutil_securityevent_change", args=[SecurityEvent.objects.earliest("id").pk]
        )
    ).content.decode()
    for text in ("203.0.113.1", FIREFOX, "Firefox on Windows", "Succeeded"):
        assert text in page


def test_it_changes_nothing(
    browser: Browser, root: User, console: Callable[[User], Browser]
) -> None:
    row = SecurityEvent.objects.earliest("id")
    for client in (browser, console(root)):
        for name in ("change", "delete"):
            path = reverse(f"admin:gasutil_securityevent_{name}", args=[row.pk])
            assert client.post(path, {"post": "yes", "outcome": "failure"}).status_code == 403
        assert client.post(reverse("admin:gasutil_securityevent_add"), {}).status_code == 403
    row.refresh_from_db()
    assert row.outcome == "success"


def test_it_is_exported_and_the_export_is_recorded(browser: Browser) -> None:
    path = reverse("admin:gasutil_securityevent_export")
    names = [
        name
        for name in browser.get(path).context["form"].fields
        if name.startswith("securityeventrows")
    ]
    response = browser.post(path, {"format": "0", "resource": "0", **dict.fromkeys(names, "on")})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["username"] for row in rows] == ["manager", "Gh…", "customer", "support"]
    assert (rows[0]["account"], rows[0]["event"], rows[2]["ip"]) == (
        "customer",
        "password_change",
        "2001:db8::7",
    )
    assert SecurityEvent.objects.filter(event="export").count() == 1


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                " Chrome/139.0.0.0 Safari/537.36"
            ),
            "Chrome on Linux",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0"
                " Safari/537.36 Edg/139.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
                " Version/18.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5"
                " Safari/605.1.15"
            ),
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/139.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("GasApp/2.1 (Android 15)", "GasApp/2.1"),
        ("python-httpx/0.28.1", "python-httpx/0.28.1"),
        ("", "Unknown device"),
        ("Mozilla/5.0 (compatible)", "Mozilla/5.0"),
    ],
)
def test_it_names_the_device(user_agent: str, expected: str) -> None:
    assert device_name(user_agent) == expected
