"""Checks the whole history: rows against leaves, leaves against nodes, checkpoints and witnesses.

All hashes are calculated again from the rows. Of each kind of problem, the first is reported.
"""

import base64
import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from gasutil.models import (
    Checkpoint,
    Leaf,
    LogName,
    LogStatement,
    ProofState,
    RequestUpdate,
    ServiceRequest,
    TreeNode,
    Witness,
)
from gasutil.proof import checkpoints, entries, timestamps, tree
from gasutil.proof.checkpoints import KEY_ADDED, KEY_ENDED
from gasutil.proof.commitments import value_digests
from gasutil.proof.entries import PROVED_HISTORIES, ProvedHistory
from gasutil.proof.notes import PublicKey
from gasutil.proof.sequencer import stored_tile
from gasutil.sqlite_triggers import protected_models, trigger_names

CHUNK_LEAVES = 1024
COVER_WITHIN = dt.timedelta(minutes=1)  # a row has its leaf, and its time is that of its commit
STATE = ("status", "priority", "assigned_to_id", "request_type_id", "version", "incident_id")


class HistoryProblem(NamedTuple):
    """The first problem of one kind."""

    kind: str
    message: str


class Checker:
    """One check of the whole history.

    Args:
        keys: the keys of the log that are trusted.
        kept: checkpoints that were stored outside: size → root.
        progress: called with the number of leaves that were checked.
        now: the time of the check.
    """

    def __init__(
        self,
        keys: Sequence[PublicKey],
        *,
        kept: Mapping[int, bytes] | None = None,
        progress: Callable[[int], None] = lambda size: None,
        now: dt.datetime | None = None,
    ) -> None:
        self.keys, self.kept, self.progress = keys, dict(kept or {}), progress
        self.now = now or timezone.now()
        self.problems: dict[str, HistoryProblem] = {}
        self.size = 0
        self._tree = tree.Range()
        self._versions: dict[int, int] = {}
        self._state: dict[int, tuple[Any, ...]] = {}

    def check(self) -> list[HistoryProblem]:
        """Check everything, and return the first problem of each kind."""
        signed = {row.size: row for row in Checkpoint.objects.order_by("size")}
        self._check_signatures(list(signed.values()))
        times = sorted((row.size, row.signed_at) for row in signed.values())
        roots = {size: bytes(row.root) for size, row in signed.items()}
        for leaves in _batches():
            self._check_batch(leaves, times)
            for leaf in leaves:
                self._tree.append(bytes(leaf.hash))
                self._check_root(roots, "checkpoint")
                self._check_root(self.kept, "kept checkpoint")
                self._check_node()
            self.size = self._tree.size
            self.progress(self.size)
        self._check_end(signed)
        self._check_rows_without_leaf()
        self._check_requests()
        if problem := timestamps.first_problem(signed):
            self._found("timestamp", problem)
        return list(self.problems.values())

    def _found(self, kind: str, message: str) -> None:
        self.problems.setdefault(kind, HistoryProblem(kind, message))

    # --- Leaves and their rows
    def _check_batch(
        self, leaves: Sequence[Leaf], times: Sequence[tuple[int, dt.datetime]]
    ) -> None:
        by_log: dict[str, list[Leaf]] = defaultdict(list)
        for number, leaf in enumerate(leaves, self.size):
            if leaf.index != number:
                self._found("gap", f"Leaf {number} is missing.")
                break
        for leaf in leaves:
            if leaf.row is not None:
                by_log[leaf.log].append(leaf)
        for log, of_log in by_log.items():
            self._check_rows(PROVED_HISTORIES[log], of_log, times)

    def _check_rows(
        self,
        source: ProvedHistory,
        leaves: Sequence[Leaf],
        times: Sequence[tuple[int, dt.datetime]],
    ) -> None:
        rows = {row.pk: row for row in source.rows([leaf.row for leaf in leaves if leaf.row])}
        members = entries.members(source, list(rows.values()))
        for leaf in leaves:
            row = rows.get(leaf.row)
            if row is None:
                self._found("deleted", f"{_name(leaf)} was deleted (leaf {leaf.index}).")
                continue
            if entries.hash_of(source, row, leaf, members[row.pk]) != bytes(leaf.hash):
                self._found("changed", f"{_name(leaf, row)} differs from leaf {leaf.index}.")
            self._check_time(leaf, row, times)
            self._check_erased(source, leaf, row)
            if source.log == LogName.REQUEST:
                self._check_version(leaf, row)

    def _check_erased(self, source: ProvedHistory, leaf: Leaf, row: Any) -> None:
        """Check that what was erased is still empty: without its salt, no leaf tells.

        The name of a milestone stays, and the first erasures left the digest of a file.
        """
        gone = getattr(source.model, "erasable", ())
        names = [name for name in gone if name not in (entries.IP, "subject", "sha256")]
        is_filled = leaf.salt is None and any(getattr(row, name) for name in names)
        if is_filled or (leaf.ip_salt is None and getattr(row, entries.IP, None)):
            self._found("filled", f"{_name(leaf, row)} has text again that was erased.")

    def _check_time(self, leaf: Leaf, row: Any, times: Sequence[tuple[int, dt.datetime]]) -> None:
        """Check that a row does not claim to be older than a checkpoint before it."""
        recorded = row.made_at if leaf.log == LogName.STATEMENT else row.history_date
        at = bisect_right(times, leaf.index, key=lambda signed: signed[0])
        if at and recorded < times[at - 1][1] - COVER_WITHIN:
            self._found(
                "backdated",
                f"{_name(leaf, row)} is dated {recorded:%Y-%m-%d %H:%M:%S}, before the checkpoint"
                " that precedes it.",
            )

    def _check_version(self, leaf: Leaf, row: Any) -> None:
        """Check that the versions of each request count up."""
        expected = self._versions.get(row.id, 0) + 1
        if row.version != expected:
            self._found(
                "order",
                f"{_name(leaf, row)} has version {row.version}; version {expected} of the request"
                " was expected.",
            )
        self._versions[row.id] = row.version
        self._state[row.id] = tuple(getattr(row, name) for name in STATE)

    # --- The tree
    def _check_root(self, roots: Mapping[int, bytes], kind: str) -> None:
        root = roots.get(self._tree.size)
        if root is not None and root != self._tree.root():
            self._found(kind, f"The first {self._tree.size} leaves are not those of the {kind}.")

    def _check_node(self) -> None:
        """Check the stored root of each tile that is full now."""
        level, size = 1, self._tree.size
        while size % tree.TILE_WIDTH == 0:
            size //= tree.TILE_WIDTH
            node = TreeNode.objects.filter(level=level, number=size - 1).first()
            hashes = stored_tile(level - 1, size - 1)
            if node is None or bytes(node.hash) != tree.complete_root(hashes):
                self._found("node", f"The node {level}/{size - 1} is wrong or missing.")
            level += 1

    def _check_signatures(self, signed: Sequence[Checkpoint]) -> None:
        """Check that a key signed each checkpoint that had not ended before."""
        ended = _ended_keys()
        for row in signed:
            lines = row.signatures.rstrip("\n").split("\n")
            keys = [
                key for key in self.keys if key.vkey not in ended or row.size <= ended[key.vkey]
            ]
            if not any(key.has_signed(row.text, line) for key in keys for line in lines):
                self._found("signature", f"The checkpoint of {row.size} leaves is not signed.")
            _, size, root = row.text.rstrip("\n").split("\n")
            if (int(size), base64.b64decode(root)) != (row.size, bytes(row.root)):
                self._found("signature", f"The checkpoint of {row.size} leaves has another text.")

    def _check_end(self, signed: Mapping[int, Checkpoint]) -> None:
        """Check that nothing that was signed, stored or witnessed is longer than the tree."""
        state = ProofState.objects.filter(pk=1).first()
        if state and state.size != self.size:
            self._found("size", f"There are {self.size} leaves instead of {state.size}.")
        stored = checkpoints.stored_size(state.origin) if state else 0
        longest = {
            "the newest checkpoint": max(signed, default=0),
            "the checkpoint in the file store": stored,
            "the checkpoint that was kept": max(self.kept, default=0),
            **{
                f"what the witness {witness.name} has seen": witness.size
                for witness in Witness.objects.all()
            },
        }
        for name, size in longest.items():
            if size > self.size:
                self._found("cut", f"There are {self.size} leaves, but {size} in {name}.")
        for name in Witness.objects.filter(is_conflict=True).values_list("name", flat=True):
            self._found("witness", f"The witness {name} has seen another history.")

    # --- What should be in the tree
    def _check_rows_without_leaf(self) -> None:
        for log, source in PROVED_HISTORIES.items():
            leaf = Leaf.objects.filter(log=log, row=OuterRef(source.key)).values("index")[:1]
            time = "made_at" if log == LogName.STATEMENT else "history_date"
            row = (
                source.model._default_manager.filter(**{f"{time}__lt": self.now - COVER_WITHIN})
                .annotate(leaf_index=Subquery(leaf))
                .filter(leaf_index__isnull=True)
                .order_by(source.key)
                .first()
            )
            if row is not None:
                self._found("uncovered", f"Row {row.pk} of the history {log!r} has no leaf.")

    def _check_requests(self) -> None:
        """Check that each request is in the state that its last row states."""
        for obj in ServiceRequest.objects.only("pk", "reference", *STATE).iterator():
            known = self._state.get(obj.pk)
            now = tuple(getattr(obj, name) for name in STATE)
            if known is not None and known != now and not _has_newer_row(obj):
                self._found("state", f"{obj.reference} is not in the state of its last row.")
        self._check_stated()

    def _check_stated(self) -> None:
        """Check that what a request says is what its first row stated."""
        source = PROVED_HISTORIES[LogName.REQUEST]
        leaves = Leaf.objects.filter(log=LogName.REQUEST, salt__isnull=False).exclude(digests={})
        for chunk in _chunks(leaves.order_by("index").iterator()):
            first = [leaf for leaf in chunk if source.stated.keys() <= leaf.digests.keys()]
            rows = source.rows([leaf.row for leaf in first if leaf.row])
            stated, ids = entries.stated(source, rows), {row.pk: row.id for row in rows}
            for leaf in first:
                values = stated.get(leaf.row or 0, {})
                stored = {name: leaf.digests.get(name) for name in source.stated}
                if leaf.salt and value_digests(bytes(leaf.salt), values) != stored:
                    self._found(
                        "state",
                        f"Request {ids.get(leaf.row or 0)} does not say what was reported.",
                    )


