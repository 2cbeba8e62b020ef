"""Logins: opening one, refreshing it, ending it, and finding whose a token is."""

import datetime as dt
import uuid
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from gasutil.errors import NotAuthenticated
from gasutil.identity import tokens
from gasutil.identity.tokens import TokenType
from gasutil.models import Login, User

LIGHT = {"id", "password", "username", "first_name", "last_name", "user_type", "is_approved", "is_active", "is_superuser", "address"}
USER_COLUMNS = [field.attname for field in User._meta.concrete_fields if field.name in LIGHT]  # in the order that from_db() takes


class TokenPair(NamedTuple):
    """What a client keeps of its login."""

    refresh: str
    access: str


def _pair(login: Login, now: dt.datetime) -> TokenPair:
    return TokenPair(tokens.refresh_token(login), tokens.access_token(login, now=now, jti=uuid.uuid4().hex))


def open_login(request: HttpRequest, *, username: str, password: str) -> TokenPair:
    """Check a user and a password and open a login; a wrong user and a wrong password can't be told apart."""
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise NotAuthenticated("No active account has this user name and password.")
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    return start(user)


def start(user: User) -> TokenPair:
    """Open a login for somebody who has been checked."""
    now = timezone.now()
    login = Login.objects.create(
        user=user, current=uuid.uuid4().hex, rotated_at=now, created_at=now, auth_hash=user.get_session_auth_hash()
    )
    return _pair(login, now)


def refresh(*, refresh: str) -> TokenPair:
    """Return a new pair for a refresh token, which is used up by it.

    Within a short grace the token before the newest still brings that very same newest one, so that a client whose
    answer got lost can ask again. After it, or a generation later, its use is theft: the whole login ends.
    """
    claims = tokens.read(refresh, TokenType.REFRESH)
    now, used = timezone.now(), claims["jti"]
    row = Login.objects.filter(pk=claims["sid"], revoked_at=None)
    row.filter(current=used).update(previous=used, current=uuid.uuid4().hex, rotated_at=now)
    login = row.select_related("user").first()
    if login is None or not _is_valid(login, login.user):
        raise NotAuthenticated("This login has ended.")
    if login.previous != used or now - login.rotated_at > dt.timedelta(seconds=settings.JWT_ROTATION_GRACE_SECONDS):
        row.update(revoked_at=now)
        raise NotAuthenticated("This refresh token has been used before; the login it belongs to is ended.")
    return _pair(login, now)


def end_login(*, refresh: str) -> None:
    """End the login that a refresh token belongs to; one that has ended already stays so."""
    claims = tokens.read(refresh, TokenType.REFRESH)
    Login.objects.filter(pk=claims["sid"], revoked_at=None).update(revoked_at=timezone.now())


def whose(token: str) -> User:
    """Return the user whose access token this is, read in one query; raise `NotAuthenticated`.

    The user comes with the columns that say who he is and what he may do; the rest is loaded when it is asked for.
    """
    sid = tokens.read(token, TokenType.ACCESS)["sid"]
    with connection.cursor() as cursor:
        cursor.execute(_whose_sql(), [Login._meta.pk.get_db_prep_value(sid, connection)])
        row = cursor.fetchone()
    if row is not None:
        user = User.from_db("default", USER_COLUMNS, row[1:])
        if _is_valid(Login(auth_hash=row[0]), user):
            return user
    raise NotAuthenticated("This login has ended.")


def standing(sids: Collection[uuid.UUID]) -> dict[uuid.UUID, User]:
    """Return those of some logins that still stand, each with its user as he is now."""
    rows = Login.objects.filter(pk__in=sids, revoked_at=None).select_related("user")
    return {login.pk: login.user for login in rows if _is_valid(login, login.user)}


@cache
def _whose_sql() -> str:
    """Return the statement that finds a login with its user. Every call runs it, so the ORM writes it once a process."""
    rows = Login.objects.filter(pk=uuid.UUID(int=0), revoked_at=None).values_list(
        "auth_hash", *(f"user__{column}" for column in USER_COLUMNS)
    )
    return str(rows.query.sql_with_params()[0])


def _is_valid(login: Login, user: User) -> bool:
    """Return whether a login still stands: its user is active and has not changed the password since."""
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return user.is_active and any(constant_time_compare(login.auth_hash, value) for value in hashes)


def expired(now: dt.datetime) -> QuerySet[Login]:
    """Return the logins of which no token can be valid any more."""
    return Login.objects.filter(rotated_at__lt=now - dt.timedelta(seconds=settings.JWT_REFRESH_SECONDS))
