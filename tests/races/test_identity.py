import threading
from typing import Any

import pytest
from pytest_django import Settings

from gasutil.errors import TooManyAttempts
from gasutil.identity import hashing, logins
from gasutil.identity.throttling import RateLimit
from gasutil.models import Login, User
from gasutil.notify.links import reset_proof
from tests.support.api import Api
from tests.support.bodies import ANSHU
from tests.support.concurrency import at_once, statuses
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_one_refresh_token_twelve_times_at_once_brings_one_successor(customer: User) -> None:
    pair = logins.start_login(customer)
    answers = at_once(*[lambda: Api().post("login/refresh/", {"refresh": pair.refresh})] * 12)
    assert statuses(answers) == [200] * 12
    successors = {answer.json()["refresh"] for answer in answers}
    assert len(successors) == 1
    assert Login.objects.get().revoked_at is None
    assert Api().post("login/refresh/", {"refresh": successors.pop()}).status_code == 200


def test_forty_guesses_at_once_are_five_checks(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[int] = []
    verify = hashing.GatedArgon2Hasher.verify

    def counted(self: Any, password: str, encoded: str) -> bool:
        checked.append(threading.get_ident())
        return verify(self, password, encoded)

    monkeypatch.setattr(hashing.GatedArgon2Hasher, "verify", counted)
    answers = at_once(
        *(
            lambda n=n: Api().post("login/", {"username": "customer", "password": f"guess-{n}"})
            for n in range(40)
        )
    )
    assert statuses(answers) == [401] * 5 + [429] * 35
    assert len(checked) == 5
    assert Api().post("login/", {"username": "customer", "password": PASSWORD}).status_code == 429


def test_the_limit_is_counted_where_every_process_sees_it(settings: Settings) -> None:
    settings.TRIES = 10
    first, second = RateLimit("shared", "TRIES", 3600), RateLimit("shared", "TRIES", 3600)
    result = at_once(*(lambda limit=limit: _attempt(limit) for limit in [first, second] * 10))
    assert sorted(result) == [False] * 10 + [True] * 10


def _attempt(limit: RateLimit) -> bool:
    try:
        limit.count("x")
    except TooManyAttempts:
        return False
    return True


@pytest.mark.parametrize("same", ["email", "username"])
def test_two_registrations_of_one_address_or_name_at_once_make_one_account(
    same: str, db: None
) -> None:
    other = ANSHU | {"email": "another@example.com", "username": "another"}
    bodies = [ANSHU, other | {same: ANSHU[same].upper() if same == "email" else ANSHU[same]}]
    answers = at_once(*(lambda body=body: Api().post("register/", body) for body in bodies))
    assert statuses(answers) == [201, 422]
    loser = next(answer.json() for answer in answers if answer.status_code == 422)
    assert [(error["field"], error["code"]) for error in loser["errors"]] == [(same, "taken")]
    assert User.objects.count() == 1


def test_a_link_to_a_new_password_works_once(customer: User) -> None:
    uid, token = reset_proof(customer)
    passwords = [f"Another-Flame-{number}" for number in range(4)]
    answers = at_once(
        *(
            lambda new=new: Api().post(
                "password-reset/confirm/",
                {"uid": uid, "token": token, "password": new, "password2": new},
            )
            for new in passwords
        )
    )
    assert statuses(answers) == [204, 422, 422, 422]
    [winner] = [
        new for new, answer in zip(passwords, answers, strict=True) if answer.status_code == 204
    ]
    assert User.objects.get().check_password(winner)


def test_a_logout_beats_a_refresh_or_comes_after_it(customer: User) -> None:
    pair = logins.start_login(customer)
    at_once(
        lambda: Api().post("login/refresh/", {"refresh": pair.refresh}),
        lambda: Api().post("logout/", {"refresh": pair.refresh}),
    )
    assert Login.objects.get().revoked_at is not None
