"""Reads a public log over HTTP: checkpoints and tiles of hashes (c2sp.org/tlog-tiles).

All hashes are computed again from the leaves; nothing that the server says about inner nodes is
believed.
"""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

from gasutil_verify.errors import VerificationError
from gasutil_verify.merkle import HASH_BYTES, Range

TILE_WIDTH = 256
TIMEOUT_SECONDS = 30
MAX_RESPONSE_BYTES = 64 * 1024


def fetch(url: str) -> bytes:
    """Return what a URL of the log responds.

    Raises:
        VerificationError: it does not respond, or not with what fits.
    """
    if not url.startswith(("https://", "http://")):
        raise VerificationError("The log's URL starts with https:// or http://.")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            content: bytes = response.read(MAX_RESPONSE_BYTES + 1)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise VerificationError(f"{url} did not respond: {error}") from None
    if len(content) > MAX_RESPONSE_BYTES:
        raise VerificationError(f"The response of {url} is too long.")
    return content


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile.

    Its number is in groups of three digits, with `x` before all but the last.
    """
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    path = f"tile/{level}/{'/'.join(groups)}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def leaves(url: str, size: int) -> Iterator[bytes]:
    """Yield the hashes of the first leaves of a log, tile by tile.

    Raises:
        VerificationError: a tile is missing or has another length.
    """
    for start in range(0, size, TILE_WIDTH):
        width = min(TILE_WIDTH, size - start)
        path = tile_path(0, start // TILE_WIDTH, width)
        content = fetch(f"{url.rstrip('/')}/{path}")
        if len(content) != width * HASH_BYTES:
            raise VerificationError(f"{path} does not have {width} hashes.")
        for offset in range(0, len(content), HASH_BYTES):
            yield content[offset : offset + HASH_BYTES]


def check_leaves(
    hashes: Iterator[bytes],
    roots: dict[int, bytes],
    progress: Callable[[int], None] = lambda size: None,
) -> None:
    """Check that the log had each of these roots at its size.

    Args:
        hashes: the hashes of all leaves up to the largest size.
        roots: size → root.
        progress: called with the number of leaves after each tile.

    Raises:
        VerificationError: a root differs, or leaves are missing.
    """
    tree, wanted = Range(), max(roots)
    _check_root(tree, roots)
    for leaf in hashes:
        tree.append(leaf)
        _check_root(tree, roots)
        if tree.size % TILE_WIDTH == 0:
            progress(tree.size)
    if tree.size < wanted:
        raise VerificationError(f"The log has {tree.size} leaves; a checkpoint says {wanted}.")


def _check_root(tree: Range, roots: dict[int, bytes]) -> None:
    root = roots.get(tree.size)
    if root is not None and root != tree.root():
        raise VerificationError(
            f"The leaves of the log do not have the root that was signed at size {tree.size}."
        )
