"""The tree over the histories: each row once, in an order that never changes."""

import pytest
from django.db.models import Count

from gasutil.access import Actor
from gasutil.models import Checkpoint, Leaf, LogName, ProofState, RequestUpdate, TreeNode, User
from gasutil.proof import checkpoints, sequencer, tree
from gasutil.proof.entries import PROVED_HISTORIES
from gasutil.workflow import requests
from tests.support.proof import publish, root_of_leaves
from tests.support.requests import file_request


def comment(obj, actor, notes="On our way"):
    return requests.comment(obj.pk, notes=notes, actor=Actor(actor))


def rows_of_leaves(log=LogName.REQUEST):
    rows = Leaf.objects.filter(log=log).order_by("index")
    return list(rows.values_list("row", flat=True))


def test_it_works(leak, support):
    assert publish().root == root_of_leaves()
    row = comment(leak, support)
    assert publish().root == root_of_leaves()
    assert rows_of_leaves()[-1] == row.pk
    assert sorted(rows_of_leaves()) == sorted(
        RequestUpdate.objects.values_list("history_id", flat=True)
    )


def test_every_history_is_in_the_tree(leak, manager):
    publish()
    for log, source in PROVED_HISTORIES.items():
        rows = source.model._default_manager.order_by(source.key)
        assert rows_of_leaves(log) == list(rows.values_list(source.key, flat=True)), log


def test_the_first_leaf_says_when_the_log_began(leak):
    publish()
    first = Leaf.objects.get(index=0)
    assert first.log == LogName.STATEMENT
    [statement] = PROVED_HISTORIES[LogName.STATEMENT].rows([first.row])
    assert statement.content["event"] == "began"
    assert statement.content["rows"]["request"] == RequestUpdate.objects.count()


def test_nothing_is_added_twice(leak, support):
    publish()
    size = ProofState.objects.get().size
    assert sequencer.append_rows() == 0
    sequencer.search_again()
    comment(leak, support)
    publish()
    assert ProofState.objects.get().size == size + 1
    twice = Leaf.objects.values("log", "row").annotate(n=Count("index")).filter(n__gt=1)
    assert not twice.exists()


def test_indexes_have_no_gap(leak, support, monkeypatch):
    monkeypatch.setattr(sequencer, "BATCH_SIZE", 3)
    for number in range(10):
        comment(leak, support, f"Note {number}")
    publish()
    indexes = list(Leaf.objects.order_by("index").values_list("index", flat=True))
    assert indexes == list(range(len(indexes)))
    assert ProofState.objects.get().size == len(indexes)


def test_rows_of_a_restored_database_are_found_wherever_they_are(leak, rewritable_histories):
    publish()
    last = Leaf.objects.latest("index").index
    Leaf._base_manager.filter(index=last).delete()
    ProofState.objects.update(size=Leaf.objects.count())
    sequencer.search_again()
    publish()
    assert sorted(rows_of_leaves()) == sorted(
        RequestUpdate.objects.values_list("history_id", flat=True)
    )


@pytest.fixture
def narrow_tiles(monkeypatch):
    """Tiles of 4 hashes, so that few rows make a tree of several levels."""
    monkeypatch.setattr(tree, "TILE_HEIGHT", 2)
    monkeypatch.setattr(tree, "TILE_WIDTH", 4)


def test_inner_nodes_are_stored_as_tiles_fill(leak, support, narrow_tiles, monkeypatch):
    monkeypatch.setattr(sequencer, "BATCH_SIZE", 7)
    for number in range(60):
        comment(leak, support, f"Note {number}")
    publish()
    size = ProofState.objects.get().size
    counts = dict(TreeNode.objects.values_list("level").annotate(n=Count("pk")))
    assert counts == {1: size // 4, 2: size // 16, 3: size // 64}
    assert tree.root(checkpoints.tile_reader(), size) == root_of_leaves()


def test_a_checkpoint_is_signed_only_when_the_tree_has_grown(leak, support):
    first = publish()
    assert publish() == first
    comment(leak, support)
    assert publish().size == first.size + 1
    assert Checkpoint.objects.count() == 2


def test_a_row_that_canonical_json_has_no_form_for_stops_nothing(customer: User):
    obj = file_request(customer)
    type(obj).objects.filter(pk=obj.pk).update(details={"reading": 2**60, "text": "ok"})
    publish()
    row = RequestUpdate.objects.filter(id=obj.pk).latest("history_id")
    assert row.pk in rows_of_leaves()
