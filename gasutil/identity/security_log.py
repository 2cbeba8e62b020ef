"""The security log: for each event, one row in the database and one line on a logger.

The logger is `gasutil.security`. The line is written first. A row that can't be stored is an error
in the log of the server, and stops nothing: a representative can log in while the table is full or
locked. What is tried again and again from one address, or by one account, is stored ten times
within a minute, then at each doubling of the number (`repeated`), so that a flood fills neither the
table nor the disk.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import Error, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from simple_history.models import HistoricalRecords

from gasutil.errors import ApprovalRequired, DeskError, Invalid, NotAllowed, TooManyAttempts
from gasutil.identity.client import Client, client_of, one_line
from gasutil.identity.throttling import count_key
from gasutil.models import EntryPoint, SecurityEvent, SecurityEventType, SecurityOutcome, User
from gasutil.models.identifiers import username_key
from gasutil.models.security import USERNAME_LENGTH

logger = logging.getLogger("gasutil.security")
MAX_STORED_AT_FIRST = 10
# An app that asks for what it may not have does so for days.
EVENT_PERIOD_SECONDS = {SecurityEventType.ACCESS: 60 * 60}
DEFAULT_PERIOD_SECONDS = 60
SHOWN_CHARACTERS = 2  # of a name that no account has
TEXT_LENGTH = 200
ENTRY_POINTS = {"/api/": EntryPoint.API, "/admin/": EntryPoint.CONSOLE}
CREDENTIAL_ERRORS = frozenset({"wrong_password", "invalid_token"})


def record_event(
    event: SecurityEventType,
    outcome: SecurityOutcome = SecurityOutcome.SUCCESS,
    *,
    user: User | None = None,
    account: User | None = None,
    username: str = "",
    request: HttpRequest | None = None,
    is_required: bool = False,
    **details: Any,
) -> None:
    """Record an event of the request that is being served, or of another one.

    An `is_required` row that can't be stored is an error: data must not leave without it.

    `user` is whose account was used or tried, `username` is what was entered instead if there is no
    such account, and `account` is another's that it was done to. `details` must hold nothing
    secret.
    """
    request = request or getattr(HistoricalRecords.context, "request", None)
    client = client_of(request)
    repeated = _repetitions(event, outcome, user, client)
    if repeated > MAX_STORED_AT_FIRST and repeated & (repeated - 1):
        return
    row = SecurityEvent(
        event=event,
        outcome=outcome,
        entry_point=_entry_point(request),
        user=user,
        account=account,
        username=user.username if user else shortened(username),
        username_digest="" if user or not username else digest(username),
        details=_clean(details)
        | ({"repeated": repeated} if repeated > MAX_STORED_AT_FIRST else {}),
        **client._asdict(),
    )
    logger.log(
        logging.INFO if outcome == SecurityOutcome.SUCCESS else logging.WARNING, "%s", line(row)
    )
    if is_required:
        row.save()
    else:
        _try_to_save(row)


def _try_to_save(row: SecurityEvent) -> None:
    """Save a row; an error is logged, and does not end the caller's transaction."""
    try:
        with transaction.atomic():
            row.save()
    except Error:
        logger.exception("A security event could not be stored")


@contextmanager
def failures_recorded(event: SecurityEventType, **about: Any) -> Iterator[None]:
    """Record what is wrong with credentials, blocked by a limit or denied in this block."""
    try:
        yield
    except DeskError as error:
        if outcome := _outcome_of(error):
            record_event(event, outcome, **about)
        raise


def record_denial(request: HttpRequest, error: DeskError, user: Any) -> None:
    """Record that a user may not do what they asked for.

    Not that an account waits for its approval, which its app may ask all day.
    """
    if (
        isinstance(error, NotAllowed)
        and not isinstance(error, ApprovalRequired)
        and isinstance(user, User)
    ):
        deny(request, user, reason=error.code)


def deny(request: HttpRequest, user: User, **details: Any) -> None:
    """Record that a user may not do what they asked for."""
    record_event(
        SecurityEventType.ACCESS,
        SecurityOutcome.DENIED,
        user=user,
        request=request,
        method=request.method,
        path=request.path,
        **details,
    )


def _outcome_of(error: DeskError) -> SecurityOutcome | None:
    match error:
        case TooManyAttempts():
            return SecurityOutcome.LIMITED
        case NotAllowed():
            return SecurityOutcome.DENIED
        case Invalid() if any(problem.code in CREDENTIAL_ERRORS for problem in error.errors):
            return SecurityOutcome.FAILURE
    return None


def line(row: SecurityEvent) -> str:
    """Return an event as one line of JSON in ASCII.

    No text in it can break the line or control a terminal.
    """
    fields = {
        "event": row.event,
        "outcome": row.outcome,
        "entry_point": row.entry_point,
        "user": row.user_id,
        "account": row.account_id,
        "username": row.username,
        "ip": row.ip,
        "user_agent": row.user_agent,
        "details": row.details,
    }
    return json.dumps(
        {name: value for name, value in fields.items() if value not in (None, "", {})}
    )


def shortened(username: str) -> str:
    """Return the beginning of a name that no account has.

    It may be a password, typed into the wrong field.
    """
    name = one_line(username.strip(), USERNAME_LENGTH)
    return f"{name[:SHOWN_CHARACTERS]}…" if len(name) > SHOWN_CHARACTERS else "…" * bool(name)


def digest(username: str, secret: str | None = None) -> str:
    """Return a keyed digest of a name, by which it is found again."""
    return salted_hmac(
        "gasutil.security",
        username_key(username).encode("utf-8", "replace"),
        secret=secret,
        algorithm="sha256",
    ).hexdigest()


def digests(username: str) -> list[str]:
    """Return the digests that a name can have: by the secret key and its fallbacks."""
    return [
        digest(username, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def _repetitions(
    event: SecurityEventType, outcome: SecurityOutcome, user: User | None, client: Client
) -> int:
    """Return the number of attempts within the period, including this one; 1 for a success."""
    if outcome == SecurityOutcome.SUCCESS:
        return 1
    source = client.ip or f"user {user.pk if user else ''}"
    if event == SecurityEventType.ACCESS and user:
        source = f"user {user.pk}"
    seconds = EVENT_PERIOD_SECONDS.get(event, DEFAULT_PERIOD_SECONDS)
    count, _left = cache.hit(count_key(f"security:{event}:{outcome}", source), seconds)  # type: ignore[attr-defined]  # see project/cache.py
    return max(int(count), 1)


def _entry_point(request: HttpRequest | None) -> EntryPoint:
    if request is None:
        return EntryPoint.SYSTEM
    return next(
        (point for prefix, point in ENTRY_POINTS.items() if request.path_info.startswith(prefix)),
        EntryPoint.LINK,
    )


def _clean(value: Any) -> Any:
    """Return details with short texts of one line each."""
    match value:
        case dict():
            return {
                str(name): _clean(item) for name, item in value.items() if item not in (None, "")
            }
        case list() | tuple() | set():
            return [_clean(item) for item in value]
        case bool() | int() | float():
            return value
    return one_line(str(value), TEXT_LENGTH)
