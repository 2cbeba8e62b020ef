"""The second factor: setting it up, logging in with it, and what a role that needs it can do."""

import datetime as dt
import urllib.parse
import uuid

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import SYSTEM, Actor
from gasutil.api.framework.idempotency import StoredCall
from gasutil.errors import Conflict, NotAllowed
from gasutil.models import (
    AuthenticatorApp,
    IdempotencyKey,
    Login,
    RecoveryCode,
    SecurityEvent,
    User,
)
from gasutil.workflow import passwords, second_factors
from tests.support.api import Api
from tests.support.passkeys import SITE, add_passkey
from tests.support.people import PASSWORD
from tests.support.second_factor import Phone, enrol
from tests.support.worker import run_worker

FACTOR = "profile/second-factor/"
REQUIRED = "urn:gasutil:problem:second-factor-required"


def log_in(anyone: Api, user: User, **fields: str):
    return anyone.post("login/", {"username": user.username, "password": PASSWORD, **fields})


# --- Setting it up


def test_it_is_set_up_with_a_code_and_gives_recovery_codes_once(support: User, api) -> None:
    client = api(support)
    setup = client.post(FACTOR, {"password": PASSWORD})
    assert setup.status_code == 201
    address = urllib.parse.urlsplit(setup.json()["otpauth_url"])
    assert urllib.parse.parse_qs(address.query)["secret"] == [setup.json()["secret"]]
    assert not User.objects.get(pk=support.pk).has_second_factor
    phone = Phone(setup.json()["secret"])
    answer = client.post(f"{FACTOR}confirm/", {"otp": phone.code()})
    assert answer.status_code == 200
    assert len(set(answer.json()["recovery_codes"])) == 10
    assert client.get(FACTOR).json() == {
        "is_enabled": True,
        "is_required": False,
        "enrol_by": None,
        "recovery_codes_left": 10,
    }
    row = User.history.filter(id=support.pk).latest()
    assert (row.has_second_factor, row.history_change_reason) == (True, "Second factor set up")


def test_a_wrong_password_or_code_changes_nothing(support: User, api) -> None:
    client = api(support)
    assert (
        client.post(FACTOR, {"password": "wrong"}).json()["errors"][0]["code"] == "wrong_password"
    )
    assert not AuthenticatorApp.objects.exists()
    client.post(FACTOR, {"password": PASSWORD})
    assert client.post(f"{FACTOR}confirm/", {"otp": "000000"}).json()["errors"][0]["code"] == (
        "wrong_code"
    )
    assert not User.objects.get(pk=support.pk).has_second_factor


def test_what_is_in_use_cannot_be_replaced_without_removing_it(support: User, api) -> None:
    enrol(support)
    assert api(support).post(FACTOR, {"password": PASSWORD}).status_code == 409


def test_nothing_of_it_is_stored_readable(support: User, api) -> None:
    setup = api(support).post(FACTOR, {"password": PASSWORD}).json()
    app = AuthenticatorApp.objects.get()
    assert setup["secret"] not in app.sealed_secret
    _phone, codes = enrol(support)
    stored = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(stored) == 10
    assert stored.isdisjoint(codes)


def test_a_repeated_call_returns_the_first_response(support: User, api) -> None:
    """A response that got lost had the secret, or the recovery codes."""
    client = api(support)

    def call(path: str, body: dict[str, str], status: int):
        key = uuid.uuid4().hex
        first, again = (client.post(path, body, Idempotency_Key=key) for _ in range(2))
        assert (first.status_code, again.status_code) == (status, status), first.content
        assert first.content == again.content
        assert again.headers["Idempotency-Replayed"] == "true"
        stored = IdempotencyKey.objects.latest("pk")
        assert PASSWORD not in str(vars(stored))
        assert not first.content or first.content not in bytes(stored.answer)
        return first

    setup = call(FACTOR, {"password": PASSWORD}, 201).json()
    phone = Phone(setup["secret"])
    call(f"{FACTOR}confirm/", {"otp": phone.code()}, 200)
    codes = call(
        f"{FACTOR}recovery-codes/", {"password": PASSWORD, "otp": phone.code(steps=1)}, 200
    ).json()["recovery_codes"]
    assert User.objects.get(pk=support.pk).has_second_factor
    call(f"{FACTOR}remove/", {"password": PASSWORD, "otp": codes[0]}, 204)


def test_the_digest_of_a_password_is_useless_without_the_key_of_the_server(
    support: User, api, settings: Settings
) -> None:
    api(support).post(FACTOR, {"password": PASSWORD}, Idempotency_Key=uuid.uuid4().hex)
    settings.SECRET_KEY = "another"
    guess = StoredCall(
        Actor(support),
        "k",
        method="POST",
        path=f"/api/v1/{FACTOR}",
        body={"password": PASSWORD},
        has_secret=True,
    )
    assert IdempotencyKey.objects.get().fingerprint != guess.fingerprint


def test_it_is_mailed(support: User) -> None:
    enrol(support)
    run_worker()
    assert "Second factor set up" in [message.subject for message in mail.outbox]


