"""What a proof proves, in words."""

import json
import re
from collections.abc import Iterator

from gasutil_verify.proofs import Proof

# Terminals obey some of these, and others reverse the text around them.
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def lines(proof: Proof) -> Iterator[str]:
    """Yield each row with its personal values, then what the proof is worth."""
    for row in proof.rows:
        yield _plain(f"Row {row.entry.get('row')}, leaf {row.index}: {_row(row.entry)}")
        for name, value in row.values.items():
            yield _plain(f"    {name}: {json.dumps(value, ensure_ascii=False)}")
    yield _plain(_covered(proof))


def _plain(text: str) -> str:
    """Return a text in which no character is a command for a terminal."""
    return CONTROL_CHARACTER.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _row(entry: dict[str, object]) -> str:
    """Return what a row says, in one line."""
    return ", ".join(
        str(entry[name]) for name in ("event", "status", "recorded_at") if name in entry
    )


def _covered(proof: Proof) -> str:
    checkpoint = proof.checkpoint
    rows = "1 row is" if len(proof.rows) == 1 else f"{len(proof.rows)} rows are"
    number = f"Verified: {rows} in the log {checkpoint.origin}"
    if not checkpoint.witnessed_at:
        return (
            f"{number} of {checkpoint.size} rows. No witness that you trust has signed this "
            "checkpoint, so only the operator vouches for its time and that there is no other log."
        )
    times = ", ".join(
        f"{name} at {time:%Y-%m-%d %H:%M:%S} UTC"
        for name, time in sorted(checkpoint.witnessed_at.items())
    )
    return f"{number} of {checkpoint.size} rows, witnessed by {times}."
