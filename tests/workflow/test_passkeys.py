"""Passkeys of an account: adding and removing them, and what this means for its other factors."""

import pytest
from django.contrib.sessions.backends.cache import SessionStore
from django.core import mail
from pytest_django import Settings

from gasutil.access import SYSTEM, Actor
from gasutil.errors import (
    ApprovalRequired,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    SecondFactorRequired,
    TooManyAttempts,
)
from gasutil.identity import passkeys, second_factor
from gasutil.models import AuthenticatorApp, Passkey, RecoveryCode, SecurityEvent, User
from gasutil.models.second_factors import MAX_PASSKEYS
from gasutil.workflow import passkeys as verbs
from gasutil.workflow import second_factors
from tests.support.passkeys import SITE, add_passkey, authenticate
from tests.support.people import PASSWORD
from tests.support.second_factor import Phone, enrol
from tests.support.worker import run_worker


@pytest.fixture(autouse=True)
def site(settings: Settings) -> Settings:
    settings.SITE_URL = SITE
    return settings


def begin(user: User, *, name: str = "Key", password: str = PASSWORD) -> dict[str, object]:
    return verbs.begin_registration(SessionStore(), actor=Actor(user), name=name, password=password)


def history(user: User) -> list[tuple[bool, str]]:
    """Return what the account's history says about factors, the newest row first."""
    rows = User.history.filter(id=user.pk, history_change_reason__regex="factor|asskey|app")
    return [(row.has_second_factor, row.history_change_reason) for row in rows]


def subjects() -> list[str]:
    run_worker()
    return [message.subject for message in mail.outbox]


# --- Adding


def test_it_works(support: User) -> None:
    device, codes = add_passkey(support, name=" Phone ")
    assert support.has_second_factor
    assert len(set(codes)) == RecoveryCode.objects.filter(user=support).count() == 10
    assert Passkey.objects.get().name == "Phone"
    assert history(support) == [(True, "Passkey added")]
    assert subjects() == ["Second factor set up"]
    authenticate(support, device)


def test_a_further_one_keeps_the_recovery_codes(support: User) -> None:
    _device, codes = add_passkey(support)
    _second, none = add_passkey(support, name="Key")
    assert none == []
    assert second_factor.is_valid_code(support, codes[0])
    assert subjects() == ["Second factor set up", "Second factor changed"]


def test_the_first_needs_the_password(support: User) -> None:
    with pytest.raises(Invalid):
        begin(support, password="wrong")
    add_passkey(support)
    begin(support, password="")  # the console has asked for the factor


def test_passwords_are_limited(support: User, settings: Settings) -> None:
    settings.OLD_PASSWORD_LIMIT = 1
    with pytest.raises(Invalid):
        begin(support, password="wrong")
    with pytest.raises(TooManyAttempts):
        begin(support)


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\0b"])
def test_it_needs_a_name(name: str, support: User) -> None:
    with pytest.raises(Invalid) as error:
        begin(support, name=name)
    assert [problem.field for problem in error.value.errors] == ["name"]


def test_a_passkey_belongs_to_one_account(support: User, colleague: User) -> None:
    device, _codes = add_passkey(support)
    with pytest.raises(Conflict):
        add_passkey(colleague, device)
    assert not User.objects.get(pk=colleague.pk).has_second_factor


def test_there_are_ten_at_most(support: User) -> None:
    for number in range(MAX_PASSKEYS):
        add_passkey(support, name=str(number))
    with pytest.raises(Conflict):
        begin(support)


def test_an_address_without_a_name_has_none(support: User, settings: Settings) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    with pytest.raises(Conflict):
        begin(support)


def test_customers_have_none(customer: User, pending: User) -> None:
    for user, error in ((customer, NotAllowed), (pending, ApprovalRequired)):
        with pytest.raises(error):
            begin(user)


def test_a_secret_that_was_not_confirmed_is_not_accepted(support: User) -> None:
    setup = second_factors.start_setup(actor=Actor(support), password=PASSWORD)
    add_passkey(support)
    assert not AuthenticatorApp.objects.exists()
    verbs.start_app(actor=Actor(support))
    unconfirmed = second_factors.unconfirmed(support)
    assert unconfirmed is not None
    for secret in (setup.secret, unconfirmed.secret):
        assert not second_factor.is_valid_code(support, Phone(secret).code())


# --- Beside an authenticator app


def test_both_kinds_work(support: User) -> None:
    phone, codes = enrol(support)
    device, none = add_passkey(support)
    assert none == []
    authenticate(support, device)
    assert second_factor.is_valid_code(support, phone.code())
    assert second_factor.is_valid_code(support, codes[0])


def test_an_app_is_added_beside_a_passkey(support: User) -> None:
    _device, codes = add_passkey(support)
    verbs.start_app(actor=Actor(support))
    setup = second_factors.unconfirmed(support)
    assert setup is not None
    phone = Phone(setup.secret)
    added = second_factors.confirm(actor=Actor(support), otp=phone.code())
    assert added.recovery_codes == []
    assert history(support)[0] == (True, "Authenticator app added")
    assert second_factor.is_valid_code(support, phone.code(steps=1))
    assert second_factor.is_valid_code(support, codes[0])
    with pytest.raises(Conflict):
        verbs.start_app(actor=Actor(support))


