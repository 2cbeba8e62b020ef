"""Logins: opening one, refreshing it, ending it, and finding whose a token is."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from gasutil.errors import NotAuthenticated
from gasutil.identity import second_factor, tokens
from gasutil.identity.client import client_of
from gasutil.identity.security_log import record_event
from gasutil.identity.tokens import TokenType
from gasutil.models import Login, SecurityEventType, SecurityOutcome, User
from gasutil.models.logins import new_number
from gasutil.statements import Given, Statement, compiled

LIGHT = {
    "id",
    "password",
    "username",
    "first_name",
    "last_name",
    "email",  # this one and the next two are what a new request is found by
    "previous_email",
    "phone_number",
    "user_type",
    "is_approved",
    "is_active",
    "is_superuser",
    "address",
    "language",
    "session_generation",
    "enrol_by",
}
# In the order that from_db() takes.
USER_COLUMNS = [field.attname for field in User._meta.concrete_fields if field.name in LIGHT]


class TokenPair(NamedTuple):
    """The two tokens that a client stores."""

    refresh: str
    access: str
    expires_in: int


def _pair(login: Login, now: dt.datetime) -> TokenPair:
    return TokenPair(
        tokens.refresh_token(login),
        tokens.access_token(login, now=now, jti=uuid.uuid4().hex),
        settings.JWT_ACCESS_SECONDS,
    )


def open_login(request: HttpRequest, *, username: str, password: str, otp: str = "") -> TokenPair:
    """Log in with a username and a password, and a code if the account has a second factor.

    The error does not show which of the first two is wrong. Raises `SecondFactorRequired` if the
    code is missing or wrong.
    """
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise NotAuthenticated(_("Wrong username or password."))
    second_factor.require_code(user, otp)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    record_event(SecurityEventType.LOGIN, user=user, request=request)
    return start_login(user, request)


def start_login(user: User, request: HttpRequest | None = None) -> TokenPair:
    """Open a login for a user who has been authenticated."""
    second_factor.start_period(user)
    now, client = timezone.now(), client_of(request)
    login = Login.objects.create(
        user=user,
        current=uuid.uuid4().hex,
        rotated_at=now,
        created_at=now,
        auth_hash=user.get_session_auth_hash(),
        **client._asdict(),
    )
    return _pair(login, now)


def refresh(*, refresh: str) -> TokenPair:
    """Exchange a refresh token for a new token pair.

    A client whose response got lost can send a used token again, and gets the same successor, as
    long as nothing of the new pair has been used. Any later use is theft: the whole login ends.
    """
    claims = tokens.read_token(refresh, TokenType.REFRESH)
    now, used = timezone.now(), claims["jti"]
    row = Login.objects.filter(pk=claims["sid"], revoked_at=None)
    is_rotated = row.filter(current=used).update(
        previous=used, current=uuid.uuid4().hex, rotated_at=now, is_current_used=False
    )
    login = row.select_related("user").first()
    if login is None or not _is_valid(login, login.user):
        raise NotAuthenticated(_("This login has ended."))
    if not is_rotated and not _is_retry(login, used, now):
        row.update(revoked_at=now)
        record_event(
            SecurityEventType.TOKEN_REUSE,
            SecurityOutcome.DENIED,
            user=login.user,
            login=login.number,
        )
        raise NotAuthenticated(
            _("This refresh token was already used, so its login has ended. Log in again.")
        )
    second_factor.start_period(login.user)
    if login.number is None:  # an older release opened it
        row.update(number=new_number())
    return _pair(login, now)


def _is_retry(login: Login, used: str, now: dt.datetime) -> bool:
    """Return whether a used refresh token comes again because the response got lost."""
    grace = dt.timedelta(seconds=settings.JWT_ROTATION_GRACE_SECONDS)
    return login.previous == used and not login.is_current_used and now - login.rotated_at < grace


def end_login(*, refresh: str) -> None:
    """End the login of a refresh token."""
    claims = tokens.read_token(refresh, TokenType.REFRESH)
    login = Login.objects.filter(pk=claims["sid"], revoked_at=None).select_related("user").first()
    if login and Login.objects.filter(pk=login.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    ):
        record_event(SecurityEventType.LOGOUT, user=login.user, login=login.number)


def user_for_token(token: str) -> User:
    """Return the user of an access token; raise `NotAuthenticated`."""
    return read_access(token).user


class Access(NamedTuple):
    """The account and the login that an access token belongs to."""

    user: User
    login_id: uuid.UUID


def read_access(token: str) -> Access:
    """Return the user and the login of an access token, read in one query.

    Raise `NotAuthenticated`.

    The user has the columns that decide who they are and what they may do; the others are loaded
    when they are read.
    """
    claims = tokens.read_token(token, TokenType.ACCESS)
    sid = uuid.UUID(claims["sid"])
    for auth_hash, current, is_current_used, *columns in _login_with_user().read(sid=sid):
        user = User.from_db("default", USER_COLUMNS, columns)
        if _is_valid(Login(auth_hash=auth_hash), user):
            if not is_current_used and claims.get("pair") == current:
                Login.objects.filter(pk=sid, current=current).update(is_current_used=True)
            return Access(user, sid)
    raise NotAuthenticated(_("This login has ended."))


def active_logins(sids: Collection[uuid.UUID]) -> dict[uuid.UUID, User]:
    """Return the valid ones of some logins, each with its user as they are now."""
    rows = Login.objects.filter(pk__in=sids, revoked_at=None).select_related("user")
    return {login.pk: login.user for login in rows if _is_valid(login, login.user)}


@compiled
def _login_with_user() -> Statement:
    """Return the statement that finds a login with its user; every call runs it."""
    rows = Login.objects.filter(pk=Given("sid"), revoked_at=None)
    names = ["auth_hash", "current", "is_current_used"]
    columns = (f"user__{column}" for column in USER_COLUMNS)
    return Statement(rows.values_list(*names, *columns), is_fixed=True)


def _is_valid(login: Login, user: User) -> bool:
    """Return whether a login is valid.

    Its user is active and has not changed the password since.
    """
    return user.is_active and any(
        constant_time_compare(login.auth_hash, value) for value in user.session_hashes
    )


def expired(now: dt.datetime) -> QuerySet[Login]:
    """Return the logins of which no token can be valid any more."""
    return Login.objects.filter(
        rotated_at__lt=now - dt.timedelta(seconds=settings.JWT_REFRESH_SECONDS)
    )
