"""Saving the proof of a request, and checking it offline.

The check is that of `gasutil_verify`, which shares no code with the server.
"""

import datetime as dt
import time
from pathlib import Path

from rich.text import Text

from gasutil_client import DeskError, Session, expect
from gasutil_client.cli import showing, state
from gasutil_client.files import write
from gasutil_client.generated.api.log import get_log_key
from gasutil_client.generated.api.requests import get_request_proof, list_requests
from gasutil_client.generated.models import LogKeys, RequestProof, ServiceRequestPage
from gasutil_client.generated.types import UNSET

RETRY_DELAYS_SECONDS = (1, 2, 4, 8, 15, 30)  # a row is covered within a minute
MISSING = (
    "To check proofs, install the verifier too: pip install ./clients/verify. The proof is saved in"
    " {}; `python -m gasutil_verify proof` checks it."
)
CHANGED = (
    "The server names another key than the one stored in {}. If the operator has announced a new"
    " key, give it with --key. Else its history may have been replaced: don't trust it."
)


def request_id(session: Session, reference: str) -> int:
    """Return the ID of a request, which is named by its reference or by its ID."""
    if reference.isdecimal():
        return int(reference)
    page = expect(
        ServiceRequestPage, list_requests.sync_detailed(client=session.client, reference=reference)
    )
    if not page.results:
        raise DeskError("Not found.")
    return page.results[0].id


def fetch(session: Session, pk: int) -> bytes:
    """Return the proof of a request, after waiting until it covers all rows."""
    for pause in (*RETRY_DELAYS_SECONDS, None):
        answer = get_request_proof.sync_detailed(pk, client=session.client, row=UNSET)
        proof = expect(RequestProof, answer)
        if all(row.index is not None for row in proof.rows):
            return answer.content
        if pause is not None:
            showing.note(f"The newest update is not signed yet. Trying again in {pause} s.")
            time.sleep(pause)
    raise DeskError("The newest update is not signed yet. Try again later.")


def save(content: bytes, name: str, path: Path | None) -> Path:
    """Save a proof in a new file, and return its path: an older proof is evidence too."""
    file = path or Path(f"{name}-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.proof.json")
    try:
        with file.open("xb") as opened:
            opened.write(content)
    except FileExistsError as error:
        raise DeskError(f"{file} exists. Keep it, and name another file.") from error
    except OSError as error:
        raise DeskError(f"{file} can't be written: {error.strerror}.") from error
    return file


def trusted_key(session: Session, given: str) -> str:
    """Return the key of the log: the given one, else the one that was stored at the first proof."""
    if given:
        is_file = Path(given).is_file()
        return Path(given).read_text(encoding="utf-8").strip() if is_file else given
    keys = expect(LogKeys, get_log_key.sync_detailed(client=session.anyone))
    named = [period.vkey for period in keys.vkeys if period.to is None]
    stored = _key_file(session)
    if stored.exists():
        key = stored.read_text(encoding="utf-8")
        if key not in named:
            raise DeskError(CHANGED.format(stored))
        return key
    if not named:
        raise DeskError("The server has no log yet.")
    showing.note(
        f"The key of the log comes from the server itself: {named[0]}\n"
        "Compare it with the one that the utility publishes elsewhere."
    )
    return named[0]


def store_key(session: Session, key: str) -> None:
    """Store the key of a proof that holds, so that a server that changes its key is noticed."""
    write(_key_file(session), key)


def _key_file(session: Session) -> Path:
    return state.folder(session.server) / "log.key"


def check(file: Path, key: str, witnesses: list[str]) -> None:
    """Check a saved proof without the server, and print what it proves."""
    try:
        from gasutil_verify import wording
        from gasutil_verify.errors import VerificationError
        from gasutil_verify.notes import VerifierKey
        from gasutil_verify.proofs import verify_proof
    except ModuleNotFoundError as error:
        raise DeskError(MISSING.format(file)) from error
    try:
        trusted = [VerifierKey.parse(witness) for witness in witnesses]
        proof = verify_proof(file.read_bytes(), VerifierKey.parse(key), trusted)
    except VerificationError as error:
        raise DeskError(f"NOT VERIFIED: {error}") from error
    for line in wording.lines(proof):
        showing.line(Text(showing.plain(line)))
