"""A session of the console ends after some time without activity, and at its maximum age."""

import datetime as dt
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gasutil.access import Actor
from gasutil.identity import sessions
from gasutil.identity.sessions import CLOCK
from gasutil.models import BulkRun, ConsoleSession, SecurityEvent, ServiceRequest, User
from gasutil.workflow import bulk
from tests.support.console import QUEUE, Browser, ticket
from tests.support.people import PASSWORD

MINUTE, HOUR = 60, 60 * 60


def age(client: Client, *, opened: float = 0, used: float = 0) -> None:
    """Make a session older by some seconds."""
    session = client.session
    clock = session[CLOCK]
    session[CLOCK] = {"opened": clock["opened"] - opened, "used": clock["used"] - used}
    session.save()
    for row in ConsoleSession.objects.filter(session_key=session.session_key):
        row.created_at -= dt.timedelta(seconds=opened)
        row.last_used_at -= dt.timedelta(seconds=used)
        row.save()


def is_logged_in(client: Client) -> bool:
    return client.get(QUEUE).status_code == 200


@pytest.mark.parametrize(
    ("ages", "ends"),
    [
        ({"used": 59 * MINUTE}, False),
        ({"used": 61 * MINUTE}, True),
        ({"opened": 11 * HOUR}, False),
        ({"opened": 12 * HOUR + 1}, True),
        ({"opened": 13 * HOUR, "used": 0}, True),
    ],
)
def test_it_ends_after_its_time(
    ages: dict[str, float], ends: bool, support: User, console: Callable[[User], Browser]
) -> None:
    client = console(support)
    age(client, **ages)
    assert is_logged_in(client) is not ends
    assert is_logged_in(client) is not ends
    assert ConsoleSession.objects.exists() is not ends
    assert Session.objects.filter(expire_date__gt=timezone.now()).exists() is not ends


def test_the_times_are_settings(
    support: User, console: Callable[[User], Browser], settings: Any
) -> None:
    settings.CONSOLE_IDLE_MINUTES, settings.CONSOLE_SESSION_HOURS = 5, 1
    client = console(support)
    age(client, used=6 * MINUTE)
    assert not is_logged_in(client)
    client = console(support)
    age(client, opened=61 * MINUTE)
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    ("ages", "text"),
    [
        ({"used": 2 * HOUR}, "after 60 minutes of inactivity"),
        ({"opened": 24 * HOUR}, "after 12 hours"),
    ],
)
def test_a_page_leads_to_the_login_and_back(
    ages: dict[str, float], text: str, support: User, console: Callable[[User], Browser]
) -> None:
    client = console(support)
    age(client, **ages)
    response = client.get(f"{QUEUE}?view=open", follow=True)
    assert response.redirect_chain == [(f"/admin/login/?next={QUEUE}%3Fview%3Dopen", 302)]
    assert text in response.content.decode()
    response = client.post(
        response.redirect_chain[0][0],
        {"username": "support", "password": PASSWORD, "next": f"{QUEUE}?view=open"},
    )
    assert response["Location"] == f"{QUEUE}?view=open"
    assert is_logged_in(client)


def test_a_script_receives_401(
    support: User, console: Callable[[User], Browser], leak: ServiceRequest
) -> None:
    client = console(support)
    age(client, used=2 * HOUR)
    assert client.verb(leak, "start").status_code == 401
    leak.refresh_from_db()
    assert leak.status == "pending"


def test_nothing_is_done_in_a_session_that_has_ended(
    support: User, console: Callable[[User], Browser], leak: ServiceRequest
) -> None:
    client = console(support)
    age(client, used=2 * HOUR)
    assert client.verb(leak, "start", htmx=False).status_code == 302
    leak.refresh_from_db()
    assert leak.status == "pending"


@pytest.mark.parametrize("ages", [{"used": 2 * HOUR}, {"opened": 24 * HOUR}])
def test_it_is_recorded(
    ages: dict[str, float], support: User, console: Callable[[User], Browser]
) -> None:
    client = console(support)
    age(client, **ages)
    client.get(QUEUE)
    row = SecurityEvent.objects.get(event="session_end")
    assert (row.user, row.outcome, row.entry_point) == (support, "success", "console")
    assert row.details == {"reason": "idle" if "used" in ages else "too old"}


# --- Activity
# --------------------------------------------------------------------------------------------------
def test_a_page_keeps_it_alive(support: User, console: Callable[[User], Browser]) -> None:
    client = console(support)
    for _ in range(4):
        age(client, used=50 * MINUTE)
        assert is_logged_in(client)
    row = ConsoleSession.objects.get()
    assert timezone.now() - row.last_used_at < dt.timedelta(minutes=1)


