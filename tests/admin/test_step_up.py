"""Before what matters most, the console asks again who the user is."""

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gasutil.identity.sessions import CONFIRMED_AT
from gasutil.models import ConsoleSession, Export, MachineAccount, SecurityEvent, User
from tests.support.console import QUEUE, Browser, page
from tests.support.console_pages import STEP_UP, addresses, path_of
from tests.support.pages import everything
from tests.support.people import PASSWORD
from tests.support.second_factor import enrol

# A page with one of these words in its name is for what matters most, unless it only shows a list.
TELLING = re.compile(r"approv|export$|rotate|revoke|eras|reset|group|machine|password_change$")
ONLY_SHOWN = re.compile(r"_(changelist|history)$|^gasutil_(export|erasure)_|^password_change$")
SENT = {"_form_submitted": "on"}
HTMX = {"HX-Request": "true"}


def later(client: Browser, minutes: float = 11) -> Browser:
    """Make the confirmation of a session as old as if these minutes had passed."""
    session = client.session
    session[CONFIRMED_AT] -= minutes * 60
    session.save()
    return client


def asks(answer: Any) -> bool:
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return is_html and b'name="_step_up"' in answer.content


def hidden_fields(answer: Any) -> dict[str, list[str]]:
    """Return the fields that the prompt sends again."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.content.decode()
    ):
        if name != "csrfmiddlewaretoken":
            fields.setdefault(name, []).append(unescape(value))
    return fields


def security_log() -> list[tuple[str, str, str]]:
    rows = SecurityEvent.objects.exclude(event="login").order_by("id")
    return [(row.event, row.outcome, row.details.get("reason", "")) for row in rows]


# --- Every page


@pytest.mark.sweep
def test_every_page_for_what_matters_most_asks(desk: None, root: User, console: Any) -> None:
    client = console(root, raise_request_exception=False)
    asking = set()
    for name, pattern in addresses(admin.site.urls[0]):
        if name in ("login", "login_code", "password_change"):
            continue
        client.force_login(root)
        later(client)
        path, before = path_of(pattern), everything() if name in STEP_UP else None
        sent_fields = SENT | {"reason": "asked"}  # what an erasure needs
        for sent in ({}, sent_fields, sent_fields | {"_step_up": "wrong"}):
            if asks(client.post(path, sent, headers=HTMX)):
                asking.add(name)
        assert before is None or everything() == before, name
    assert asking == STEP_UP


def test_a_new_page_for_what_matters_most_must_ask() -> None:
    names = {name for name, _pattern in addresses(admin.site.urls[0])}
    assert names >= STEP_UP
    assert {n for n in names if TELLING.search(n) and not ONLY_SHOWN.search(n)} <= STEP_UP


# --- One page


def test_a_fresh_login_is_not_asked(manager: User, pending: User, console: Any) -> None:
    answer = console(manager).post(page(pending, "reject"), SENT, headers=HTMX)
    assert "HX-Redirect" in answer.headers


def test_the_setting_says_how_long(
    manager: User, pending: User, console: Any, settings: Settings
) -> None:
    settings.STEP_UP_MINUTES = 20
    client = later(console(manager), 19)
    assert "HX-Redirect" in client.post(page(pending, "reject"), SENT, headers=HTMX).headers
    settings.STEP_UP_MINUTES = 0
    assert asks(client.post(page(pending, "reject"), SENT, headers=HTMX))


def test_a_session_of_an_older_release_is_asked(manager: User, pending: User, console: Any) -> None:
    client = console(manager)
    session = client.session
    del session[CONFIRMED_AT]
    session.save()
    assert asks(client.post(page(pending, "reject"), SENT, headers=HTMX))


def test_the_dialog_asks_for_the_password_and_goes_on(
    manager: User, pending: User, console: Any
) -> None:
    client = later(console(manager))
    key = client.session.session_key
    prompt = client.post(page(pending, "reject"), SENT, headers=HTMX)
    assert b'<div id="dialog-form"' in prompt.content
    assert b'type="password"' in prompt.content
    done = client.post(
        page(pending, "reject"), hidden_fields(prompt) | {"_step_up": PASSWORD}, headers=HTMX
    )
    assert "HX-Redirect" in done.headers
    assert not User.objects.get(pk=pending.pk).is_active
    assert ("password_check", "success", "step-up") in security_log()
    assert client.session.session_key != key
    assert ConsoleSession.objects.get().session_key == client.session.session_key
    assert client.get(QUEUE).status_code == 200


def test_it_asks_for_the_code_of_those_who_have_one(
    manager: User, pending: User, console: Any
) -> None:
    phone, _codes = enrol(manager)
    client = later(console(manager))
    prompt = client.post(page(pending, "reject"), SENT, headers=HTMX)
    assert b'autocomplete="one-time-code"' in prompt.content
    assert asks(client.post(page(pending, "reject"), SENT | {"_step_up": PASSWORD}, headers=HTMX))
    sent = SENT | {"_step_up": phone.code()}
    assert "HX-Redirect" in client.post(page(pending, "reject"), sent, headers=HTMX).headers
    assert ("second_factor", "failure", "") in security_log()
    assert ("second_factor", "success", "step-up") in security_log()


def test_a_confirmation_lasts_for_the_next_page(manager: User, pending: User, console: Any) -> None:
    client = later(console(manager))
    client.post(page(pending, "reject"), SENT | {"_step_up": PASSWORD}, headers=HTMX)
    assert client.post(f"{QUEUE}export/", {"format": "0"}).headers["Content-Type"] == "text/csv"
    assert Export.objects.count() == 1


def test_a_page_that_leads_to_a_file_asks_when_it_opens(manager: User, console: Any) -> None:
    client = later(console(manager))
    assert asks(client.get(f"{QUEUE}export/?priority__exact=high"))
    sent = {"_step_up": PASSWORD}
    answer = client.post(f"{QUEUE}export/?priority__exact=high", sent)
    assert answer.headers["Location"] == f"{QUEUE}export/?priority__exact=high"
    assert not asks(client.get(answer.headers["Location"]))
    assert not Export.objects.exists()


def test_other_pages_open_without_being_asked(manager: User, pending: User, console: Any) -> None:
    assert not asks(later(console(manager)).get(page(pending, "reject")))


def test_the_text_that_was_sent_is_kept(manager: User, console: Any) -> None:
    text = "Dispatch <b>&\nsecond line"
    form = {
        "name": 'The "dispatch" <b>',
        "owner": str(manager.pk),
        "scopes": ["requests:read", "requests:work"],
        "networks": "192.0.2.0/24\n198.51.100.7",
        "expires_at_0": f"{timezone.now() + dt.timedelta(days=90):%Y-%m-%d}",
        "expires_at_1": "12:00:00",
    }
    client = later(console(manager))
    prompt = client.post("/admin/gasutil/machineaccount/add/", form | {"note": text})
    assert prompt.status_code == 200
    assert "no-store" in prompt.headers["Cache-Control"]
    assert not MachineAccount.objects.exists()
    carried = hidden_fields(prompt)
    assert carried["note"] == [text]
    wrong = client.post("/admin/gasutil/machineaccount/add/", carried | {"_step_up": "wrong"})
    assert wrong.status_code == 422
    assert hidden_fields(wrong) == carried
    client.post("/admin/gasutil/machineaccount/add/", carried | {"_step_up": PASSWORD})
    account = MachineAccount.objects.get()
    assert (account.name, account.scopes) == (form["name"], form["scopes"])
    assert account.networks == ["192.0.2.0/24", "198.51.100.7/32"]


def test_passwords_are_not_written_into_the_page(root: User, customer: User, console: Any) -> None:
    path = reverse("admin:auth_user_password_change", args=[customer.pk])
    form = {"password1": "Green-Flame-2027", "password2": "Green-Flame-2027"}
    prompt = later(console(root)).post(path, form)
    assert asks(prompt)
    assert b"Green-Flame-2027" not in prompt.content


def test_guessing_is_limited_and_logged(
    manager: User, pending: User, console: Any, settings: Settings
) -> None:
    settings.OLD_PASSWORD_LIMIT = 2
    client = later(console(manager))
    for answer in ("wrong", "", PASSWORD):
        sent = SENT | {"_step_up": answer}
        assert asks(client.post(page(pending, "reject"), sent, headers=HTMX))
    assert security_log() == [
        ("password_check", "failure", ""),
        ("password_check", "failure", ""),
        ("password_check", "limited", ""),
    ]
    assert User.objects.get(pk=pending.pk).is_active


def test_codes_are_limited(manager: User, pending: User, console: Any, settings: Settings) -> None:
    settings.SECOND_FACTOR_LIMIT = 2
    phone, _codes = enrol(manager)
    client = later(console(manager))
    for answer in ("000000", "000000", phone.code()):
        sent = SENT | {"_step_up": answer}
        assert asks(client.post(page(pending, "reject"), sent, headers=HTMX))


def test_superusers_are_asked_for_accounts_and_managers_are_not(
    root: User, manager: User, customer: User, console: Any
) -> None:
    assert asks(later(console(root)).post(page(customer), {"username": "customer"}))
    assert not asks(later(console(manager)).post(page(customer), {"username": "customer"}))


def test_the_rights_of_a_group_change_after_the_confirmation(root: User, console: Any) -> None:
    group = Group.objects.create(name="Visitors")
    client = later(console(root))
    path = reverse("admin:auth_group_change", args=[group.pk])
    prompt = client.post(path, {"name": "Guests", "permissions": []})
    assert Group.objects.get(pk=group.pk).name == "Visitors"
    client.post(path, hidden_fields(prompt) | {"_step_up": PASSWORD})
    assert Group.objects.get(pk=group.pk).name == "Guests"