def tables_without_triggers() -> list[str]:
    """Return the tables of histories and of the tree that lack a trigger, or whose is disabled."""
    tables = [model._meta.db_table for model in protected_models()]
    if connection.vendor == "sqlite":
        names, parts = trigger_names(connection), ("_UPDATE_", "_DELETE_")
    else:
        names, parts = _enabled_triggers(), ("_", "_truncate_")
    return [
        table for table in tables if not {f"append_only{part}{table}" for part in parts} <= names
    ]


def _enabled_triggers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname || '_' || tgrelid::regclass FROM pg_trigger WHERE tgenabled <> 'D'"
        )
        return {name for (name,) in cursor.fetchall()}


def _ended_keys() -> dict[str, int]:
    """Return the largest tree that each former key has signed.

    As the log states it: its statements are leaves, which the rows of its keys are not.
    """
    ended: dict[str, int] = {}
    for content in LogStatement.objects.order_by("pk").values_list("content", flat=True):
        if content["event"] == KEY_ENDED:
            ended[content["vkey"]] = content["to"]
        elif content["event"] == KEY_ADDED:
            ended.pop(content["vkey"], None)
    return ended


def _batches() -> Iterator[list[Leaf]]:
    """Yield all leaves in their order."""
    last = -1
    while batch := list(Leaf.objects.filter(index__gt=last).order_by("index")[:CHUNK_LEAVES]):
        yield batch
        last = batch[-1].index


def _chunks(leaves: Iterator[Leaf]) -> Iterator[list[Leaf]]:
    chunk: list[Leaf] = []
    for leaf in leaves:
        chunk.append(leaf)
        if len(chunk) == CHUNK_LEAVES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _has_newer_row(obj: ServiceRequest) -> bool:
    """Return whether the tree does not have the last row of a request yet."""
    newest = RequestUpdate.objects.filter(id=obj.pk).order_by("-history_id").first()
    return (
        newest is not None and not Leaf.objects.filter(log=LogName.REQUEST, row=newest.pk).exists()
    )


def _name(leaf: Leaf, row: Any = None) -> str:
    """Return the name of a row, with its request."""
    name = f"Row {leaf.row} of the history {leaf.log!r}"
    return f"{name}, request {row.id}," if row is not None and leaf.log == "request" else name