# --- Logging in


def test_a_login_needs_the_code(support: User, anyone: Api) -> None:
    phone, _codes = enrol(support)
    answer = log_in(anyone, support)
    assert (answer.status_code, answer.json()["type"]) == (401, REQUIRED)
    assert not Login.objects.exists()
    assert log_in(anyone, support, otp=phone.code()).status_code == 200


def test_a_new_password_does_not_replace_the_code(support: User, anyone: Api) -> None:
    phone, _codes = enrol(support)
    passwords.set_password(support, PASSWORD, actor=Actor(support), reason="Password reset")
    assert log_in(anyone, support).status_code == 401
    assert log_in(anyone, support, otp=phone.code()).status_code == 200


def test_a_wrong_password_does_not_show_that_there_is_a_second_factor(
    support: User, anyone: Api
) -> None:
    enrol(support)
    body = {"username": support.username, "password": "wrong"}
    assert anyone.post("login/", body).json()["type"] == "urn:gasutil:problem:not-authenticated"


def test_no_code_is_accepted_twice(support: User, anyone: Api) -> None:
    phone, _codes = enrol(support)
    code = phone.code()
    assert log_in(anyone, support, otp=code).status_code == 200
    assert log_in(anyone, support, otp=code).json()["type"] == REQUIRED
    assert log_in(anyone, support, otp=phone.code(steps=1)).status_code == 200


@pytest.mark.parametrize("steps", [-3, 3])
def test_codes_of_another_time_are_rejected(steps: int, support: User, anyone: Api) -> None:
    phone, _codes = enrol(support)
    assert log_in(anyone, support, otp=phone.code(steps=steps)).status_code == 401


def test_a_recovery_code_works_once_in_any_form(support: User, anyone: Api) -> None:
    _phone, codes = enrol(support)
    code = f" {codes[0].replace('-', ' ').lower()} "
    assert log_in(anyone, support, otp=code).status_code == 200
    assert log_in(anyone, support, otp=codes[0]).status_code == 401
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


@pytest.mark.parametrize("otp", ["", "12345", "abcdef", "\uff11" * 6, "\u0661" * 6, "0" * 64])
def test_anything_else_is_rejected(otp: str, support: User, anyone: Api) -> None:
    enrol(support)
    assert log_in(anyone, support, otp=otp).json()["type"] == REQUIRED


def test_guessing_is_limited_for_the_account(
    support: User, anyone: Api, settings: Settings
) -> None:
    settings.SECOND_FACTOR_LIMIT = 3
    phone, _codes = enrol(support)
    assert [log_in(anyone, support, otp="000000").status_code for _ in range(3)] == [401] * 3
    assert log_in(anyone, support, otp=phone.code()).status_code == 429


def test_an_account_without_one_ignores_the_code(support: User, anyone: Api) -> None:
    assert log_in(anyone, support, otp="123456").status_code == 200


def test_a_new_secret_key_takes_over_with_the_next_login(
    support: User, anyone: Api, settings: Settings
) -> None:
    phone, _codes = enrol(support)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert log_in(anyone, support, otp=phone.code()).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert log_in(anyone, support, otp=phone.code(steps=1)).status_code == 200


def test_recovery_codes_work_when_the_key_of_the_secret_is_gone(
    support: User, anyone: Api, settings: Settings
) -> None:
    phone, codes = enrol(support)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, []
    assert log_in(anyone, support, otp=phone.code()).status_code == 401
    assert log_in(anyone, support, otp=codes[0]).status_code == 200


# --- Renewing and removing


def test_new_recovery_codes_replace_the_old_ones(support: User, api, anyone: Api) -> None:
    phone, old = enrol(support)
    body = {"password": PASSWORD, "otp": phone.code()}
    answer = api(support).post(f"{FACTOR}recovery-codes/", body)
    assert answer.status_code == 200
    assert set(answer.json()["recovery_codes"]).isdisjoint(old)
    assert log_in(anyone, support, otp=old[1]).status_code == 401
    assert log_in(anyone, support, otp=answer.json()["recovery_codes"][0]).status_code == 200


def test_removing_it_needs_password_and_code(support: User, api, anyone: Api) -> None:
    phone, _codes = enrol(support)
    client = api(support)
    for body in (
        {"password": "wrong", "otp": phone.code()},
        {"password": PASSWORD, "otp": "000000"},
    ):
        assert client.post(f"{FACTOR}remove/", body).status_code == 422
    body = {"password": PASSWORD, "otp": phone.code()}
    assert client.post(f"{FACTOR}remove/", body).status_code == 204
    assert log_in(anyone, support).status_code == 200
    assert not RecoveryCode.objects.exists()
    run_worker()
    assert "Second factor removed" in [message.subject for message in mail.outbox]


