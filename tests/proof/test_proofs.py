"""Proofs of a request's history, checked by the verifier that shares no code with the server."""

import base64
import dataclasses
import hashlib
import json

import pytest

from gasutil.proof import tree
from gasutil.proof.notes import SigningKey, checkpoint_text, note
from gasutil_verify import wording
from gasutil_verify.__main__ import main
from gasutil_verify.errors import VerificationError
from gasutil_verify.notes import VerifierKey
from gasutil_verify.proofs import verify_proof

ORIGIN = "desk.example/log/1"
KEY = SigningKey(ORIGIN, bytes(range(32)))
LOG = VerifierKey.parse(KEY.public.vkey)
SALT = "GubmeFCgKlx213bNODNvtQ"
NOTES = "Gas leak fixed – “ok”"  # noqa: RUF001 (the vector's text)
DIGEST = "TGaG1vbV5M7qTQ5BC0kt8UsM_E2PSePzjuSqeJYyGUc"


def disclosure(salt: str, name: str, value: object) -> str:
    content = json.dumps([salt, name, value], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).rstrip(b"=").decode()


def digest(disclosed: str) -> str:
    hashed = hashlib.sha256(disclosed.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def entry(row: int, *, request: int = 7, version: int) -> bytes:
    fields = {
        "event": "request.commented",
        "recorded_at": "2026-11-27T00:00:00.000000Z",
        "log": "request",
        "request": request,
        "row": row,
        "salted": {"notes": digest(disclosure(SALT, "notes", NOTES))},
        "v": 1,
        "version": version,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


ENTRIES = [
    entry(0, request=8, version=1),
    *(entry(row, version=row) for row in range(1, 6)),
]
HASHES = [tree.leaf_hash(each) for each in ENTRIES]


def tiles(level: int, number: int):
    return HASHES if (level, number) == (0, 0) else []


TEXT = checkpoint_text(ORIGIN, len(HASHES), tree.root(tiles, len(HASHES)))
CHECKPOINT = note(TEXT, KEY.sign(TEXT))


def proved_row(index: int, /, **changes):
    path = tree.inclusion_proof(tiles, index, len(HASHES))
    row = {
        "index": index,
        "row": index,
        "entry": base64.b64encode(ENTRIES[index]).decode(),
        "disclosures": {"notes": disclosure(SALT, "notes", NOTES)},
        "proof": [base64.b64encode(each).decode() for each in path],
    }
    return row | changes


def proof_of(*rows, **changes) -> bytes:
    content = {"origin": ORIGIN, "checkpoint": CHECKPOINT, "rows": list(rows)} | changes
    return json.dumps(content, separators=(",", ":")).encode()


def test_it_works():
    proof = verify_proof(proof_of(proved_row(2), proved_row(5)), LOG)
    assert [row.entry["version"] for row in proof.rows] == [2, 5]
    assert proof.rows[0].values == {"notes": NOTES}
    assert proof.checkpoint.size == 6


def test_the_digest_is_that_of_the_published_vector():
    assert digest(disclosure(SALT, "notes", NOTES)) == DIGEST


def test_a_value_need_not_be_disclosed():
    proof = verify_proof(proof_of(proved_row(2, disclosures={})), LOG)
    assert proof.rows[0].values == {}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no rows"),
        ([proved_row(2, index=3)], "not in the tree"),
        ([proved_row(2, row=3)], "not of row 3"),
        ([proved_row(2, index=None, proof=[])], "No checkpoint covers row 2 yet"),
        ([proved_row(2, index=True)], "malformed"),
        ([proved_row(2, extra=1)], "other fields"),
        ([proved_row(2), proved_row(2)], "twice"),
        ([proved_row(2, disclosures={"notes": disclosure(SALT, "notes", "Other")})], "not the one"),
        ([proved_row(2, disclosures={"address": disclosure(SALT, "notes", NOTES)})], "not the one"),
        ([proved_row(2, disclosures={"notes": None})], "text is missing"),
        ([proved_row(2, entry=base64.b64encode(entry(2, version=9)).decode())], "not in the tree"),
        ([proved_row(2, proof=proved_row(2)["proof"][:-1])], "too short"),
        ([proved_row(2, proof=[*proved_row(2)["proof"], proved_row(2)["proof"][0]])], "too long"),
        ([proved_row(2, proof=["AA=="])], "32 bytes"),
    ],
)
def test_what_does_not_hold_is_named(rows, message):
    with pytest.raises(VerificationError, match=message):
        verify_proof(proof_of(*rows), LOG)


def test_rows_of_two_requests_are_no_proof_of_one():
    with pytest.raises(VerificationError, match="different requests"):
        verify_proof(proof_of(proved_row(2), proved_row(0)), LOG)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"{" * 5000, b'{"origin":1,"origin":1}', proof_of(origin="other")],
)
def test_what_is_no_proof_is_rejected(content):
    with pytest.raises(VerificationError):
        verify_proof(content, LOG)


def test_every_one_of_a_thousand_random_changes_is_rejected(chance):
    content = proof_of(proved_row(2), proved_row(5))
    for _ in range(1000):
        at = chance.randrange(len(content))
        other = chance.choice([byte for byte in range(256) if byte != content[at]])
        with pytest.raises(VerificationError):
            verify_proof(content[:at] + bytes([other]) + content[at + 1 :], LOG)


def tlog_proof(index: int) -> bytes:
    row = proved_row(index)
    extra = json.dumps({"entry": row["entry"], "disclosures": row["disclosures"]}).encode()
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"extra {base64.b64encode(extra).decode()}",
        f"index {index}",
        *row["proof"],
    ]
    return ("\n".join(lines) + "\n\n" + CHECKPOINT).encode()


def test_a_tlog_proof_is_of_one_row():
    proof = verify_proof(tlog_proof(3), LOG)
    assert (proof.rows[0].index, proof.rows[0].values) == (3, {"notes": NOTES})
    with pytest.raises(VerificationError):
        verify_proof(tlog_proof(3).replace(b"index 3", b"index 4"), LOG)
    with pytest.raises(VerificationError):
        verify_proof(tlog_proof(3).replace(b"extra ", b"extra  "), LOG)


def test_the_command_prints_what_is_proved_and_by_whom(tmp_path, capsys):
    file = tmp_path / "proof.json"
    file.write_bytes(proof_of(proved_row(2)))
    assert main(["proof", str(file), "--key", LOG.vkey]) == 0
    printed = capsys.readouterr().out
    assert NOTES in printed
    assert "Row 2, leaf 2: request.commented, 2026-11-27T00:00:00.000000Z" in printed
    assert "Verified: 1 row is in the log desk.example/log/1 of 6 rows." in printed
    assert "only the operator vouches" in printed


def test_the_command_fails_with_the_reason(tmp_path, capsys):
    file = tmp_path / "proof.json"
    file.write_bytes(proof_of(proved_row(2, index=3)))
    assert main(["proof", str(file), "--key", LOG.vkey]) == 1
    assert "NOT VERIFIED: Leaf 3 is not in the tree" in capsys.readouterr().err
    assert main(["proof", str(tmp_path / "missing"), "--key", LOG.vkey]) == 1


def test_no_value_commands_the_reader_s_terminal():
    proof = verify_proof(proof_of(proved_row(2)), LOG)
    row = dataclasses.replace(proof.rows[0], values={"notes": "\x9b2J\u202e नमस्ते"})
    printed = list(wording.lines(dataclasses.replace(proof, rows=(row,))))
    assert printed[1] == '    notes: "\\u009b2J\\u202e नमस्ते"'
