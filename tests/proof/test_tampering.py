"""Eight ways to change the history with full rights on the database, and what detects each.

`docs/proof.md` has the same table. The triggers are off, as for an owner of the tables.
"""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from gasutil.access import Actor
from gasutil.models import (
    Checkpoint,
    Cosignature,
    Leaf,
    LogKey,
    LogName,
    ProofState,
    RequestUpdate,
    ServiceRequest,
    TreeNode,
    Witness,
)
from gasutil.models.append_only import Exemption, exempt
from gasutil.proof import checkpoints, sequencer
from gasutil.proof.checking import Checker
from gasutil.proof.erasure import erase_values
from gasutil.proof.notes import PublicKey
from gasutil.proof.witnesses import ask_witnesses
from gasutil.workflow import requests
from gasutil_verify.errors import VerificationError
from gasutil_verify.notes import VerifierKey
from gasutil_verify.proofs import verify_proof
from gasutil_verify.witness import Witness as OutsideWitness
from gasutil_verify.witness import WitnessServer
from tests.support.proof import log_key, publish, served
from tests.support.requests import file_request

pytestmark = pytest.mark.usefixtures("rewritable_histories")


@pytest.fixture
def story(leak, support):
    """A request with some rows, signed in two checkpoints."""
    for number in range(3):
        requests.comment(leak.pk, notes=f"Reading {number}", actor=Actor(support))
    publish()
    requests.comment(leak.pk, notes="Made safe", actor=Actor(support))
    publish()
    return leak


@pytest.fixture
def witnessed(story, tmp_path, settings):
    """An independent witness, which has signed the newest checkpoint."""
    witness = OutsideWitness("w.example/1", tmp_path / "key", tmp_path / "seen", [log_key()])
    with served(WitnessServer(("127.0.0.1", 0), witness)) as port:
        settings.WITNESSES = [f"http://127.0.0.1:{port} {witness.key.vkey}"]
        ask_witnesses()
        yield witness


def kinds(**options):
    keys = [PublicKey.parse(vkey) for vkey in LogKey.objects.values_list("vkey", flat=True)]
    return {problem.kind for problem in Checker(keys, **options).check()}


def rows_of(obj):
    return list(RequestUpdate.objects.filter(id=obj.pk).order_by("history_id"))


def change(row, **values):
    RequestUpdate._base_manager.filter(pk=row.pk).update(**values)


def start_again(*, rows_too=False):
    """Sign the tree again with the same key, as a thief could."""
    for model in (Cosignature, Checkpoint, TreeNode, Leaf):
        model._base_manager.all().delete()
    ProofState.objects.update(size=0, positions={})
    checkpoints.default_storage.delete(checkpoints.STORED_CHECKPOINT)
    return publish()


def test_nothing_is_found_where_nothing_was_changed(witnessed):
    assert kinds() == set()
    assert Witness.objects.get().size == Checkpoint.objects.latest("size").size


def test_1_an_edited_row_differs_from_its_leaf(story):
    change(rows_of(story)[2], notes="Nothing was measured")
    assert kinds() == {"changed"}


@pytest.mark.parametrize("column", ["history_user_id", "occurred_at", "is_internal", "priority"])
def test_1_so_does_any_other_column(story, column):
    row = rows_of(story)[1]
    values = {
        "history_user_id": story.customer_id,
        "occurred_at": row.occurred_at - dt.timedelta(hours=1),
        "is_internal": True,
        "priority": "low",
    }
    change(row, **{column: values[column]})
    assert "changed" in kinds()


def test_2_an_inserted_row_is_older_than_the_checkpoint_before_it(story):
    copy = rows_of(story)[1]
    copy.pk, copy._state.adding = None, True
    copy.history_date -= dt.timedelta(days=1)
    copy.version = 6
    copy.save()
    publish()
    assert "backdated" in kinds()


def test_2_an_inserted_row_that_was_never_added_has_no_leaf(story):
    copy = rows_of(story)[1]
    copy.pk, copy._state.adding = None, True
    copy.history_date -= dt.timedelta(days=1)
    copy.save()
    assert "uncovered" in kinds()


def test_3_a_deleted_row_is_missed(story):
    RequestUpdate._base_manager.filter(pk=rows_of(story)[1].pk).delete()
    assert kinds() == {"deleted", "order"}


def test_3_a_row_that_was_deleted_with_its_leaf_leaves_a_gap(story):
    row = rows_of(story)[1]
    RequestUpdate._base_manager.filter(pk=row.pk).delete()
    Leaf._base_manager.filter(log="request", row=row.pk).delete()
    assert {"gap", "size", "checkpoint"} <= kinds()


def test_4_a_tail_that_was_cut_and_signed_again_is_found_by_the_witness(witnessed, story):
    kept = Checkpoint.objects.latest("size")
    last = rows_of(story)[-1]
    RequestUpdate._base_manager.filter(pk=last.pk).delete()
    ServiceRequest._base_manager.filter(pk=story.pk).update(version=last.version - 1)
    start_again()
    assert "cut" in kinds()
    assert "cut" in kinds(kept={kept.size: bytes(kept.root)})
    Witness.objects.update(size=0)
    ask_witnesses()
    assert Witness.objects.get().is_conflict


