import datetime as dt
import io
from typing import Any

import jwt
import pytest
from django.contrib.auth.models import update_last_login
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.utils import timezone

from gasutil.access import Actor, Role
from gasutil.errors import NotAuthenticated
from gasutil.identity import logins
from gasutil.identity.logins import TokenPair
from gasutil.models import Login, User
from gasutil.notify import links
from gasutil.workflow import passwords, profiles
from tests.support.people import PASSWORD

NEW = "Another-Flame-2027"


@pytest.fixture
def pair(customer: User) -> TokenPair:
    return logins.start_login(customer)


def has_ended(pair: TokenPair) -> bool:
    """Return whether neither token of a login is valid any more."""
    ended = []
    for attempt in (
        lambda: logins.user_for_token(pair.access),
        lambda: logins.refresh(refresh=pair.refresh),
    ):
        try:
            attempt()
        except NotAuthenticated:
            ended.append(True)
        else:
            ended.append(False)
    assert len(set(ended)) == 1
    return ended[0]


def move_back(**ages: dt.timedelta) -> None:
    """Make every login older."""
    Login.objects.update(**{name: timezone.now() - age for name, age in ages.items()})


def test_it_finds_the_user_of_a_token(customer: User, pair: TokenPair) -> None:
    assert logins.user_for_token(pair.access) == customer


