import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import cache as caches
from django.test import Client, RequestFactory
from pytest_django import Settings

from gasutil.errors import TooManyAttempts
from gasutil.identity import backend, throttling
from gasutil.identity.throttling import RateLimit
from gasutil.models import User
from tests.support.api import Api
from tests.support.outages import AWAY
from tests.support.people import PASSWORD


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, fixed until a test changes it."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def log_in(username: str, password: str, address: str = "127.0.0.1", **headers: str) -> Any:
    api = Api()
    api.client.defaults["REMOTE_ADDR"] = address
    return api.post("login/", {"username": username, "password": password}, **headers)


def test_it_checks_five_wrong_passwords_and_no_sixth(customer: User) -> None:
    assert [log_in("customer", "wrong").status_code for _ in range(6)] == [401] * 5 + [429]


def test_it_rejects_the_right_password_too_after_the_limit(customer: User) -> None:
    for _ in range(5):
        log_in("customer", "wrong")
    answer = log_in("customer", PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert answer.json() == {
        "type": "urn:gasutil:problem:too-many-attempts",
        "title": "Too many attempts",
        "status": 429,
        "detail": "Too many attempts. Try again in 300 seconds.",
    }


def test_retry_after_is_the_duration_of_the_limit(
    customer: User, settings: Settings, noon: list[float]
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "project.cache.CountingLocMemCache", "LOCATION": "limits"}
    }  # by this clock
    log_in("customer", "wrong")
    noon[0] += 120
    for _ in range(4):
        log_in("customer", "wrong")
    assert log_in("customer", "wrong").headers["Retry-After"] == "180"
    noon[0] += 179
    assert log_in("customer", PASSWORD).status_code == 429
    noon[0] += 2
    assert log_in("customer", PASSWORD).status_code == 200


def test_it_counts_the_user_name_however_it_is_written(customer: User) -> None:
    names = ["customer", "CUSTOMER", "Customer", "cUSTOMER", "custoMER"]
    assert [log_in(name, "wrong").status_code for name in names] == [401] * 5
    assert log_in("customer", PASSWORD).status_code == 429


def test_it_does_not_lock_out_another_user_at_the_same_address(
    customer: User, neighbour: User
) -> None:
    for _ in range(6):
        log_in("customer", "wrong")
    assert log_in("neighbour", PASSWORD).status_code == 200


def test_it_does_not_lock_out_the_user_at_another_address(customer: User) -> None:
    for _ in range(6):
        log_in("customer", "wrong")
    assert log_in("customer", PASSWORD, "192.0.2.7").status_code == 200


def test_it_counts_a_network_of_ipv6_as_one_address(customer: User) -> None:
    assert [
        log_in("customer", "wrong", f"2001:db8:0:7::{number:x}").status_code for number in range(60)
    ] == [401] * 5 + [429] * 55
    assert log_in("customer", PASSWORD, "2001:db8:0:7:ffff:ffff:ffff:ffff").status_code == 429
    assert log_in("customer", PASSWORD, "2001:db8:0:8::1").status_code == 200


@pytest.mark.parametrize(
    ("word", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("anshu_singh", "anshu_singh"),
    ],
)
def test_parts_of_a_key_cannot_be_confused(word: str, counted: str) -> None:
    assert throttling.counted_as(word) == counted


def test_a_header_of_the_client_is_not_its_address(customer: User) -> None:
    for number in range(5):
        log_in(
            "customer",
            "wrong",
            X_Forwarded_For=f"192.0.2.{number}",
            X_Real_IP=f"192.0.2.{number}",
            Forwarded=f"for=192.0.2.{number}",
        )
    assert log_in("customer", PASSWORD, X_Forwarded_For="192.0.2.9").status_code == 429


def test_it_checks_fifty_failures_from_an_address_and_no_more(customer: User) -> None:
    result = [log_in(f"nobody-{number}", "wrong").status_code for number in range(51)]
    assert result == [401] * 50 + [429]
    assert log_in("customer", PASSWORD).status_code == 429


def test_it_does_not_count_what_succeeds(customer: User, settings: Settings) -> None:
    settings.LOGIN_LIMIT_ADDRESS = 6
    assert [log_in("customer", PASSWORD).status_code for _ in range(8)] == [200] * 8


def test_a_success_does_not_reset_the_failures(customer: User) -> None:
    for _ in range(4):
        log_in("customer", "wrong")
    log_in("customer", PASSWORD)
    assert [log_in("customer", "wrong").status_code for _ in range(2)] == [401, 429]


def test_guesses_without_a_user_name_share_a_count(customer: User) -> None:
    assert [log_in("nobody", "wrong").status_code for _ in range(6)] == [401] * 5 + [429]


