"""What a worker does for the provable history: it adds rows, signs, copies and asks witnesses."""

import base64
import datetime as dt
import io
import logging
import os
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from gasutil.access import Actor
from gasutil.events import restored
from gasutil.models import (
    Checkpoint,
    Leaf,
    LogKey,
    LogStatement,
    ProofState,
    RequestUpdate,
    User,
    Witness,
)
from gasutil.proof import checkpoints, keys, sequencer
from gasutil.proof.keys import NoKey, create_key_file
from gasutil.proof.publisher import Publisher
from gasutil.proof.tiles import tiles_of
from gasutil.proof.witnesses import ask_witnesses
from gasutil.workflow import requests
from gasutil_verify.errors import VerificationError
from gasutil_verify.notes import Checkpoint as SignedCheckpoint
from gasutil_verify.notes import VerifierKey
from gasutil_verify.witness import Witness as OutsideWitness
from gasutil_verify.witness import WitnessServer
from tests.support.proof import log_key, publish, served


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PROOF_KEY_FILE = str(tmp_path / "proof.key")
    create_key_file()


@pytest.fixture
def publisher(db):
    return Publisher()


def comment(obj, notes="On our way"):
    return requests.comment(obj.pk, notes=notes, actor=Actor(obj.customer))


def run(publisher):
    publisher.publish_requests()
    publisher.publish_others()


def test_it_works(publisher, leak):
    run(publisher)
    comment(leak)
    run(publisher)
    newest = Checkpoint.objects.latest("size")
    assert newest.size == ProofState.objects.get().size == Leaf.objects.count()
    with default_storage.open(checkpoints.STORED_CHECKPOINT) as file:
        stored = SignedCheckpoint.open(file.read(), log_key())
    assert (stored.size, stored.root) == (newest.size, bytes(newest.root))


def test_rows_from_before_the_log_began_are_not_backdated(publisher, leak, rewritable_histories):
    long_ago = timezone.now() - dt.timedelta(days=400)
    with connection.cursor() as cursor:
        for model in (User.history.model, Group.history.model, RequestUpdate):
            table = model._meta.db_table
            cursor.execute(f"UPDATE {table} SET history_date = %s", [long_ago])
    run(publisher)
    comment(leak)
    run(publisher)
    verify()


def test_the_file_store_has_the_tiles_of_the_newest_checkpoint_alone(publisher, leak):
    run(publisher)
    comment(leak)
    run(publisher)
    size = Checkpoint.objects.latest("size").size
    folders, _ = default_storage.listdir("proof/tile/0")
    assert folders == ["000.p"]
    _, files = default_storage.listdir("proof/tile/0/000.p")
    assert files == [str(size)]
    [tile] = tiles_of(size)
    with default_storage.open(f"proof/tile/{tile.path}") as file:
        assert file.read() == checkpoints.tile_bytes(tile)


def test_without_a_key_nothing_is_signed_and_the_log_says_so_once(
    publisher, leak, settings, tmp_path, caplog
):
    settings.PROOF_KEY_FILE = str(tmp_path / "missing")
    run(publisher)
    run(publisher)
    assert not Checkpoint.objects.exists()
    assert Leaf.objects.exists()
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]
    assert "The key of the log can't be read" in caplog.text


