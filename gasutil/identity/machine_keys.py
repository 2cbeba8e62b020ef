"""The keys of machine accounts: making one, and finding the account that a key belongs to."""

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Collection, Iterable
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil.errors import NotAuthenticated
from gasutil.identity.client import valid_ip
from gasutil.models import MachineAccount, MachineKey

MACHINE_KEY_PREFIX = "gsd_"
KEY_BYTES = 32
BEGINNING_LENGTH = 10
USE_SECONDS = 60  # how exact the time of the last use is
logger = logging.getLogger(__name__)


class NewKey(NamedTuple):
    """A key, which is shown once, and what is stored of it."""

    key: str
    digest: str
    beginning: str


def new_key() -> NewKey:
    """Return a new random key."""
    key = MACHINE_KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    return NewKey(key, _digest(key), key[:BEGINNING_LENGTH])


def _digest(key: str) -> str:
    """Return the digest of a key; a random key of 256 bits needs no salt and no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_key(token: str) -> bool:
    """Return whether a token is the key of a machine account, valid or not."""
    return token.startswith(MACHINE_KEY_PREFIX)


def read_key(key: str, address: str) -> MachineKey:
    """Return a key with its account, and record its use; raise `NotAuthenticated`.

    A key that is unknown, revoked or expired has the same error.
    """
    now = timezone.now()
    row = MachineKey.objects.filter(digest=_digest(key)).select_related("account").first()
    if row is None or not is_valid(row, now):
        raise NotAuthenticated(_("The key is not valid or has expired."))
    if not is_within(address, row.account.networks):
        logger.warning("Machine account %s was used from outside of its networks", row.account_id)
        raise NotAuthenticated(_("The key can't be used from this address."))
    _record_use(row, address, now)
    return row


def is_valid(key: MachineKey, now: dt.datetime) -> bool:
    """Return whether a key can be used now."""
    return (key.expires_at is None or now < key.expires_at) and key.account.is_active(now)


def expiry(key: MachineKey) -> dt.datetime:
    """Return when a key expires."""
    ends = key.account.expires_at
    return ends if key.expires_at is None else min(ends, key.expires_at)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Return whether an address is in one of some networks; without networks, any is."""
    networks = list(networks)
    if not networks:
        return True
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip in ip_network(network) for network in networks)


def valid_keys(pks: Collection[int]) -> dict[int, MachineAccount]:
    """Return the valid ones of some keys, each with its account as it is now."""
    now = timezone.now()
    rows = MachineKey.objects.filter(pk__in=pks).select_related("account") if pks else []
    return {row.pk: row.account for row in rows if is_valid(row, now)}


def _record_use(key: MachineKey, address: str, now: dt.datetime) -> None:
    """Record the use of a key, at most once a minute."""
    before = now - dt.timedelta(seconds=USE_SECONDS)
    if key.last_used_at is None or key.last_used_at < before:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        MachineKey.objects.filter(stale, pk=key.pk).update(
            last_used_at=now, last_used_ip=valid_ip(address)
        )
