"""Users change their own password in the console."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gasutil.access import Actor
from gasutil.errors import TooManyAttempts
from gasutil.models import Channel, User
from gasutil.workflow import passwords
from tests.support.console import Browser
from tests.support.people import PASSWORD

NEW = "Green-Flame-2027"


def submit(browser: Client, old: str, new: str = NEW) -> Any:
    return browser.post(
        reverse("admin:password_change"),
        {"old_password": old, "new_password1": new, "new_password2": new},
    )


def errors(response: Any) -> list[str]:
    assert response.status_code == 200
    return [error.code for error in response.context["form"].errors.as_data()["old_password"]]


def test_it_works(console: Callable[[User], Browser], support: User) -> None:
    browser = console(support)
    assert submit(browser, PASSWORD).status_code == 302
    support.refresh_from_db()
    assert support.check_password(NEW)
    assert (
        browser.get(reverse("admin:password_change_done")).status_code == 200
    )  # the session stays valid
    row = support.history.latest()
    assert (row.history_change_reason, row.history_user) == ("Password changed", support)


def test_it_limits_wrong_old_passwords(
    console: Callable[[User], Browser], support: User, settings: Any
) -> None:
    settings.OLD_PASSWORD_LIMIT = 3
    browser = console(support)
    for _attempt in range(3):
        assert errors(submit(browser, "wrong")) == ["password_incorrect"]
    response = submit(
        browser, PASSWORD
    )  # the right one as well: an attacker must not learn which it is
    assert errors(response) == ["too-many-attempts"]
    assert "Too many attempts. Try again in" in response.content.decode()
    support.refresh_from_db()
    assert support.check_password(PASSWORD)


def test_it_shares_its_limit_with_the_api(
    console: Callable[[User], Browser], support: User, settings: Any
) -> None:
    settings.OLD_PASSWORD_LIMIT = 2
    browser = console(support)
    for _attempt in range(2):
        submit(browser, "wrong")
    with pytest.raises(TooManyAttempts):
        passwords.change_password(
            actor=Actor(support, Channel.API), old_password=PASSWORD, password=NEW, password2=NEW
        )


def test_it_counts_no_correct_old_password(
    console: Callable[[User], Browser], support: User, settings: Any
) -> None:
    settings.OLD_PASSWORD_LIMIT = 2
    browser = console(support)
    for _attempt in range(3):
        assert (
            submit(browser, PASSWORD, new="short").status_code == 200
        )  # the new password is rejected, the old one is right
    assert submit(browser, PASSWORD).status_code == 302