def test_a_restored_database_does_not_fork_the_log(publisher, leak, rewritable_histories, caplog):
    run(publisher)
    signed = Checkpoint.objects.latest("size")
    for model in (Checkpoint, Leaf):
        model._base_manager.all().delete()
    ProofState.objects.update(size=0, positions={})
    after_restart = Publisher()
    run(after_restart)
    assert not Checkpoint.objects.exists()
    assert f"A tree of {signed.size} leaves was signed; this database has 0." in caplog.text


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_key_of_another_length_is_none(settings, tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    settings.PROOF_KEY_FILE = str(tmp_path / "other")
    with pytest.raises(NoKey, match="32 bytes"):
        keys.signing_keys("desk.example/log/1")


def test_the_key_may_be_in_the_environment(settings):
    settings.PROOF_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    [key] = keys.signing_keys("desk.example/log/1")
    assert key.public.vkey.startswith("desk.example/log/1+4d369d2e+")
    settings.PROOF_KEY = "nonsense!"
    with pytest.raises(NoKey):
        keys.signing_keys("desk.example/log/1")


def test_the_file_of_the_key_is_created_once_for_its_owner_alone(settings, tmp_path):
    settings.PROOF_KEY_FILE = str(tmp_path / "folder" / "key")
    create_key_file()
    file = tmp_path / "folder" / "key"
    content = file.read_bytes()
    create_key_file()
    assert file.read_bytes() == content
    assert (len(content), file.stat().st_mode & 0o777) == (32, 0o600)


# --- Rotating the key
# --------------------------------------------------------------------------------------------------
def rotate(*options):
    out = io.StringIO()
    call_command("rotate_proof_key", *options, stdout=out)
    return out.getvalue().split()


def opens(vkey):
    """Return the size of the published checkpoint for a reader who knows one key alone."""
    newest = Checkpoint.objects.latest("size")
    return SignedCheckpoint.open(checkpoints.as_note(newest).encode(), VerifierKey.parse(vkey)).size


def verify():
    out = io.StringIO()
    call_command("verify_history", stdout=out, stderr=io.StringIO())
    assert "rows are as they were signed" in out.getvalue()


def test_during_a_rotation_both_keys_sign_and_after_it_the_new_one(publisher, leak):
    run(publisher)
    [before] = LogKey.objects.values_list("vkey", flat=True)
    new, former = rotate()
    assert (former, new != before) == (before, True)
    comment(leak)
    run(publisher)  # what the log says about its keys as well
    both = Checkpoint.objects.latest("size").size
    assert opens(before) == opens(new) == both

    assert rotate("--end") == [new]
    comment(leak)
    run(publisher)
    assert opens(new) > both
    with pytest.raises(VerificationError, match="not signed"):
        opens(before)
    first, second = LogKey.objects.order_by("pk")
    assert (first.vkey, first.to_size) == (before, both)
    assert (second.vkey, second.to_size, second.from_size < both) == (new, None, True)
    said = [row.content["event"] for row in LogStatement.objects.order_by("pk")]
    assert said == ["began", "key_added", "key_ended"]
    assert Leaf.objects.filter(log="log").count() == 3
    verify()


def test_an_ended_key_signs_no_larger_tree(publisher, leak, rewritable_histories, settings):
    run(publisher)
    stolen = keys.signing_keys(ProofState.objects.get().origin)[0]
    rotate()
    rotate("--end")
    comment(leak)
    run(publisher)
    verify()
    newest = Checkpoint.objects.latest("size")
    Checkpoint._base_manager.filter(size=newest.size).update(signatures=stolen.sign(newest.text))
    LogKey.objects.update(to_size=None)  # which a thief may write as well
    with pytest.raises(CommandError, match="1 kinds"):
        verify()


def test_a_rotation_is_ended_before_the_next_one_begins(publisher, leak, settings):
    file = Path(settings.PROOF_KEY_FILE)
    with pytest.raises(CommandError, match="No rotation"):
        rotate("--end")
    rotate()
    kept = file.read_bytes()
    with pytest.raises(CommandError, match="has not ended"):
        rotate()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (kept, 0o600)
    former = file.with_name("proof.key.former")
    former.unlink()
    os.link(file, former)  # as a crash leaves it
    assert len(set(rotate())) == 2
    assert former.read_bytes() == kept
    former.unlink()
    file.unlink()
    with pytest.raises(CommandError, match="can't be read"):
        rotate()


def test_a_key_of_the_environment_is_rotated_there(publisher, leak, settings):
    settings.PROOF_KEY = base64.b64encode(b"1" * 32).decode()
    run(publisher)
    with pytest.raises(CommandError, match="PROOF_FORMER_KEY"):
        rotate()
    settings.PROOF_FORMER_KEY, settings.PROOF_KEY = (
        settings.PROOF_KEY,
        base64.b64encode(b"2" * 32).decode(),
    )
    comment(leak)
    run(publisher)
    first, second = LogKey.objects.order_by("pk").values_list("vkey", flat=True)
    assert opens(first) == opens(second)
    verify()


@pytest.fixture
def outside(publisher, leak, tmp_path, settings):
    """A witness that the desk asks."""
    run(publisher)
    witness = OutsideWitness("w.example/1", tmp_path / "w.key", tmp_path / "seen", [log_key()])
    with served(WitnessServer(("127.0.0.1", 0), witness)) as port:
        settings.WITNESSES = [f"http://127.0.0.1:{port} {witness.key.vkey}"]
        yield witness


def test_a_witness_signs_what_the_api_then_gives(outside, anyone):
    ask_witnesses()
    note = anyone.get("log/checkpoint?witnessed=true").content
    opened = SignedCheckpoint.open(note, log_key(), [outside.key])
    assert list(opened.witnessed_at) == ["w.example/1"]
    assert anyone.get("log/key").json()["witnesses"] == [outside.key.vkey]
    assert anyone.get("log/key").json()["quorum"] == 1


def test_a_witness_that_was_away_needs_one_proof(outside, leak):
    ask_witnesses()
    for number in range(5):
        comment(leak, f"Note {number}")
        publish()
    Witness.objects.update(size=0)  # the desk does not know any more how far it was
    ask_witnesses()
    witness = Witness.objects.get()
    assert (witness.size, witness.error) == (Checkpoint.objects.latest("size").size, "")


def test_the_newest_witnessed_checkpoint_may_be_older_than_the_newest(outside, leak, anyone):
    ask_witnesses()
    comment(leak)
    publish()
    newest = int(anyone.get("log/checkpoint").content.split(b"\n")[1])
    assert int(anyone.get("log/checkpoint?witnessed=true").content.split(b"\n")[1]) == newest - 1


def test_a_witness_that_is_away_delays_nothing(publisher, leak, settings, outside):
    settings.WITNESSES = [f"http://127.0.0.1:9 {outside.key.vkey}"]
    ask_witnesses()
    witness = Witness.objects.get()
    assert (witness.is_conflict, witness.signed_at) == (False, None)
    assert "did not respond" in witness.error
    before = Checkpoint.objects.latest("size").size
    comment(leak)
    run(publisher)
    assert Checkpoint.objects.latest("size").size == before + 1


def test_a_copy_of_an_installation_asks_no_witness(outside, settings):
    settings.SANDBOX = True
    ask_witnesses()
    assert not Witness.objects.exists()
    settings.SANDBOX = False
    ask_witnesses()
    assert Witness.objects.get().signed_at


def test_a_witness_with_another_key_does_not_count(outside, settings, tmp_path):
    stranger = OutsideWitness("w.example/1", tmp_path / "other.key", tmp_path / "2", [log_key()])
    url, _, _ = settings.WITNESSES[0].partition(" ")
    settings.WITNESSES = [f"{url} {stranger.key.vkey}"]
    ask_witnesses()
    assert checkpoints.newest_checkpoint(witnesses=1) is None


@pytest.mark.parametrize("text", ["", "https://w.example", "https://w.example nonsense", "w vkey"])
def test_a_malformed_witness_is_an_error(settings, text):
    settings.WITNESSES = [text]
    with pytest.raises(ValueError, match="key"):
        keys.witness_addresses()


def test_a_log_s_key_is_no_witness(settings, publisher, leak):
    run(publisher)
    settings.WITNESSES = [f"https://w.example {log_key().vkey}"]
    with pytest.raises(ValueError, match="is no witness"):
        keys.witness_addresses()
    assert VerifierKey.parse(log_key().vkey).kind == 1


def test_after_a_restore_all_rows_are_looked_at_again(publisher, leak, monkeypatch):
    run(publisher)
    monkeypatch.setattr(restored, "repair", lambda: 1)
    restored.after_migrating(None, apps=apps)
    assert ProofState.objects.get().positions == {}
    assert sequencer.append_rows() == 0
