"""Asks witnesses to sign the newest checkpoint (c2sp.org/tlog-witness).

A witness that is away delays nothing: it needs one consistency proof when it is back, however far
behind it is. A witness that has seen another history is a conflict that a person has to look at.
"""

import base64
import datetime as dt
import http.client
import logging
import urllib.error
import urllib.request

from django.conf import settings
from django.utils import timezone

from gasutil.models import Checkpoint, Cosignature, Witness
from gasutil.proof import tree
from gasutil.proof.checkpoints import newest_checkpoint, tile_reader
from gasutil.proof.keys import WitnessAddress, witness_addresses
from gasutil.proof.notes import note

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 3
MAX_COSIGNATURE_BYTES = 4096
MAX_SIZE_DIGITS = 19
ERROR_LENGTH = 300


def ask_witnesses() -> None:
    """Ask each witness that has not signed the newest checkpoint yet."""
    checkpoint = newest_checkpoint()
    if checkpoint is None or settings.SANDBOX:
        return
    signed = set(checkpoint.cosignatures.values_list("witness", flat=True))
    for address in witness_addresses():
        if address.key.name not in signed:
            _ask(address, checkpoint)


def conflicts() -> list[str]:
    """Return the names of the witnesses that have seen another history."""
    return list(Witness.objects.filter(is_conflict=True).values_list("name", flat=True))


def _ask(address: WitnessAddress, checkpoint: Checkpoint) -> None:
    """Ask one witness; if it has seen another size than we think, ask once more from there."""
    witness, _ = Witness.objects.get_or_create(name=address.key.name)
    witness.asked_at = timezone.now()
    status, text = _post(address.url, _body(checkpoint, witness.size))
    seen = text.strip()
    if status == 409 and seen.isdecimal() and len(seen) <= MAX_SIZE_DIGITS:
        witness.size = int(seen)
        if witness.size <= checkpoint.size:
            status, text = _post(address.url, _body(checkpoint, witness.size))
    _note(witness, address, checkpoint, status, text)
    witness.save()


def _body(checkpoint: Checkpoint, old_size: int) -> bytes:
    tiles = tile_reader()
    proof = tree.consistency_proof(tiles, old_size, checkpoint.size) if old_size else []
    lines = [f"old {old_size}", *(base64.b64encode(each).decode() for each in proof)]
    return f"{chr(10).join(lines)}\n\n{note(checkpoint.text, checkpoint.signatures)}".encode()


def _note(
    witness: Witness, address: WitnessAddress, checkpoint: Checkpoint, status: int, text: str
) -> None:
    """Store a cosignature, or why there is none."""
    line = text.rstrip("\n")
    seconds = address.key.cosigned_at(checkpoint.text, line) if status == 200 else None
    if seconds is not None:
        time = dt.datetime.fromtimestamp(seconds, dt.UTC)
        Cosignature.objects.get_or_create(
            checkpoint=checkpoint,
            witness=witness.name,
            defaults={"line": line, "signed_at": time},
        )
        witness.size, witness.signed_at = checkpoint.size, time
        witness.error, witness.is_conflict = "", False
        return
    witness.is_conflict = status == 422 or (status == 409 and witness.size > checkpoint.size)
    witness.error = (f"{status}: {line}" if status else line)[:ERROR_LENGTH]
    level = logging.CRITICAL if witness.is_conflict else logging.WARNING
    logger.log(level, "The witness %s did not sign: %s", witness.name, witness.error)


def _post(url: str, body: bytes) -> tuple[int, str]:
    """Return the status and the text of a witness's response; status 0 if there is none."""
    request = urllib.request.Request(f"{url}/add-checkpoint", body, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            return response.status, response.read(MAX_COSIGNATURE_BYTES).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(MAX_COSIGNATURE_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, f"It did not respond: {error}"