def test_a_role_that_needs_it_cannot_remove_it(support: User, api, settings: Settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["support"]
    phone, _codes = enrol(support)
    body = {"password": PASSWORD, "otp": phone.code()}
    assert api(support).post(f"{FACTOR}remove/", body).status_code == 403


def test_a_manager_removes_a_lost_one_which_ends_all_logins(
    support: User, manager: User, anyone: Api
) -> None:
    phone, _codes = enrol(support)
    tokens = log_in(anyone, support, otp=phone.code()).json()
    second_factors.reset(support.pk, actor=Actor(manager))
    answer = anyone.get("profile/", Authorization=f"Bearer {tokens['access']}")
    assert answer.status_code == 401
    assert log_in(anyone, support).status_code == 200
    row = User.history.filter(id=support.pk).latest()
    assert (row.history_user, row.history_change_reason) == (manager, "Lost second factor removed")
    with pytest.raises(Conflict):
        second_factors.reset(support.pk, actor=SYSTEM)


def test_a_colleague_cannot_remove_it(support: User, colleague: User) -> None:
    enrol(support)
    with pytest.raises(NotAllowed):
        second_factors.reset(support.pk, actor=Actor(colleague))


# --- Roles that need one


@pytest.fixture
def strict(settings: Settings) -> Settings:
    settings.SECOND_FACTOR_ROLES = ["manager"]
    return settings


def bearer(anyone: Api, user: User) -> str:
    return f"Bearer {log_in(anyone, user).json()['access']}"


def test_a_role_has_a_week_to_set_it_up(
    strict: Settings, manager: User, support: User, anyone: Api
) -> None:
    token = bearer(anyone, manager)
    week = User.objects.get(pk=manager.pk).enrol_by - timezone.now()
    assert dt.timedelta(days=6) < week <= dt.timedelta(days=7)
    assert anyone.get("requests/", Authorization=token).status_code == 200
    bearer(anyone, support)
    assert User.objects.get(pk=support.pk).enrol_by is None


def test_a_second_login_does_not_prolong_the_week(
    strict: Settings, manager: User, anyone: Api
) -> None:
    bearer(anyone, manager)
    before = User.objects.get(pk=manager.pk).enrol_by
    bearer(anyone, manager)
    assert User.objects.get(pk=manager.pk).enrol_by == before


def test_after_the_week_only_the_setup_is_left(
    strict: Settings, manager: User, anyone: Api
) -> None:
    token = bearer(anyone, manager)
    User.objects.update(enrol_by=timezone.now())
    answer = anyone.get("requests/", Authorization=token)
    assert (answer.status_code, answer.json()["type"]) == (
        403,
        "urn:gasutil:problem:enrolment-required",
    )
    assert anyone.post("events/ticket/", {}, Authorization=token).status_code == 403
    assert anyone.get(FACTOR, Authorization=token).status_code == 200
    secret = anyone.post(FACTOR, {"password": PASSWORD}, Authorization=token).json()["secret"]
    otp = {"otp": Phone(secret).code()}
    assert anyone.post(f"{FACTOR}confirm/", otp, Authorization=token).status_code == 200
    assert anyone.get("requests/", Authorization=token).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_stream_is_closed_as_well(strict: Settings, manager: User, anyone: Api) -> None:
    token = bearer(anyone, manager)
    User.objects.update(enrol_by=timezone.now())
    assert anyone.get("events/", Authorization=token).status_code == 403


def test_a_refresh_starts_the_week_as_well(manager: User, anyone: Api, settings: Settings) -> None:
    tokens = log_in(anyone, manager).json()
    settings.SECOND_FACTOR_ROLES = ["manager"]
    anyone.post("login/refresh/", {"refresh": tokens["refresh"]})
    assert User.objects.get(pk=manager.pk).enrol_by is not None


def test_without_the_setting_no_one_is_kept_out(
    strict: Settings, manager: User, anyone: Api
) -> None:
    token = bearer(anyone, manager)
    User.objects.update(enrol_by=timezone.now())
    strict.SECOND_FACTOR_ROLES = []
    assert anyone.get("requests/", Authorization=token).status_code == 200


def test_the_security_log_has_failures(support: User, anyone: Api) -> None:
    enrol(support)
    log_in(anyone, support, otp="000000")
    row = SecurityEvent.objects.filter(event="second_factor").latest("pk")
    assert (row.user, row.outcome) == (support, "failure")


# --- Passkeys, which the API does not take


def test_an_account_with_passkeys_logs_in_with_a_recovery_code(
    support: User, anyone: Api, settings: Settings
) -> None:
    settings.SITE_URL = SITE
    _device, codes = add_passkey(support)
    answer = log_in(anyone, support)
    assert (answer.status_code, answer.json()["type"]) == (401, REQUIRED)
    assert log_in(anyone, support, otp="{}").status_code == 401
    assert log_in(anyone, support, otp=codes[0]).status_code == 200


def test_the_password_adds_no_app_to_an_account_with_passkeys(
    support: User, api, settings: Settings
) -> None:
    settings.SITE_URL = SITE
    _device, codes = add_passkey(support)
    client = api(support)
    assert client.get(FACTOR).json()["is_enabled"] is True
    assert client.post(FACTOR, {"password": PASSWORD}).status_code == 409
    body = {"password": PASSWORD, "otp": codes[0]}
    assert client.post(f"{FACTOR}remove/", body).status_code == 409