def test_5_two_leaves_in_another_order_are_another_tree(story):
    first, second = Leaf.objects.filter(log="request").order_by("index")[1:3]
    columns = ("row", "hash", "salt", "digests")
    values = [{name: getattr(leaf, name) for name in columns} for leaf in (first, second)]
    Leaf._base_manager.filter(pk=first.pk).update(row=None)
    Leaf._base_manager.filter(pk=second.pk).update(**values[0])
    Leaf._base_manager.filter(pk=first.pk).update(**values[1])
    assert {"checkpoint", "order"} <= kinds()


def test_6_rows_that_were_swapped_between_requests_differ(story, customer):
    other = file_request(customer)
    publish()
    change(rows_of(story)[0], id=other.pk)
    assert "changed" in kinds()


def test_7_a_rewritten_history_is_not_the_one_that_was_kept(witnessed, story, api, customer):
    proof = api(customer).get(f"requests/{story.pk}/proof/").content
    kept = Checkpoint.objects.latest("size")
    change(rows_of(story)[2], notes="Nothing was measured")
    forged = start_again()
    assert kinds() == set()
    assert "kept checkpoint" in kinds(kept={kept.size: bytes(kept.root)})
    ask_witnesses()
    assert Witness.objects.get().is_conflict
    assert "witness" in kinds()
    verify_proof(proof, log_key(), [witnessed.key], quorum=0)
    assert forged.size == kept.size
    assert bytes(forged.root) != bytes(kept.root)
    now = api(customer).get(f"requests/{story.pk}/proof/").content
    with pytest.raises(VerificationError, match="of the trusted witnesses"):
        verify_proof(now, log_key(), [witnessed.key])


def test_7_a_stolen_key_does_not_help_without_the_witness_s(witnessed, story):
    change(rows_of(story)[2], notes="Nothing was measured")
    start_again()
    requests.comment(story.pk, notes="And on", actor=Actor(story.customer))
    publish()
    ask_witnesses()
    assert not Cosignature.objects.exists()
    assert Witness.objects.get().error.startswith("422")


def test_8_a_request_that_was_changed_alone_is_not_in_the_state_of_its_last_row(story):
    ServiceRequest._base_manager.filter(pk=story.pk).update(priority="low")
    assert kinds() == {"state"}


def test_8_it_differs_from_the_report(story):
    ServiceRequest._base_manager.filter(pk=story.pk).update(address="Elsewhere")
    assert kinds() == {"state"}


def test_a_checkpoint_that_no_trusted_key_signed_is_found(story):
    stranger = PublicKey("stranger.example/log/1", 1, bytes(32))
    assert {problem.kind for problem in Checker([stranger]).check()} == {"signature"}


def test_a_wrong_node_is_found(story, monkeypatch):
    TreeNode.objects.create(level=1, number=0, hash=bytes(32))
    monkeypatch.setattr(sequencer.tree, "TILE_HEIGHT", 2)
    monkeypatch.setattr(sequencer.tree, "TILE_WIDTH", 4)
    assert "node" in kinds()


def test_the_command_names_the_row_and_exits_with_1(story, tmp_path):
    out = io.StringIO()
    call_command("verify_history", stdout=out)
    assert "rows are as they were signed" in out.getvalue()
    row = rows_of(story)[2]
    change(row, notes="Nothing was measured")
    with pytest.raises(CommandError, match="1 kinds of problems"):
        call_command("verify_history", stdout=out)
    assert f"Row {row.pk} of the history 'request', request {story.pk}," in out.getvalue()


def test_the_command_compares_with_a_checkpoint_from_outside(story, tmp_path):
    kept = tmp_path / "kept"
    kept.write_text(checkpoints.as_note(Checkpoint.objects.latest("size")))
    change(rows_of(story)[2], notes="Nothing was measured")
    start_again()
    call_command("verify_history", stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("verify_history", "--checkpoint", str(kept), stdout=io.StringIO())
    kept.write_text("nonsense")
    with pytest.raises(CommandError, match="no checkpoint that this log has signed"):
        call_command("verify_history", "--checkpoint", str(kept), stdout=io.StringIO())
    with pytest.raises(CommandError, match="name\\+id\\+base64"):
        call_command("verify_history", "--key", "nonsense", stdout=io.StringIO())


def test_both_sides_name_the_same_key(story):
    assert VerifierKey.parse(LogKey.objects.get().vkey) == log_key()


@pytest.mark.parametrize(
    ("column", "value"), [("notes", "Nobody smelled anything"), ("ip", "192.0.2.7")]
)
def test_text_in_an_erased_row(story, column, value):
    row = RequestUpdate.objects.filter(id=story.pk).latest("history_id")
    with transaction.atomic(), exempt(Exemption.ERASURE):
        erase_values(LogName.REQUEST, [row.pk])
    assert kinds() == set()
    change(row, **{column: value})
    assert kinds() == {"filled"}
