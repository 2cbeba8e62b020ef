"""The Merkle tree, against the vectors of certificate transparency and an independent verifier."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gasutil.proof import tree
from gasutil_verify import merkle
from gasutil_verify.errors import VerificationError

LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOT_STARTS = ["6e340b9c", "fac54203", "aeb6bcfe", "d37ee418"]
ROOT_OF_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
INCLUSION_5_OF_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    INCLUSION_5_OF_8[1],
    INCLUSION_5_OF_8[2],
]
SIZES = st.integers(1, 1400)


def tiles_of(hashes: Sequence[bytes]) -> tree.Tiles:
    """Return the tiles of a tree of these leaves, each computed from the leaves alone."""

    def tile(level: int, number: int) -> Sequence[bytes]:
        width = tree.TILE_WIDTH**level
        complete = len(hashes) // width
        numbers = range(number * 256, min(complete, (number + 1) * 256))
        return [tree.complete_root(hashes[at * width : (at + 1) * width]) for at in numbers]

    return tile


def leaf(number: int) -> bytes:
    return tree.leaf_hash(number.to_bytes(4))


HASHES = [leaf(number) for number in range(1400)]


def test_it_works():
    tiles = tiles_of([tree.leaf_hash(entry) for entry in LEAVES])
    assert tree.root(tiles, 8).hex() == ROOT_OF_8
    assert [each.hex() for each in tree.inclusion_proof(tiles, 5, 8)] == INCLUSION_5_OF_8
    assert [each.hex() for each in tree.consistency_proof(tiles, 6, 8)] == CONSISTENCY_6_TO_8


@pytest.mark.parametrize("module", [tree, merkle], ids=["server", "verifier"])
def test_it_has_the_roots_of_certificate_transparency(module):
    assert [_root(module, LEAVES[:size])[:8] for size in range(1, 5)] == ROOT_STARTS
    assert _root(module, LEAVES) == ROOT_OF_8
    assert _root(module, []) == hashlib.sha256(b"").hexdigest()


def _root(module, entries):
    growing = module.Range()
    for entry in entries:
        growing.append(module.leaf_hash(entry))
    return growing.root().hex()


@settings(max_examples=60, deadline=None)
@given(SIZES, st.data())
def test_its_inclusion_proofs_are_accepted_and_nothing_else_is(size, data):
    index = data.draw(st.integers(0, size - 1))
    tiles = tiles_of(HASHES[:size])
    root, proof = tree.root(tiles, size), tree.inclusion_proof(tiles, index, size)
    merkle.check_inclusion(root, size, index, HASHES[index], proof)
    wrong = data.draw(
        st.sampled_from(
            [(index + 1, proof), (index, [*proof, root]), (index, proof[:-1] or [root])]
        )
    )
    with pytest.raises(VerificationError):
        merkle.check_inclusion(root, size, wrong[0], HASHES[index], wrong[1])


@settings(max_examples=60, deadline=None)
@given(SIZES, st.data())
def test_its_consistency_proofs_are_accepted_and_nothing_else_is(new, data):
    old = data.draw(st.integers(1, new))
    tiles = tiles_of(HASHES[:new])
    roots = tree.root(tiles, old), tree.root(tiles, new)
    proof = tree.consistency_proof(tiles, old, new)
    merkle.check_consistency(roots[0], old, roots[1], new, proof)
    with pytest.raises(VerificationError):
        merkle.check_consistency(roots[0], old, HASHES[0], new, [*proof, HASHES[1]])
    with pytest.raises(VerificationError):
        merkle.check_consistency(HASHES[1], old, roots[1], new, proof)


@settings(max_examples=30, deadline=None)
@given(SIZES)
def test_growing_leaf_by_leaf_comes_to_the_root_of_the_tiles(size):
    growing = tree.Range()
    for each in HASHES[:size]:
        growing.append(each)
    assert growing.root() == tree.root(tiles_of(HASHES[:size]), size)


def test_no_proof_starts_from_an_empty_tree():
    tiles = tiles_of(HASHES[:8])
    with pytest.raises(ValueError, match="can't extend"):
        tree.consistency_proof(tiles, 0, 8)
    with pytest.raises(VerificationError):
        merkle.check_consistency(merkle.EMPTY_ROOT, 0, tree.root(tiles, 8), 8, [])
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion_proof(tiles, 8, 8)
