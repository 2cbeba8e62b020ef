"""The Merkle tree of RFC 6962: hashes, inclusion proofs and consistency proofs.

Hashes are 32 bytes of SHA-256. Sizes are numbers of leaves; an index counts from 0.
"""

import hashlib
from collections.abc import Sequence

from gasutil_verify.errors import VerificationError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(
    root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]
) -> None:
    """Check that a leaf is at an index of a tree (RFC 9162, 2.1.3.2).

    Raises:
        VerificationError: the proof does not lead from the leaf to the root.
    """
    _check_hashes(root, leaf, *proof)
    if not 0 <= index < size:
        raise VerificationError(f"Leaf {index} is not in a tree of {size} leaves.")
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise VerificationError("The inclusion proof is too long.")
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise VerificationError("The inclusion proof is too short.")
    if current != root:
        raise VerificationError(f"Leaf {index} is not in the tree of this checkpoint.")


def check_consistency(
    old_root: bytes, old_size: int, new_root: bytes, new_size: int, proof: Sequence[bytes]
) -> None:
    """Check that a tree begins with all leaves of an older one (RFC 9162, 2.1.4.2).

    Raises:
        VerificationError: the newer tree does not contain the older one, or the older one is
            empty: of that, nothing can be proved.
    """
    _check_hashes(old_root, new_root, *proof)
    if not 0 < old_size <= new_size:
        raise VerificationError(f"A tree of {new_size} leaves can't extend one of {old_size}.")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise VerificationError("Two trees of the same size have different roots.")
        return
    found_old, found_new = _roots(old_root, old_size, new_size, proof)
    if (found_old, found_new) != (old_root, new_root):
        raise VerificationError("The newer tree does not begin with the older one.")


def _roots(
    old_root: bytes, old_size: int, new_size: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return both roots that a consistency proof leads to."""
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise VerificationError("The consistency proof is empty.")
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise VerificationError("The consistency proof is too long.")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise VerificationError("The consistency proof is too short.")
    return old, new


def _check_hashes(*hashes: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise VerificationError("A hash does not have 32 bytes.")


class Range:
    """The roots of the complete trees that the leaves so far form, the largest first.

    They are all that is needed to add further leaves and to compute the root: as many hashes as
    the number of leaves has bits that are set.
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
        current = self._roots[-1]
        for root in reversed(self._roots[:-1]):
            current = node_hash(root, current)
        return current
