"""The witness, over HTTP, and the check of a whole log against its checkpoints."""

import base64
import hashlib
import http.client
import http.server
import sqlite3
from contextlib import closing

import pytest

from gasutil.proof import tree
from gasutil.proof.notes import SigningKey, checkpoint_text, note
from gasutil.proof.tiles import Tile
from gasutil_verify.__main__ import main
from gasutil_verify.notes import Checkpoint, VerifierKey
from gasutil_verify.witness import Witness, WitnessServer
from tests.support.proof import served

ORIGIN = "desk.example/log/1"
KEY = SigningKey(ORIGIN, bytes(range(32)))
HASHES = [tree.leaf_hash(str(number).encode()) for number in range(700)]


def tiles(level: int, number: int, hashes=HASHES):
    width = tree.TILE_WIDTH**level
    starts = range(number * 256, min(len(hashes) // width, (number + 1) * 256))
    return [tree.complete_root(hashes[at * width : (at + 1) * width]) for at in starts]


def checkpoint(size: int, *, key=KEY, hashes=HASHES) -> str:
    root = tree.root(lambda level, number: tiles(level, number, hashes), size)
    text = checkpoint_text(ORIGIN, size, root)
    return note(text, key.sign(text))


def body(old: int, new: int, *, signed: str | None = None) -> bytes:
    path = tree.consistency_proof(tiles, old, new) if old else []
    lines = [f"old {old}", *(base64.b64encode(each).decode() for each in path)]
    return ("\n".join(lines) + "\n\n" + (signed or checkpoint(new))).encode()


def new_witness(folder):
    logs = [VerifierKey.parse(KEY.public.vkey)]
    return Witness("witness.example/w1", folder / "key", folder / "seen.sqlite3", logs)


@pytest.fixture
def witness(tmp_path):
    return new_witness(tmp_path)


@pytest.fixture
def post(witness):
    with served(WitnessServer(("127.0.0.1", 0), witness)) as port:

        def call(content, *, path="/add-checkpoint", method="POST"):
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                connection.request(method, path, content)
                response = connection.getresponse()
                return response.status, response.read().decode()

        yield call


def test_it_works(post, witness):
    status, line = post(body(0, 300))
    assert status == 200
    cosigned = (checkpoint(300) + line).encode()
    opened = Checkpoint.open(cosigned, VerifierKey.parse(KEY.public.vkey), [witness.key])
    assert opened.size == 300
    assert post(body(300, 700))[0] == 200


def test_it_returns_the_size_that_it_has_seen(post):
    post(body(0, 300))
    assert post(body(0, 700)) == (409, "300\n")
    assert post(body(200, 700)) == (409, "300\n")


def test_it_signs_the_same_checkpoint_again(post):
    assert [post(body(0, 300))[0], post(body(300, 300))[0]] == [200, 200]


def test_it_rejects_a_second_history(post, witness):
    post(body(0, 300))
    forged = [tree.leaf_hash(b"forged"), *HASHES[1:]]
    path = tree.consistency_proof(lambda *at: tiles(*at, forged), 300, 700)
    lines = ["old 300", *(base64.b64encode(each).decode() for each in path)]
    content = "\n".join(lines) + "\n\n" + checkpoint(700, hashes=forged)
    assert post(content.encode())[0] == 422
    assert post(body(300, 300, signed=checkpoint(300, hashes=forged)))[0] == 422
    assert post(body(300, 700))[0] == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"old 0\n\nno note", 400),
        (b"old -1\n\n" + checkpoint(300).encode(), 400),
        (b"old 0\nnot base64\n\n" + checkpoint(300).encode(), 400),
        (b"old 0\n" + b"A" * 43 + b"=\n\n" + checkpoint(300).encode(), 400),
        (b"old 301\n\n" + checkpoint(300).encode(), 400),
        (b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + checkpoint(300).encode(), 400),
        (body(0, 300, signed=checkpoint(300, key=SigningKey(ORIGIN, bytes(32)))), 403),
        (body(0, 300, signed=checkpoint(300).replace(ORIGIN, "other/log/1")), 404),
        (b"x" * 200_000, 413),
    ],
)
def test_invalid_input_gets_its_status_and_is_not_stored(post, content, status):
    assert post(content)[0] == status
    assert post(body(0, 300))[0] == 200


def test_it_remembers_across_restarts_with_the_same_key(tmp_path):
    first = new_witness(tmp_path)
    first.add_checkpoint(body(0, 300))
    again = new_witness(tmp_path)
    assert again.key == first.key
    assert again.add_checkpoint(body(300, 700)).startswith("— witness.example/w1 ")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(tmp_path / "seen.sqlite3")) as database:
        assert database.execute("SELECT size FROM seen").fetchall() == [(700,)]


def test_it_gives_its_last_checkpoint(post):
    post(body(0, 300))
    origin_hash = hashlib.sha256(ORIGIN.encode()).hexdigest()
    assert post(None, path=f"/{'0' * 64}/checkpoint", method="GET")[0] == 404
    status, content = post(None, path=f"/{origin_hash}/checkpoint", method="GET")
    assert (status, content.startswith(checkpoint(300))) == (200, True)


class _Log(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        size = self.server.size
        if self.path == "/log/checkpoint":
            content = checkpoint(size).encode()
        else:
            tile = Tile.parse(self.path.removeprefix("/log/tile/"))
            hashes = self.server.hashes[:size] if tile else []
            content = b"".join(tiles(tile.level, tile.number, hashes)) if tile else b""
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def log():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Log)
    server.size, server.hashes = 700, HASHES
    with served(server) as port:
        server.url = f"http://127.0.0.1:{port}/log"
        yield server


def test_a_whole_log_is_checked_from_its_leaves(log, tmp_path, capsys):
    kept = tmp_path / "kept"
    kept.write_text(checkpoint(300))
    command = ["log", log.url, "--key", KEY.public.vkey, "--kept", str(kept)]
    assert main(command) == 0
    assert "Verified: 700 rows of desk.example/log/1, 2 checkpoints." in capsys.readouterr().out


@pytest.mark.parametrize("at", [0, 299, 300, 699])
def test_a_changed_leaf_is_detected(log, at, capsys):
    log.hashes = [*HASHES[:at], tree.leaf_hash(b"forged"), *HASHES[at + 1 :]]
    assert main(["log", log.url, "--key", KEY.public.vkey]) == 1
    assert "do not have the root" in capsys.readouterr().err


def test_a_cut_tail_is_detected_by_a_kept_checkpoint(log, tmp_path, capsys):
    (tmp_path / "kept").write_text(checkpoint(700))
    log.size = 690
    assert main(["log", log.url, "--key", KEY.public.vkey]) == 0
    command = ["log", log.url, "--key", KEY.public.vkey, "--kept", str(tmp_path / "kept")]
    assert main(command) == 1
    assert "690 rows, and had 700 before" in capsys.readouterr().err


def test_two_checkpoints_are_compared(log, tmp_path, capsys):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text(checkpoint(300))
    new.write_text(checkpoint(700))
    command = ["consistency", str(old), str(new), "--key", KEY.public.vkey]
    assert main(command) == 1
    assert main([*command, "--url", log.url]) == 0
    assert "the first 300 of 700 rows are the same" in capsys.readouterr().out
    old.write_text(checkpoint(300, hashes=HASHES[::-1]))
    assert main([*command, "--url", log.url]) == 1