def test_it_finds_it_in_one_query(pair: TokenPair, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        user = logins.user_for_token(pair.access)
        assert (user.user_type, user.is_approved, user.get_full_name()) == (
            "customer",
            False,
            "Customer Example",
        )


# --- Rotation
# --------------------------------------------------------------------------------------------------
def test_a_refresh_returns_a_new_pair(customer: User, pair: TokenPair) -> None:
    successor = logins.refresh(refresh=pair.refresh)
    assert successor.refresh != pair.refresh
    assert successor.access != pair.access
    assert logins.user_for_token(successor.access) == customer


def test_a_login_has_one_row_after_many_refreshes(pair: TokenPair) -> None:
    for _ in range(20):
        pair = logins.refresh(refresh=pair.refresh)
    assert Login.objects.count() == 1


def test_the_previous_access_token_is_valid_until_it_expires(
    customer: User, pair: TokenPair
) -> None:
    logins.refresh(refresh=pair.refresh)
    assert logins.user_for_token(pair.access) == customer


def test_within_the_grace_period_a_refresh_returns_the_same_pair(pair: TokenPair) -> None:
    successors = {logins.refresh(refresh=pair.refresh).refresh for _ in range(5)}
    assert len(successors) == 1
    assert logins.refresh(refresh=successors.pop())


def test_the_grace_period_is_a_day_while_the_new_pair_is_unused(pair: TokenPair) -> None:
    logins.refresh(refresh=pair.refresh)
    move_back(rotated_at=dt.timedelta(hours=23, minutes=59))
    assert not has_ended(logins.refresh(refresh=pair.refresh))


def test_a_second_use_after_the_grace_period_ends_the_login(
    pair: TokenPair,
) -> None:
    successor = logins.refresh(refresh=pair.refresh)
    move_back(rotated_at=dt.timedelta(hours=24, seconds=1))
    with pytest.raises(NotAuthenticated) as refusal:
        logins.refresh(refresh=pair.refresh)
    assert (
        refusal.value.message
        == "This refresh token was already used, so its login has ended. Log in again."
    )
    assert has_ended(successor)


def test_the_use_of_an_older_token_ends_the_login_within_the_grace_period(
    pair: TokenPair,
) -> None:
    successor = logins.refresh(refresh=pair.refresh)
    third = logins.refresh(refresh=successor.refresh)
    with pytest.raises(NotAuthenticated):
        logins.refresh(refresh=pair.refresh)
    assert has_ended(third)


def test_it_ends_only_the_login_that_was_stolen(customer: User, pair: TokenPair) -> None:
    other = logins.start_login(customer)
    logins.refresh(refresh=logins.refresh(refresh=pair.refresh).refresh)
    with pytest.raises(NotAuthenticated):
        logins.refresh(refresh=pair.refresh)
    assert not has_ended(other)


def test_it_cannot_be_refreshed_after_a_day(pair: TokenPair) -> None:
    move_back(
        rotated_at=dt.timedelta(hours=24, seconds=1), created_at=dt.timedelta(hours=24, seconds=1)
    )
    login = Login.objects.get()
    with pytest.raises(NotAuthenticated):
        logins.refresh(refresh=logins.tokens.refresh_token(login))


def test_it_can_be_refreshed_for_thirty_days_and_no_longer(pair: TokenPair) -> None:
    move_back(created_at=dt.timedelta(days=30) - dt.timedelta(hours=1))
    last = logins.refresh(refresh=pair.refresh)
    claims = jwt.decode(last.refresh, options={"verify_signature": False})
    assert claims["exp"] == int(
        (Login.objects.get().created_at + dt.timedelta(days=30)).timestamp()
    )
    move_back(created_at=dt.timedelta(days=30, seconds=1))
    with pytest.raises(NotAuthenticated):
        logins.refresh(refresh=logins.tokens.refresh_token(Login.objects.get()))


# --- The end
# --------------------------------------------------------------------------------------------------
def test_it_ends_at_logout(pair: TokenPair) -> None:
    logins.end_login(refresh=pair.refresh)
    assert has_ended(pair)


def test_it_ends_at_logout_with_the_previous_refresh_token(pair: TokenPair) -> None:
    successor = logins.refresh(refresh=pair.refresh)
    logins.end_login(refresh=pair.refresh)
    assert has_ended(successor)


def test_it_stays_ended_when_it_is_ended_again(pair: TokenPair) -> None:
    logins.end_login(refresh=pair.refresh)
    ended_at = Login.objects.get().revoked_at
    logins.end_login(refresh=pair.refresh)
    assert Login.objects.get().revoked_at == ended_at


def test_it_leaves_the_other_logins_of_a_user_alone(customer: User, pair: TokenPair) -> None:
    other = logins.start_login(customer)
    logins.end_login(refresh=pair.refresh)
    assert not has_ended(other)


def test_it_ends_when_the_user_is_deactivated_by_any_path(pair: TokenPair) -> None:
    User.objects.update(is_active=False)
    assert has_ended(pair)


def test_it_ends_when_the_user_is_deleted(customer: User, pair: TokenPair) -> None:
    customer.delete()
    assert has_ended(pair)


@pytest.mark.parametrize("path", ["verb", "reset", "shell", "command"])
def test_it_ends_when_the_password_changes_by_any_path(
    path: str, customer: User, pair: TokenPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path == "verb":
        passwords.change_password(
            actor=Actor(customer), old_password=PASSWORD, password=NEW, password2=NEW
        )
    elif path == "reset":
        uid, _ = links.reset_proof(customer)
        passwords.reset_password(
            uid=uid,
            token=default_token_generator.make_token(customer),
            password=NEW,
            password2=NEW,
        )
    elif path == "shell":
        customer.set_password(NEW)
        customer.save()
    else:
        monkeypatch.setattr("getpass.getpass", lambda prompt: NEW)
        call_command("changepassword", customer.username, stdout=io.StringIO())
    assert has_ended(pair)


def test_it_ends_when_the_same_password_is_set_again(customer: User, pair: TokenPair) -> None:
    customer.set_password(PASSWORD)
    customer.save()
    assert has_ended(pair)


def test_it_does_not_end_for_any_other_change_of_the_account(
    customer: User, pair: TokenPair
) -> None:
    profiles.update_profile(actor=Actor(customer), email="new@example.com", first_name="New")
    update_last_login(None, customer)
    assert not has_ended(pair)


def test_it_reads_the_role_from_the_account_and_not_from_the_token(pending: User) -> None:
    pair = logins.start_login(pending)
    User.objects.filter(pk=pending.pk).update(is_approved=True)
    assert Actor(logins.user_for_token(pair.access)).role == "support"
    User.objects.filter(pk=pending.pk).update(is_approved=False)
    assert Actor(logins.user_for_token(pair.access)).role is Role.PENDING_SUPPORT


# --- Keys
# --------------------------------------------------------------------------------------------------
def test_it_survives_a_change_of_the_secret_key_with_fallbacks(
    customer: User, pair: TokenPair, settings: Any
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-that-is-as-long-as-the-one-of-before-or-longer"
    assert logins.user_for_token(pair.access) == customer
    successor = logins.refresh(refresh=pair.refresh)
    assert logins.user_for_token(successor.access) == customer
    assert (
        jwt.get_unverified_header(successor.access)["kid"]
        != jwt.get_unverified_header(pair.access)["kid"]
    )


def test_it_is_signed_with_the_new_key_after_a_refresh(
    customer: User, pair: TokenPair, settings: Any
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-key-that-is-as-long-as-the-one-of-before-or-longer"
    fresh = logins.start_login(customer)
    settings.SECRET_KEY_FALLBACKS = []
    assert logins.user_for_token(fresh.access) == customer


def test_it_ends_with_the_key_where_there_is_no_fallback(pair: TokenPair, settings: Any) -> None:
    settings.SECRET_KEY = "a-new-key-that-is-as-long-as-the-one-of-before-or-longer"
    assert has_ended(pair)


# --- Tidying
# --------------------------------------------------------------------------------------------------
def test_it_has_expired_once_nothing_of_it_can_be_valid(customer: User, pair: TokenPair) -> None:
    old = Login.objects.get()
    move_back(rotated_at=dt.timedelta(hours=25))
    young = logins.start_login(customer)
    assert [login.pk for login in logins.expired(timezone.now())] == [old.pk]
    assert not has_ended(young)
