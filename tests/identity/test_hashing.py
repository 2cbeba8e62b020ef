import threading
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, get_hasher, identify_hasher, make_password

from gasutil.errors import Busy
from gasutil.identity import hashing
from gasutil.models import User
from tests.support.api import Api
from tests.support.people import PASSWORD


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every place for hashing is taken, and no caller waits long."""
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(hashing, "GATE", full)
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 0.01)


def test_it_hashes_with_argon2id_as_owasp_asks_at_least() -> None:
    encoded = make_password(PASSWORD)
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password(PASSWORD, encoded)
    assert not check_password(PASSWORD + "x", encoded)


def test_it_is_the_only_way_passwords_are_hashed(settings: Any) -> None:
    assert settings.PASSWORD_HASHERS == ["gasutil.identity.hashing.GatedArgon2Hasher"]
    assert (
        type(get_hasher())
        is type(identify_hasher(make_password(PASSWORD)))
        is hashing.GatedArgon2Hasher
    )


def test_it_salts_each_hash() -> None:
    assert make_password(PASSWORD) != make_password(PASSWORD)


def test_it_releases_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "GATE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 0.01)
    for _ in range(3):
        assert check_password(PASSWORD, make_password(PASSWORD))
    with pytest.raises(ArithmeticError), hashing.gate():
        raise ArithmeticError
    assert hashing.GATE.acquire(timeout=0)


def test_too_many_hashes_at_once_are_503(busy: None) -> None:
    with pytest.raises(Busy):
        make_password(PASSWORD)


def test_the_error_has_a_retry_after(customer: User, busy: None) -> None:
    answer = Api().post("login/", {"username": "customer", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json() == {
        "type": "urn:gasutil:problem:busy",
        "title": "Busy",
        "status": 503,
        "detail": "The server is busy. Try again in a moment.",
    }
