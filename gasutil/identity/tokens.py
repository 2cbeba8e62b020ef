"""The tokens of a login: signed JSON Web Tokens.

The keys come from Django's own `SECRET_KEY` and its fallbacks. An access token opens the API for
minutes; a refresh token is valid for one new pair. Both name their login, whose row decides: a
token of a login that has ended, of a deactivated user or from before a password change is not
valid.
"""

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gasutil.errors import NotAuthenticated
from gasutil.models import Login

ALGORITHM = "HS256"
MAX_TOKENS = 10_000  # that a process stores the claims of, about 1 kB each
REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti", "typ", "sid"]


class TokenType(StrEnum):
    """The purpose of a token; one is never accepted for the other."""

    ACCESS = "access"
    REFRESH = "refresh"


@cache
def _key(secret: str) -> tuple[str, bytes]:
    """Return the id and the bytes of the signing key that a secret yields."""
    key = salted_hmac("gasutil.tokens", "signing key", secret=secret, algorithm="sha256").digest()
    return hashlib.sha256(key).hexdigest()[:8], key


def _keys() -> Mapping[str, bytes]:
    """Return every key that may have signed a token, the one that signs first."""
    return dict(_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def _sign(
    login: Login,
    typ: TokenType,
    jti: str,
    issued: dt.datetime,
    expires: dt.datetime,
    **more: str,
) -> str:
    kid, key = _key(settings.SECRET_KEY)
    claims = {
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
        "sub": str(login.user_id),
        "iat": int(issued.timestamp()),
        "exp": int(expires.timestamp()),
        "jti": jti,
        "typ": typ.value,
        "sid": login.pk.hex,
        **more,
    }
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": kid})


def access_token(login: Login, *, now: dt.datetime, jti: str) -> str:
    """Return a token that opens the API for `JWT_ACCESS_SECONDS`.

    It names the refresh token of its pair: its first use shows that the pair has arrived.
    """
    expires = now + dt.timedelta(seconds=settings.JWT_ACCESS_SECONDS)
    return _sign(login, TokenType.ACCESS, jti, now, expires, pair=login.current)


def refresh_token(login: Login) -> str:
    """Return the refresh token of a row; the same one for each call."""
    lifetime = dt.timedelta(seconds=settings.JWT_REFRESH_SECONDS)
    end = login.created_at + dt.timedelta(days=settings.JWT_LOGIN_DAYS)
    return _sign(
        login,
        TokenType.REFRESH,
        login.current,
        login.rotated_at,
        min(login.rotated_at + lifetime, end),
    )


def read_token(token: str, typ: TokenType) -> dict[str, Any]:
    """Return the claims of a token of this type, or raise `NotAuthenticated`."""
    try:
        claims = _signed_claims(token, settings.JWT_ISSUER, settings.JWT_AUDIENCE, *_keys().items())
        is_expired = claims["exp"] <= time.time()
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
        raise NotAuthenticated(_("The token is not valid or has expired.")) from error
    if is_expired:
        raise NotAuthenticated(_("The token is not valid or has expired."))
    if claims["typ"] != typ.value:
        raise NotAuthenticated(
            f"This is not an {typ.value} token."
            if typ is TokenType.ACCESS
            else f"This is not a {typ.value} token."
        )
    return dict(claims)


@lru_cache(MAX_TOKENS)
def _signed_claims(
    token: str, issuer: str, audience: str, *keys: tuple[str, bytes]
) -> Mapping[str, Any]:
    """Return the claims of a valid token; they never change, so a process reads a token once.

    Its expiry is checked in each call, and errors are not stored.
    """
    claims: dict[str, Any] = jwt.decode(
        token,
        dict(keys)[jwt.get_unverified_header(token)["kid"]],
        algorithms=[ALGORITHM],
        issuer=issuer,
        audience=audience,
        options={"require": REQUIRED},
    )
    uuid.UUID(str(claims["sid"]))
    return MappingProxyType(claims)
