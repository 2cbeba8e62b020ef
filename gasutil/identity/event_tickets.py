"""Tickets for the event stream: creating one, and using it once."""

import datetime as dt
import hashlib
import secrets
import uuid
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil.errors import NotAuthenticated
from gasutil.identity import logins, machine_keys, tokens, tracking
from gasutil.identity.tokens import TokenType
from gasutil.identity.tracking import Claims
from gasutil.models import EventTicket, MachineAccount, User

TICKET_SECONDS = 60
TICKET_BYTES = 32


class NewTicket(NamedTuple):
    """A ticket, which is shown once, and its lifetime in seconds."""

    ticket: str
    expires_in: int


class Opened(NamedTuple):
    """What a ticket opens: the stream of a user, a machine account or a reporter, and its end."""

    ends_at: dt.datetime
    user: User | None = None
    login_id: uuid.UUID | None = None
    machine: MachineAccount | None = None
    machine_key: int | None = None
    tracked: Claims | None = None


def create_ticket(token: str, address: str) -> NewTicket:
    """Create a ticket for the login, machine account or request of a bearer token."""
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    EventTicket.objects.create(
        digest=_digest(ticket),
        expires_at=timezone.now() + dt.timedelta(seconds=TICKET_SECONDS),
        **_holder(token, address),
    )
    return NewTicket(ticket, TICKET_SECONDS)


def _holder(token: str, address: str) -> dict[str, object]:
    """Return what a ticket belongs to, and when its stream ends."""
    if machine_keys.is_key(token):
        key = machine_keys.read_key(token, address)
        return {"machine_key": key, "stream_ends_at": machine_keys.expiry(key)}
    if tracking.is_tracking_token(token):
        _user, tracked = tracking.read_tracking_token(token)
        return {
            "tracked_request": tracked.request_id,
            "tracked_customer": tracked.customer_id,
            "stream_ends_at": dt.datetime.fromtimestamp(tracked.expires_at, dt.UTC),
        }
    claims = tokens.read_token(token, TokenType.ACCESS)
    ends_at = dt.datetime.fromtimestamp(claims["exp"], dt.UTC)
    return {"login_id": uuid.UUID(claims["sid"]), "stream_ends_at": ends_at}


def use_ticket(ticket: str, address: str) -> Opened:
    """Delete a ticket, and return what it opens; raise `NotAuthenticated`.

    A ticket that is unknown, used or expired, or whose login has ended, has the same error.
    """
    row = EventTicket.objects.filter(digest=_digest(ticket)).first()
    if row is None or not _delete(row) or row.expires_at <= timezone.now():
        raise _not_valid()
    opened = _opened(row, address)
    if opened.user is None and opened.machine is None:
        raise _not_valid()
    return opened


def _opened(row: EventTicket, address: str) -> Opened:
    """Return what a ticket opens now, without a user or a machine account if that has ended."""
    ends_at = row.stream_ends_at
    if row.machine_key_id:
        account = machine_keys.valid_keys([row.machine_key_id]).get(row.machine_key_id)
        is_allowed = account is not None and machine_keys.is_within(address, account.networks)
        machine = account if is_allowed else None
        return Opened(ends_at, machine=machine, machine_key=row.machine_key_id)
    if row.tracked_request and row.tracked_customer:
        claims = Claims(row.tracked_request, row.tracked_customer, int(ends_at.timestamp()))
        return Opened(ends_at, user=tracking.active_reporter(claims), tracked=claims)
    user = logins.active_logins([row.login_id]).get(row.login_id) if row.login_id else None
    return Opened(ends_at, user=user, login_id=row.login_id)


def _delete(row: EventTicket) -> bool:
    """Delete a ticket. Return whether this call did: of two at once, one does."""
    return EventTicket.objects.filter(pk=row.pk).delete()[0] == 1


def _digest(ticket: str) -> str:
    """Return the digest of a ticket; a random ticket of 256 bits needs no salt."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def _not_valid() -> NotAuthenticated:
    return NotAuthenticated(_("The ticket is not valid, or was already used. Get a new one."))
