"""The provable history in tests: grow the tree, and read what the API gives with the verifier."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import Any

from gasutil.models import Leaf, LogKey
from gasutil.proof import checkpoints, sequencer, tree
from gasutil.proof.keys import create_key_file
from gasutil_verify.notes import VerifierKey


def publish() -> Any:
    """Add all rows to the tree, as a worker does, and sign it; return the checkpoint."""
    create_key_file()
    while sequencer.append_rows() == sequencer.BATCH_SIZE:
        pass
    return checkpoints.sign()


def log_key() -> VerifierKey:
    """Return the key of the log, for the verifier."""
    return VerifierKey.parse(LogKey.objects.latest("pk").vkey)


def root_of_leaves() -> bytes:
    """Return the root of the tree, from all leaves alone."""
    growing = tree.Range()
    for value in Leaf.objects.order_by("index").values_list("hash", flat=True):
        growing.append(bytes(value))
    return growing.root()


@contextmanager
def served(server: BaseServer) -> Iterator[int]:
    """Run a server in a thread, and yield its port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[index]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
