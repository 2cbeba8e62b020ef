"""Tracking tokens: each gives a reporter without an account access to one request.

A token is signed and not stored. The database decides: it is valid as long as the request is that
of the unclaimed customer whom the token names.
"""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil.errors import NotAuthenticated
from gasutil.identity.logins import USER_COLUMNS
from gasutil.models import ServiceRequest, User
from gasutil.statements import Given, Statement, compiled

TRACKING_PREFIX = "gst_"
LIFETIME = dt.timedelta(days=30)


class Claims(NamedTuple):
    """The contents of a token; `expires_at` is in seconds since the epoch."""

    request_id: int
    customer_id: int
    expires_at: int


class Tracked(NamedTuple):
    """The reporter of a valid token, and its claims."""

    user: User
    claims: Claims


def _signer() -> signing.Signer:
    return signing.Signer(salt="gasutil.tracking", sep="~")


def new_token(request_id: int, customer_id: int, now: dt.datetime) -> str:
    """Return a token for a request of an unclaimed customer."""
    expires_at = int((now + LIFETIME).timestamp())
    return TRACKING_PREFIX + _signer().sign(f"{request_id}.{customer_id}.{expires_at}")


def is_tracking_token(token: str) -> bool:
    """Return whether a bearer token is a tracking token, valid or not."""
    return token.startswith(TRACKING_PREFIX)


def read_claims(token: str) -> Claims:
    """Return the claims of a token that is genuine and has not expired.

    Raise `NotAuthenticated`.
    """
    try:
        text = _signer().unsign(token.removeprefix(TRACKING_PREFIX))
        claims = Claims(*map(int, text.split(".")))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise NotAuthenticated(_("The tracking token is not valid.")) from error
    if claims.expires_at <= timezone.now().timestamp():
        raise NotAuthenticated(_("The tracking token has expired."))
    return claims


def read_tracking_token(token: str) -> Tracked:
    """Return the reporter of a token, read in one query.

    Raise `NotAuthenticated` for a token that is not valid, has expired, or ended when the request
    was claimed.
    """
    claims = read_claims(token)
    user = active_reporter(claims)
    if user is None:
        raise NotAuthenticated(_("This tracking token is no longer valid."))
    return Tracked(user, claims)


def active_reporter(claims: Claims) -> User | None:
    """Return the unclaimed customer of a token, or None if the request is no longer theirs."""
    given = {"request": claims.request_id, "customer": claims.customer_id}
    rows = _request_with_reporter().read(**given)
    return User.from_db("default", USER_COLUMNS, rows[0]) if rows else None


@compiled
def _request_with_reporter() -> Statement:
    """Return the statement that finds the customer of a request that can be claimed."""
    rows = ServiceRequest.objects.filter(
        pk=Given("request"),
        customer=Given("customer"),
        customer__is_unclaimed=True,
        customer__is_active=True,
    ).order_by()
    return Statement(rows.values_list(*(f"customer__{name}" for name in USER_COLUMNS)))


def active_requests(claims: Collection[Claims]) -> set[Claims]:
    """Return the claims of tokens that are still valid."""
    return {claim for claim in claims if active_reporter(claim) is not None}
