"""Tickets for the event stream: creating one, and using it once."""

import datetime as dt
import hashlib
import secrets
import uuid
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil.errors import NotAuthenticated
from gasutil.identity import logins, machine_keys, tokens
from gasutil.identity.tokens import TokenType
from gasutil.models import EventTicket, MachineAccount, User

TICKET_SECONDS = 60
TICKET_BYTES = 32


class NewTicket(NamedTuple):
    """A ticket, which is shown once, and its lifetime in seconds."""

    ticket: str
    expires_in: int


class Opened(NamedTuple):
    """What a ticket opens: a stream of a user or of a machine account, and when that ends."""

    user: User | None
    machine: MachineAccount | None
    login_id: uuid.UUID | None
    machine_key: int | None
    ends_at: dt.datetime


def create_ticket(token: str, address: str) -> NewTicket:
    """Create a ticket for the login of an access token, or for the key of a machine account."""
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    EventTicket.objects.create(
        digest=_digest(ticket),
        expires_at=timezone.now() + dt.timedelta(seconds=TICKET_SECONDS),
        **_holder(token, address),
    )
    return NewTicket(ticket, TICKET_SECONDS)


def _holder(token: str, address: str) -> dict[str, object]:
    """Return the login or the key that a ticket belongs to, and when its stream ends."""
    if machine_keys.is_key(token):
        key = machine_keys.read_key(token, address)
        return {"machine_key": key, "stream_ends_at": machine_keys.expiry(key)}
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
    if row.machine_key_id:
        account = machine_keys.valid_keys([row.machine_key_id]).get(row.machine_key_id)
        if account is None or not machine_keys.is_within(address, account.networks):
            raise _not_valid()
        return Opened(None, account, None, row.machine_key_id, row.stream_ends_at)
    user = logins.active_logins([row.login_id]).get(row.login_id) if row.login_id else None
    if user is None:
        raise _not_valid()
    return Opened(user, None, row.login_id, None, row.stream_ends_at)


def _delete(row: EventTicket) -> bool:
    """Delete a ticket. Return whether this call did: of two at once, one does."""
    return EventTicket.objects.filter(pk=row.pk).delete()[0] == 1


def _digest(ticket: str) -> str:
    """Return the digest of a ticket; a random ticket of 256 bits needs no salt."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def _not_valid() -> NotAuthenticated:
    return NotAuthenticated(_("The ticket is not valid, or was already used. Get a new one."))
