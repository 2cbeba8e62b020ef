"""A login on a real server.

Its tokens are stored, refreshed by one process at a time, and deleted.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from gasutil.models import Login, User
from gasutil_client import Away, FileTokens, LoginEnded, Refused, Session, TokenStore, expect
from gasutil_client.generated.api.accounts import get_profile
from gasutil_client.generated.models import Profile, TokenPair
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def store(tmp_path: Path) -> FileTokens:
    return FileTokens(tmp_path / "state" / "tokens.json")


@pytest.fixture
def session(live_server: Any, customer: User, store: TokenStore) -> Iterator[Session]:
    with Session(live_server.url, store) as session:
        session.log_in("customer", PASSWORD)
        yield session


def whose(session: Session) -> str:
    return expect(Profile, get_profile.sync_detailed(client=session.client)).username


def spend(store: TokenStore) -> str:
    """Replace the access token by one that has expired."""
    stored = store.load()
    assert stored
    store.save(TokenPair(stored.refresh, "spent", 0))
    return stored.refresh


def test_it_logs_in(session: Session) -> None:
    assert whose(session) == "customer"


def test_a_wrong_password_is_rejected(session: Session) -> None:
    with pytest.raises(Refused, match="Wrong username or password"):
        session.log_in("customer", "wrong")


def test_only_the_owner_can_read_the_tokens(session: Session, store: FileTokens) -> None:
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    assert [
        path.name for path in store.path.parent.iterdir() if not path.name.endswith(".lock")
    ] == ["tokens.json"]


def test_an_expired_token_is_renewed_and_the_call_repeated(
    session: Session, store: FileTokens
) -> None:
    used = spend(store)
    assert whose(session) == "customer"
    stored = store.load()
    assert stored
    assert stored.refresh != used


def test_many_at_once_renew_it_once(
    session: Session, store: FileTokens, live_server: Any, settings: Settings
) -> None:
    """Threads of one app, and another app with the same file.

    Without a grace period, a second use of the token would end the login.
    """
    settings.JWT_ROTATION_GRACE_SECONDS = 0
    spend(store)
    start = threading.Barrier(8)
    with Session(live_server.url, FileTokens(store.path)) as other, ThreadPoolExecutor(8) as pool:

        def call(number: int) -> str:
            start.wait(10)
            return whose(session if number % 2 else other)

        assert list(pool.map(call, range(8))) == ["customer"] * 8
    assert Login.objects.get().revoked_at is None


def test_a_login_that_was_ended_elsewhere_is_deleted(
    session: Session, store: FileTokens, customer: User
) -> None:
    customer.set_password("Another-Flame-2026")
    customer.save()
    with pytest.raises(LoginEnded):
        whose(session)
    assert store.load() is None


def test_logging_out_ends_it_on_both_sides(session: Session, store: FileTokens) -> None:
    session.log_out()
    assert (store.load(), Login.objects.get().revoked_at is None) == (None, False)
    with pytest.raises(LoginEnded):
        whose(session)


def test_a_server_that_is_away_costs_no_login(session: Session, store: FileTokens) -> None:
    stored = store.load()
    with Session("http://127.0.0.1:1", store) as away, pytest.raises(Away):
        whose(away)
    assert store.load() == stored


def test_logging_out_deletes_the_tokens_during_an_outage(
    session: Session, store: FileTokens
) -> None:
    with Session("http://127.0.0.1:1", store) as away, pytest.raises(Away):
        away.log_out()
    assert store.load() is None


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}"])
def test_an_unreadable_file_is_no_login(text: str, store: FileTokens) -> None:
    store.path.parent.mkdir()
    store.path.write_text(text, encoding="utf-8")
    assert store.load() is None
