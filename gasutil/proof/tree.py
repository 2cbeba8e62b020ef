"""The Merkle tree of RFC 6962, computed from tiles of hashes.

A tile has up to 256 hashes of one level: those of level 0 are of leaves, those of level 1 are of
trees of 256 leaves, and so on. All functions are pure; `Tiles` says where the hashes come from.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import reduce

Tiles = Callable[[int, int], Sequence[bytes]]  # (level, number) → the hashes of a tile
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root above hashes whose number is a power of two."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(*level[at : at + 2]) for at in range(0, len(level), 2)]
    return level[0]


def root(tiles: Tiles, size: int) -> bytes:
    """Return the root of the tree of the first leaves."""
    return _range_root(tiles, 0, size) if size else EMPTY_ROOT


def inclusion_proof(tiles: Tiles, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root of a tree, from the leaf up.

    Raises:
        ValueError: the tree does not have the leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"Leaf {index} is not in a tree of {size} leaves.")
    return _path(tiles, index, 0, size)


def consistency_proof(tiles: Tiles, old_size: int, new_size: int) -> list[bytes]:
    """Return the hashes that prove that a tree extends an older one.

    Raises:
        ValueError: it can't.
    """
    if not 0 < old_size <= new_size:
        raise ValueError(f"A tree of {new_size} leaves can't extend one of {old_size}.")
    return [] if old_size == new_size else _subproof(tiles, old_size, 0, new_size, is_known=True)


def _split(start: int, end: int) -> int:
    """Return where a range of leaves is divided: after the largest power of two that fits."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _range_root(tiles: Tiles, start: int, end: int) -> bytes:
    """Return the root of a range of leaves that is complete, or ends where the tree ends."""
    size = end - start
    if size & (size - 1) == 0:
        return _subtree_root(tiles, start, size)
    middle = _split(start, end)
    return node_hash(_range_root(tiles, start, middle), _range_root(tiles, middle, end))


def _subtree_root(tiles: Tiles, start: int, size: int) -> bytes:
    """Return the root of a complete tree of 2^n leaves, from a part of one tile."""
    height = size.bit_length() - 1
    level, rest = divmod(height, TILE_HEIGHT)
    number, first = divmod(start >> (level * TILE_HEIGHT), TILE_WIDTH)
    return complete_root(tiles(level, number)[first : first + (1 << rest)])


def _path(tiles: Tiles, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = _split(start, end)
    if index < middle:
        return [*_path(tiles, index, start, middle), _range_root(tiles, middle, end)]
    return [*_path(tiles, index, middle, end), _range_root(tiles, start, middle)]


def _subproof(tiles: Tiles, old_end: int, start: int, end: int, *, is_known: bool) -> list[bytes]:
    """Return SUBPROOF of RFC 6962 for the leaves from `start` to `end`.

    Args:
        tiles: the hashes.
        old_end: where the older tree ends.
        start: the first leaf.
        end: the leaf after the last.
        is_known: whether the reader has the root of these leaves of the older tree.
    """
    if old_end == end:
        return [] if is_known else [_range_root(tiles, start, end)]
    middle = _split(start, end)
    if old_end <= middle:
        left = _subproof(tiles, old_end, start, middle, is_known=is_known)
        return [*left, _range_root(tiles, middle, end)]
    right = _subproof(tiles, old_end, middle, end, is_known=False)
    return [*right, _range_root(tiles, start, middle)]


class Range:
    """The roots of the complete trees that the leaves so far form, the largest first.

    It adds leaves and computes the root in memory that grows with the logarithm of their number.
    """

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        current, size = leaf, self.size
        while size & 1:
            current, size = node_hash(self._roots.pop(), current), size >> 1
        self._roots.append(current)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree of all leaves so far."""
        if not self._roots:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self._roots))