def test_no_app_is_added_with_the_password_alone(support: User) -> None:
    with pytest.raises(NotAllowed):
        verbs.start_app(actor=Actor(support))
    add_passkey(support)
    with pytest.raises(Conflict):
        second_factors.start_setup(actor=Actor(support), password=PASSWORD)


def test_removing_the_app_leaves_the_passkeys(support: User, settings: Settings) -> None:
    phone, _codes = enrol(support)
    device, _none = add_passkey(support)
    settings.SECOND_FACTOR_ROLES = ["support"]
    second_factors.remove_own(actor=Actor(support), password=PASSWORD, otp=phone.code())
    assert User.objects.get(pk=support.pk).has_second_factor
    assert history(support)[0] == (True, "Authenticator app removed")
    assert RecoveryCode.objects.exists()
    authenticate(support, device)
    assert not second_factor.is_valid_code(support, phone.code(steps=1))


def test_without_an_app_there_is_none_to_remove(support: User) -> None:
    _device, codes = add_passkey(support)
    with pytest.raises(Conflict):
        second_factors.remove_own(actor=Actor(support), password=PASSWORD, otp=codes[0])
    assert second_factor.is_valid_code(support, codes[0])


# --- Removing


def test_the_last_factor_takes_the_recovery_codes_with_it(support: User) -> None:
    add_passkey(support)
    add_passkey(support, name="Key")
    first, second = Passkey.objects.all()
    verbs.remove_passkey(first.pk, actor=Actor(support))
    assert history(support)[0] == (True, "Passkey removed")
    assert RecoveryCode.objects.count() == 10
    verbs.remove_passkey(second.pk, actor=Actor(support))
    assert history(support)[0] == (False, "Passkey removed")
    assert not RecoveryCode.objects.exists()
    assert subjects()[-2:] == ["Second factor changed", "Second factor removed"]


def test_an_app_stays(support: User) -> None:
    enrol(support)
    add_passkey(support)
    verbs.remove_passkey(Passkey.objects.get().pk, actor=Actor(support))
    assert User.objects.get(pk=support.pk).has_second_factor
    assert RecoveryCode.objects.count() == 10


def test_a_role_that_needs_one_cannot_remove_the_last(support: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["support"]
    add_passkey(support)
    add_passkey(support, name="Key")
    first, second = Passkey.objects.all()
    verbs.remove_passkey(first.pk, actor=Actor(support))
    with pytest.raises(NotAllowed):
        verbs.remove_passkey(second.pk, actor=Actor(support))
    assert Passkey.objects.get() == second


def test_anothers_is_not_removed(support: User, colleague: User) -> None:
    add_passkey(support)
    with pytest.raises(NotFound):
        verbs.remove_passkey(Passkey.objects.get().pk, actor=Actor(colleague))
    assert Passkey.objects.exists()


def test_a_removed_one_is_rejected(support: User) -> None:
    device, _codes = add_passkey(support)
    add_passkey(support, name="Key")
    session = SessionStore()
    signed = device.sign(passkeys.authentication_options(session, support))
    verbs.remove_passkey(Passkey.objects.earliest("pk").pk, actor=Actor(support))
    with pytest.raises(SecondFactorRequired):
        passkeys.require_passkey(session, support, signed)


@pytest.mark.parametrize("with_app", [False, True])
def test_a_manager_removes_all_which_ends_logins(
    with_app: bool, support: User, manager: User
) -> None:
    if with_app:
        enrol(support)
    add_passkey(support)
    before = User.objects.get(pk=support.pk).session_generation
    second_factors.reset(support.pk, actor=Actor(manager))
    assert not Passkey.objects.exists()
    assert not AuthenticatorApp.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert User.objects.get(pk=support.pk).session_generation == before + 1
    assert history(support)[0] == (False, "Lost second factor removed")
    assert subjects()[-1] == "Second factor removed"


def test_the_system_removes_them(support: User) -> None:
    add_passkey(support)
    second_factors.reset(support.pk, actor=SYSTEM)
    assert not Passkey.objects.exists()


# --- Recovery codes


def test_new_recovery_codes_replace_the_old_ones(support: User) -> None:
    _device, old = add_passkey(support)
    new = verbs.renew_own_codes(actor=Actor(support))
    assert set(new).isdisjoint(old)
    assert not second_factor.is_valid_code(support, old[0])
    assert second_factor.is_valid_code(support, new[0])
    assert SecurityEvent.objects.filter(details__reason="new recovery codes").count() == 1


def test_they_are_for_those_with_passkeys(support: User) -> None:
    enrol(support)
    with pytest.raises(Conflict):
        verbs.renew_own_codes(actor=Actor(support))