def test_it_guards_the_console_with_the_same_counts(support: User) -> None:
    for _ in range(5):
        log_in("support", "wrong")
    with pytest.raises(TooManyAttempts):
        authenticate(RequestFactory().post("/admin/login/"), username="support", password=PASSWORD)


def test_it_is_off_where_the_limit_is_zero(settings: Settings) -> None:
    settings.TRIES = 0
    limit = RateLimit("test", "TRIES", 60)
    for _ in range(100):
        limit.count("x")  # which would raise `TooManyAttempts`
    limit.forgive("x")
    settings.TRIES = 1
    limit.count("x")  # nothing has been counted
    with pytest.raises(TooManyAttempts):
        limit.count("x")


def test_it_keeps_the_counts_of_different_limits_apart(settings: Settings) -> None:
    settings.TRIES = 1
    first, second = RateLimit("first", "TRIES", 60), RateLimit("second", "TRIES", 60)
    first.count("x")
    second.count("x")
    first.count("y")
    with pytest.raises(TooManyAttempts):
        first.count("x")


def test_it_lets_people_in_while_the_cache_is_away(settings: Settings) -> None:
    settings.CACHES, settings.TRIES = AWAY, 1
    limit = RateLimit("test", "TRIES", 60)
    assert [limit.count("x") for _ in range(3)] == [None] * 3  # type: ignore[func-returns-value]  # each would raise
    limit.forgive("x")


def test_health_checks_do_not_reset_the_counts(
    customer: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for _ in range(5):
        log_in("customer", "wrong")
    for _ in range(400):
        Client().get("/health/")
    assert log_in("customer", PASSWORD).status_code == 429


def test_many_names_do_not_reset_the_counts(customer: User) -> None:
    for _ in range(5):
        log_in("customer", "wrong")
    for number in range(400):
        backend.PAIR_LIMIT.count(f"nobody-{number}", "127.0.0.1")
    assert log_in("customer", PASSWORD).status_code == 429


def test_it_does_not_lock_out_the_address_for_one_locked_user(
    customer: User, neighbour: User
) -> None:
    assert [log_in("customer", "wrong").status_code for _ in range(60)] == [401] * 5 + [429] * 55
    assert log_in("neighbour", PASSWORD).status_code == 200


def test_it_does_not_lock_a_user_by_attempts_that_the_address_may_not_make(
    customer: User, settings: Settings
) -> None:
    settings.LOGIN_LIMIT_ADDRESS = 1
    assert [log_in("neighbour", "wrong").status_code for _ in range(2)] == [401, 429]
    assert [log_in("customer", "wrong").status_code for _ in range(9)] == [429] * 9
    settings.LOGIN_LIMIT_ADDRESS = 50
    assert log_in("customer", PASSWORD).status_code == 200


def test_a_count_that_has_lost_its_expiry_expires_again(settings: Settings) -> None:
    """A key that expired between two commands came back without an expiry.

    It locked an address out permanently.
    """
    redis = getattr(caches.cache, "_cache", None)
    if not hasattr(redis, "get_client"):
        pytest.skip("only Redis can lose it")
    settings.TRIES = 5
    limit = RateLimit("test", "TRIES", 60)
    slot = caches.cache.make_key(limit._slot(("x",)))
    redis.get_client(slot).set(slot, -1)
    limit.forgive("x")
    limit.count("x")
    assert 0 < redis.get_client(slot).ttl(slot) <= 60


def test_nothing_is_subtracted_that_was_not_counted(settings: Settings) -> None:
    settings.TRIES = 1
    limit = RateLimit("test", "TRIES", 60)
    for _ in range(9):
        limit.forgive("x")
    limit.count("x")
    with pytest.raises(TooManyAttempts):
        limit.count("x")


def test_it_counts_in_the_cache_that_all_processes_share() -> None:
    assert throttling.cache is caches.cache


@pytest.mark.parametrize(
    "name", ["anshu singh", "a\nb", "a\x7fb", "\N{DEVANAGARI LETTER A}" * 300, "a:b"]
)
def test_a_key_can_have_any_characters(name: str, settings: Settings) -> None:
    settings.TRIES = 1
    limit = RateLimit("test", "TRIES", 60)
    limit.count(name, "192.0.2.7")  # a warning of the cache is an error here
    with pytest.raises(TooManyAttempts):
        limit.count(name, "192.0.2.7")
    limit.count(f"{name}:192.0.2.7")  # another key


@pytest.mark.parametrize("name", ["anshu singh", "a\x7fb", "a\nb"])
def test_a_login_by_a_name_with_such_characters_is_limited(
    name: str, anyone: Api, db: None
) -> None:
    assert [log_in(name, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
