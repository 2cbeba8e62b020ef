"""A restored database: it goes on from the copy in the file store, and every proof stays valid."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from gasutil.access import Actor
from gasutil.models import (
    Checkpoint,
    Leaf,
    LogKey,
    LogName,
    LogStatement,
    ProofState,
    RequestUpdate,
    TreeNode,
)
from gasutil.proof import checkpoints
from gasutil.proof.checking import Checker
from gasutil.proof.keys import create_key_file
from gasutil.proof.notes import PublicKey
from gasutil.proof.publisher import Publisher
from gasutil.proof.recovery import NotRecoverable, lost_leaves, recover
from gasutil.workflow import requests
from gasutil_verify.proofs import verify_proof
from tests.support.proof import log_key, root_of_leaves

pytestmark = pytest.mark.usefixtures("rewritable_histories")
LOST = 5


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PROOF_KEY_FILE = str(tmp_path / "proof.key")
    create_key_file()


def run():
    publisher = Publisher()
    publisher.publish_requests()
    publisher.publish_others()
    return publisher


@pytest.fixture
def signed(leak):
    """A request with rows that are signed; the last five of them are not in the backup."""
    run()
    for number in range(LOST + 3):
        requests.comment(leak.pk, notes=f"Note {number}", actor=Actor(leak.customer))
    run()
    return leak


@pytest.fixture
def restored(signed):
    """The same database, as a backup of before the last rows has it."""
    backup = ProofState.objects.get().size - LOST
    rows = list(Leaf.objects.filter(index__gte=backup).values_list("row", flat=True))
    for model in (Checkpoint, TreeNode):
        model._base_manager.all().delete()
    Leaf._base_manager.filter(index__gte=backup).delete()
    RequestUpdate._base_manager.filter(pk__in=rows).delete()
    last = RequestUpdate.objects.filter(id=signed.pk).latest("history_id")
    type(signed)._base_manager.filter(pk=signed.pk).update(version=last.version)
    ProofState.objects.update(size=backup)
    return signed


def kinds():
    keys = [PublicKey.parse(vkey) for vkey in LogKey.objects.values_list("vkey", flat=True)]
    return {problem.kind for problem in Checker(keys).check()}


@pytest.fixture
def proof(api, customer, signed):
    return api(customer).get(f"requests/{signed.pk}/proof/").content


def test_it_works(proof, restored, api, customer):
    kept = Checkpoint.objects.count()
    assert "A tree of" in run().problem
    recovered = recover()
    assert (recovered.number, kept) == (LOST, 0)
    assert lost_leaves() == LOST
    assert run().problem == ""
    requests.comment(restored.pk, notes="And on", actor=Actor(customer))
    run()
    assert bytes(Checkpoint.objects.latest("size").root) == root_of_leaves()
    assert kinds() == set()
    verify_proof(proof, log_key())
    verify_proof(api(customer).get(f"requests/{restored.pk}/proof/").content, log_key())


def test_the_log_says_what_was_lost(restored):
    recovered = recover()
    run()
    leaf = Leaf.objects.filter(log=LogName.STATEMENT).latest("index")
    assert LogStatement.objects.get(pk=leaf.row).content == {
        "event": "recovered",
        "from": recovered.first,
        "to": recovered.first + LOST,
    }


def test_no_new_row_has_the_number_of_a_lost_one(restored, customer):
    before = RequestUpdate.objects.latest("history_id").pk
    recover()
    row = requests.comment(restored.pk, notes="And on", actor=Actor(customer))
    assert row.pk > before + LOST


def test_nothing_is_recovered_where_nothing_is_missing(signed):
    with pytest.raises(NotRecoverable, match="Nothing is missing"):
        recover()


def _replace(name, content):
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content))


def test_a_damaged_copy_is_not_used(restored):
    size = checkpoints.stored_size(checkpoints.origin())
    name = f"{checkpoints.TILE_FOLDER}0/000.p/{size}"
    with default_storage.open(name) as file:
        content = file.read()
    _replace(name, content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(NotRecoverable, match="not those that were signed"):
        recover()
    _replace(name, content[:-1])
    with pytest.raises(NotRecoverable, match="is damaged"):
        recover()
    default_storage.delete(name)
    with pytest.raises(NotRecoverable, match="can't be read"):
        recover()
    assert Leaf.objects.count() == ProofState.objects.get().size


def test_a_copy_of_another_history_is_not_used(restored):
    Leaf._base_manager.filter(index=1).update(hash=bytes(32))
    with pytest.raises(NotRecoverable, match="Leaf 1 of this database"):
        recover()


def test_a_checkpoint_that_this_log_has_not_signed_is_not_used(restored):
    with default_storage.open(checkpoints.STORED_CHECKPOINT) as file:
        content = file.read()
    _replace(checkpoints.STORED_CHECKPOINT, content.replace(b"\n", b"\n1", 1))
    with pytest.raises(NotRecoverable, match="can't be used"):
        recover()


def test_the_command_says_how_many_rows_were_lost(restored):
    out = io.StringIO()
    call_command("recover_proof", stdout=out)
    assert out.getvalue().startswith(f"{LOST} rows were lost in the restore.")
    with pytest.raises(CommandError, match="Nothing is missing"):
        call_command("recover_proof")
