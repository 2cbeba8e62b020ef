"""Asks a time-stamp authority (RFC 3161) to stamp the newest checkpoint, and checks its stamps.

What is stamped is the checkpoint with the signatures of the log's own keys: those of witnesses come
later. A stamp says that the checkpoint existed at a time, by a clock that is not the operator's.
"""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from gasutil.models import Checkpoint, CheckpointTimestamp, TimestampAuthority
from gasutil.proof.checkpoints import newest_checkpoint
from gasutil.proof.notes import note
from gasutil.webhooks.posting import Unreachable, post_to_trusted

logger = logging.getLogger(__name__)
MAX_TIMESTAMP_BYTES = 64 * 1024
RETRY_AFTER = dt.timedelta(minutes=1)
MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=1)
TIMESTAMP_ERROR_LENGTH = 300
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class InvalidTimestamp(Exception):
    """A time stamp is not one of a trusted authority over the checkpoint; the message says why."""


def stamped_bytes(checkpoint: Checkpoint) -> bytes:
    """Return what is stamped: the checkpoint as a note with the log's own signatures."""
    return note(checkpoint.text, checkpoint.signatures).encode()


def ask_authority(now: dt.datetime | None = None) -> None:
    """Ask for a time stamp if the log has grown and the last one is old enough.

    An authority that is away delays nothing, and is asked again after a minute.
    """
    now = now or timezone.now()
    checkpoint = _due(now)
    if checkpoint is None or not _claim(now):
        return
    authority = TimestampAuthority.objects.filter(url=settings.TIMESTAMP_URL)
    try:
        response, stamped_at = _request(checkpoint)
    except (InvalidTimestamp, Unreachable) as error:
        authority.update(error=str(error)[:TIMESTAMP_ERROR_LENGTH])
        logger.warning("There is no time stamp by %s: %s", settings.TIMESTAMP_URL, error)
        return
    CheckpointTimestamp.objects.get_or_create(
        checkpoint=checkpoint,
        authority=settings.TIMESTAMP_URL,
        defaults={"response": response, "stamped_at": stamped_at},
    )
    authority.update(error="", stamped_at=stamped_at)


def _due(now: dt.datetime) -> Checkpoint | None:
    """Return the checkpoint to be stamped, if it is time."""
    if not settings.TIMESTAMP_URL or settings.SANDBOX:
        return None
    newest = newest_checkpoint()
    last = newest_timestamp()
    if last is not None and newest is not None:
        is_recent = now < last.stamped_at + dt.timedelta(minutes=settings.TIMESTAMP_MINUTES)
        if is_recent or last.checkpoint_id >= newest.size:
            return None
    return newest


def newest_timestamp() -> CheckpointTimestamp | None:
    """Return the newest time stamp by the authority of the settings."""
    of_authority = CheckpointTimestamp.objects.filter(authority=settings.TIMESTAMP_URL)
    return of_authority.order_by("-checkpoint").first()


def waiting_seconds(now: dt.datetime) -> int:
    """Return the age of the first checkpoint after the last one that was stamped; 0 without one."""
    last = newest_timestamp()
    later = Checkpoint.objects.filter(size__gt=last.checkpoint_id if last else 0)
    first = later.order_by("size").first()
    return 0 if first is None else max(int((now - first.signed_at).total_seconds()), 0)


def _claim(now: dt.datetime) -> bool:
    """Note that the authority is asked; return whether this worker is the one to ask."""
    TimestampAuthority.objects.get_or_create(url=settings.TIMESTAMP_URL)
    is_over = Q(asked_at=None) | Q(asked_at__lte=now - RETRY_AFTER)
    rows = TimestampAuthority.objects.filter(is_over, url=settings.TIMESTAMP_URL)
    return rows.update(asked_at=now) == 1


def _request(checkpoint: Checkpoint) -> tuple[bytes, dt.datetime]:
    """Return the response of the authority, once it is checked, and its time.

    Raises:
        InvalidTimestamp: it is no valid time stamp of the checkpoint.
        Unreachable: there was no response.
    """
    content = stamped_bytes(checkpoint)
    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    query = builder.build()
    status, response = post_to_trusted(
        settings.TIMESTAMP_URL, query.as_bytes(), HEADERS, MAX_TIMESTAMP_BYTES
    )
    if status != 200:
        raise InvalidTimestamp(f"It responded with {status}.")
    stamped_at = verify(response, content, trusted_roots(), nonce=query.nonce)
    earliest = checkpoint.signed_at - MAX_CLOCK_DIFFERENCE
    if not earliest <= stamped_at <= timezone.now() + MAX_CLOCK_DIFFERENCE:
        raise InvalidTimestamp(f"Its clock differs: it says {stamped_at:%Y-%m-%d %H:%M:%S}.")
    return response, stamped_at


# --- Checking
# --------------------------------------------------------------------------------------------------
def trusted_roots() -> list[Certificate]:
    """Return the root certificates of the file `TIMESTAMP_CA_FILE`.

    Raises:
        InvalidTimestamp: the file can't be read, or has none.
    """
    try:
        return load_pem_x509_certificates(Path(settings.TIMESTAMP_CA_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise InvalidTimestamp(f"TIMESTAMP_CA_FILE can't be read: {error}") from error


def verify(
    response: bytes, content: bytes, roots: Sequence[Certificate], *, nonce: int | None = None
) -> dt.datetime:
    """Check that an authority below trusted roots has stamped the content; return its time.

    The certificates have to be valid at that time, not today.

    Raises:
        InvalidTimestamp: it has not.
    """
    try:
        stamp = decode_timestamp_response(response)
    except ValueError as error:
        raise InvalidTimestamp(f"The response has no time stamp: {error}") from error
    if stamp.status != PKIStatus.GRANTED:
        raise InvalidTimestamp(f"The authority rejected it, with the status {stamp.status}.")
    try:
        VerifierBuilder(roots=list(roots), nonce=nonce).build().verify_message(stamp, content)
    except (ValueError, VerificationError) as error:
        raise InvalidTimestamp(str(error)) from error
    return stamp.tst_info.gen_time


def first_problem(signed: Mapping[int, Checkpoint]) -> str:
    """Return what is wrong with the first bad time stamp; empty if there is none.

    Args:
        signed: all checkpoints by their sizes.
    """
    if not settings.TIMESTAMP_CA_FILE:
        return ""
    try:
        roots = trusted_roots()
    except InvalidTimestamp as error:
        return str(error)
    for stamp in CheckpointTimestamp.objects.order_by("checkpoint", "authority").iterator():
        problem = _problem_of(stamp, signed.get(stamp.checkpoint_id), roots)
        if problem:
            size = stamp.checkpoint_id
            return f"The time stamp of {size} leaves by {stamp.authority} is wrong: {problem}"
    return ""


def unchecked() -> int:
    """Return how many time stamps can't be checked, because no roots are trusted."""
    return 0 if settings.TIMESTAMP_CA_FILE else CheckpointTimestamp.objects.count()


def _problem_of(
    stamp: CheckpointTimestamp, checkpoint: Checkpoint | None, roots: Sequence[Certificate]
) -> str:
    if checkpoint is None:
        return "There is no such checkpoint."
    try:
        stamped_at = verify(bytes(stamp.response), stamped_bytes(checkpoint), roots)
    except InvalidTimestamp as error:
        return str(error)
    if stamped_at != stamp.stamped_at:
        return f"It says {stamped_at:%Y-%m-%d %H:%M:%S}."
    if stamped_at < checkpoint.signed_at - MAX_CLOCK_DIFFERENCE:
        return "It is older than its checkpoint."
    return ""
