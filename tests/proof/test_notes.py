"""Signed notes: vectors of the specification, and the server's notes read by the verifier."""

import base64

import pytest

from gasutil.proof.notes import PublicKey, SigningKey, checkpoint_text, note
from gasutil_verify.errors import VerificationError
from gasutil_verify.notes import Checkpoint, Note, VerifierKey

ORIGIN = "desk.example/log/1"
KEY = SigningKey(ORIGIN, bytes(range(32)))
VKEY = "desk.example/log/1+4d369d2e+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
ROOT = bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
LOG_LINE = (
    "— desk.example/log/1 TTadLsw9Xu6aml/zY+m590HiFQRfQcr3Eg9v5ywCKnNvNAvm6gkJiA0pGgy+ULv63I6Y29"
    "Mzs0+EXkfdx5Io0jpWewQ=\n"
)
WITNESS_LINE = (
    "— witness.example/w1 IDJKvgAAAABrB54fCK7loQG4wcB+w1c+lVvarBiyETv6MJfhBitGwR5pcxpx2850mxKO9TCc"
    "hp/WXkp+x5Y608snS6NNxt2dbAW1Bw==\n"
)
WITNESSED_AT = 1795661343
TEXT = checkpoint_text(ORIGIN, 8, ROOT)
SIGNED = note(TEXT, LOG_LINE, WITNESS_LINE).encode()
LOG = VerifierKey.parse(VKEY)
WITNESSES = [VerifierKey.parse(WITNESS)]


def test_it_works():
    assert KEY.public.vkey == VKEY
    assert KEY.sign(TEXT) == LOG_LINE
    assert PublicKey.parse(WITNESS).cosigned_at(TEXT, WITNESS_LINE[:-1]) == WITNESSED_AT


def test_the_verifier_reads_the_server_s_checkpoint():
    checkpoint = Checkpoint.open(SIGNED, LOG, WITNESSES)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 8, ROOT)
    assert checkpoint.witnessed_at["witness.example/w1"].timestamp() == WITNESSED_AT


@pytest.mark.parametrize("vkey", [VKEY, WITNESS])
def test_both_sides_read_the_same_keys(vkey):
    assert PublicKey.parse(vkey).vkey == VerifierKey.parse(vkey).vkey == vkey


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a",
        "a+b+c",
        VKEY.replace("4d", "4e"),
        VKEY[:-4],
        VKEY.replace("AQOh", "AgOh"),
        f"a {VKEY}",
    ],
)
@pytest.mark.parametrize(
    ("parse", "error"),
    [(PublicKey.parse, ValueError), (VerifierKey.parse, VerificationError)],
    ids=["server", "verifier"],
)
def test_a_malformed_key_is_rejected(vkey, parse, error):
    with pytest.raises(error):
        parse(vkey)


def test_every_changed_byte_is_detected():
    for at in range(len(SIGNED)):
        changed = SIGNED[:at] + bytes([SIGNED[at] ^ 1]) + SIGNED[at + 1 :]
        with pytest.raises(VerificationError):
            Checkpoint.open(changed, LOG, WITNESSES)


def test_a_quorum_may_be_less_than_all():
    other = VerifierKey.parse(_witness_of("other.example"))
    assert Checkpoint.open(SIGNED, LOG, [*WITNESSES, other], quorum=1).size == 8
    with pytest.raises(VerificationError, match="1 of the trusted witnesses"):
        Checkpoint.open(SIGNED, LOG, [*WITNESSES, other])


def test_a_signature_by_an_unknown_key_is_ignored():
    stranger = SigningKey("stranger.example", bytes(32)).sign(TEXT)
    assert Checkpoint.open(note(TEXT, stranger, LOG_LINE).encode(), LOG).size == 8


def test_a_wrong_signature_by_a_known_key_rejects_the_note():
    wrong = KEY.sign(checkpoint_text(ORIGIN, 9, ROOT))
    with pytest.raises(VerificationError, match="is wrong"):
        Checkpoint.open(note(TEXT, wrong, LOG_LINE).encode(), LOG)


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n8\n{base64.b64encode(ROOT).decode()}\nan extension\n",
        f"{ORIGIN}\n08\n{base64.b64encode(ROOT).decode()}\n",
        f"{ORIGIN}\n-8\n{base64.b64encode(ROOT).decode()}\n",
        f"{ORIGIN}\n8\n{base64.b64encode(ROOT[1:]).decode()}\n",
        f"{ORIGIN}\n8\n",
        f"other.example/log/1\n8\n{base64.b64encode(ROOT).decode()}\n",
    ],
)
def test_a_malformed_checkpoint_is_rejected_though_it_is_signed(text):
    with pytest.raises(VerificationError):
        Checkpoint.open(note(text, KEY.sign(text)).encode(), LOG)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"a\n\n",
        b"\xff\n\n- x y\n",
        TEXT.encode() + b"\n" + LOG_LINE.encode()[:-1],
        SIGNED.replace(b"\n8\n", b"\n8\r\n"),
        b"x" * 70_000,
    ],
    ids=["empty", "no signatures", "empty signatures", "no UTF-8", "no end", "control", "huge"],
)
def test_what_is_no_note_is_rejected(content):
    with pytest.raises(VerificationError):
        Note.parse(content)


def test_a_cosignature_of_another_text_or_key_is_none():
    witness = PublicKey.parse(WITNESS)
    assert witness.cosigned_at(checkpoint_text(ORIGIN, 9, ROOT), WITNESS_LINE[:-1]) is None
    assert witness.cosigned_at(TEXT, LOG_LINE[:-1]) is None
    assert witness.cosigned_at(TEXT, "nonsense") is None
    assert (
        PublicKey.parse(_witness_of("other.example")).cosigned_at(TEXT, WITNESS_LINE[:-1]) is None
    )


def _witness_of(name):
    return PublicKey(name, 4, PublicKey.parse(WITNESS).content).vkey