def test_activity_is_stored_once_a_minute(
    support: User, console: Callable[[User], Browser], django_assert_num_queries: Any
) -> None:
    client = console(support)
    client.get(QUEUE)
    before = client.session[CLOCK]
    client.get(QUEUE)
    assert client.session[CLOCK] == before
    age(client, used=2 * MINUTE)
    client.get(QUEUE)
    assert time.time() - client.session[CLOCK]["used"] < MINUTE


def background_calls(leak: ServiceRequest) -> dict[str, Callable[[Client], Any]]:
    return {
        "presence": lambda client: client.post(ticket(leak, "presence"), {"writing": "1"}),
        "session": lambda client: client.get("/admin/session/", headers={"HX-Request": "true"}),
        "refresh": lambda client: client.get(
            QUEUE, headers={"HX-Request": "true", "Desk-Background": "1"}
        ),
        "run": lambda client: client.get(
            reverse("admin:gasutil_bulkrun_progress", args=[BulkRun.objects.get().pk])
        ),
    }


@pytest.mark.parametrize("name", ["presence", "session", "refresh", "run"])
def test_what_a_page_calls_by_itself_does_not(
    name: str, support: User, console: Callable[[User], Browser], leak: ServiceRequest
) -> None:
    bulk.prepare(actor=Actor(support), verb="hold", pks=[leak.pk])
    client, call = console(support), background_calls(leak)[name]
    for minutes in (40, 70):
        age(client, used=40 * MINUTE)
        response = call(client)
        assert (response.status_code in (302, 401)) == (minutes == 70), (
            minutes,
            response.status_code,
        )
    assert not is_logged_in(client)


# --- Which sessions
# -----------------------------------------------------------------------------------------------
def test_another_login_starts_the_clock_again(support: User) -> None:
    client = Client()
    credentials = {"username": "support", "password": PASSWORD, "next": "/admin/"}
    client.post("/admin/login/", credentials)
    age(client, opened=11 * HOUR, used=30 * MINUTE)
    client.post("/admin/login/", credentials)
    assert time.time() - client.session[CLOCK]["opened"] < MINUTE
    assert timezone.now() - ConsoleSession.objects.get().created_at < dt.timedelta(minutes=1)


def test_the_session_of_an_older_release_starts_its_clock_with_the_next_page(
    support: User, console: Callable[[User], Browser]
) -> None:
    client = console(support)
    session = client.session
    del session[CLOCK]
    session.save()
    ConsoleSession.objects.all().delete()
    assert is_logged_in(client)
    assert time.time() - client.session[CLOCK]["opened"] < MINUTE
    assert ConsoleSession.objects.get().user == support


def test_a_password_change_keeps_the_session_and_its_clock(
    support: User, console: Callable[[User], Browser]
) -> None:
    client, other = console(support), console(support)
    age(client, opened=2 * HOUR)
    new = "Green-Flame-2027"
    client.post(
        reverse("admin:password_change"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert is_logged_in(client)
    assert time.time() - client.session[CLOCK]["opened"] > HOUR
    support.refresh_from_db()
    (row,) = ConsoleSession.objects.of(support, timezone.now())
    assert row.session_key == client.session.session_key
    assert not is_logged_in(other)


def test_a_logout_forgets_the_session(support: User, console: Callable[[User], Browser]) -> None:
    console(support).post("/admin/logout/")
    assert not ConsoleSession.objects.exists()


def test_a_visitor_without_a_login_has_no_session(db: None) -> None:
    client = Client()
    client.get("/admin/login/")
    assert not client.session.get(SESSION_KEY)
    assert not ConsoleSession.objects.exists()


def test_tidy_forgets_what_has_no_session_any_more(
    support: User, console: Callable[[User], Browser]
) -> None:
    stored, gone, expired = console(support), console(support), console(support)
    Session.objects.filter(session_key=gone.session.session_key).delete()
    Session.objects.filter(session_key=expired.session.session_key).update(
        expire_date=timezone.now() - dt.timedelta(days=1)
    )
    call_command("tidy", stdout=io.StringIO())
    assert list(ConsoleSession.objects.values_list("session_key", flat=True)) == [
        stored.session.session_key
    ]


# --- The event stream
# ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ages", [{"used": 2 * HOUR}, {"opened": 24 * HOUR}])
def test_a_stream_of_the_console_ends_with_it(
    ages: dict[str, float], support: User, console: Callable[[User], Browser], rf: Any
) -> None:
    client = console(support)
    key = client.session.session_key
    assert sessions.active_sessions([key]) == {key: support}
    request = rf.get("/api/v1/events/")
    request.session = client.session
    assert sessions.user_of(request) == support
    age(client, **ages)
    request.session = client.session
    assert sessions.active_sessions([key]) == {}
    assert sessions.user_of(request) is None
