"""Migrations never rewrite what a leaf contains.

A log is written by the release that had the first complete entries, on a database of its own. All
migrations since then run over it, and the present `verify_history` checks it.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection

from tests.support.databases import database
from tests.support.processes import environment_of, manage, try_manage

# The earliest state that has all columns of entries of version 1: the release of then was the first
# that proved anything, and 0069 adds `has_second_factor` to the history of accounts.
FIRST, VERSION = "0069_second_factor", 1

Environment = dict[str, str]


class ProvedLog(NamedTuple):
    """A log that was written and signed; `copy` yields the environment of a copy of it."""

    copy: Callable[[Path], Any]
    checkpoint: str
    leaves: list[str]


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)]
)
def proved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ProvedLog]:
    """A proved log, as the first release has left it."""
    folder = tmp_path_factory.mktemp("first")
    if request.param == "sqlite":
        yield _written(folder, f"sqlite:///{folder / 'db.sqlite3'}", _copied_file(folder))
        return
    if connection.vendor != "postgresql":
        pytest.skip("Set DATABASE_URL to a PostgreSQL.")
    with database() as url:
        yield _written(folder, url, _copied_database(folder, url))


def _written(folder: Path, url: str, copy: Callable[[Path], Any]) -> ProvedLog:
    environment = _environment(folder, url)
    checkpoint = run(environment, f"write_log({FIRST!r}, {VERSION})")
    return ProvedLog(copy, checkpoint, json.loads(run(environment, "leaves()")))


def _copied_file(folder: Path) -> Callable[[Path], Any]:
    @contextmanager
    def copy(target: Path) -> Iterator[Environment]:
        shutil.copytree(folder, target, dirs_exist_ok=True)
        yield _environment(target, f"sqlite:///{target / 'db.sqlite3'}")

    return copy


def _copied_database(folder: Path, url: str) -> Callable[[Path], Any]:
    @contextmanager
    def copy(target: Path) -> Iterator[Environment]:
        shutil.copytree(folder, target, dirs_exist_ok=True)
        with database(template=url.rpartition("/")[2]) as copied:
            yield _environment(target, copied)

    return copy


def _environment(folder: Path, url: str) -> Environment:
    return environment_of(
        DATABASE_URL=url, MEDIA_ROOT=str(folder / "files"), PROOF_KEY_FILE=str(folder / "proof.key")
    )


def run(environment: Environment, call: str) -> str:
    """Call a function of `historic_log` in a process of its own, and return what it returns."""
    code = f"from tests.support import historic_log; print(historic_log.{call}, end='')"
    return manage("shell", "-v0", "-c", code, environment=environment)


def verify(environment: Environment, folder: Path, checkpoint: str) -> tuple[int, str]:
    """Check the history, also against the checkpoint that the first release signed."""
    kept = folder / "kept"
    kept.write_text(checkpoint.removesuffix("\n"), encoding="utf-8")
    result = try_manage("verify_history", "--checkpoint", str(kept), environment=environment)
    return result.returncode, result.stdout


def test_a_log_of_the_first_release_is_verified_after_all_migrations(proved, tmp_path):
    with proved.copy(tmp_path) as environment:
        run(environment, "upgrade()")
        leaves = json.loads(run(environment, "leaves()"))
        assert leaves[: len(proved.leaves)] == proved.leaves
        assert verify(environment, tmp_path, proved.checkpoint) == (
            0,
            f"{len(leaves)} rows are as they were signed.\n",
        )


@pytest.mark.parametrize(
    ("log", "column", "value"),
    [
        ("request", "notes", "Rewritten"),
        ("account", "email", "other@example.com"),
        ("webhook", "history_type", "+"),
    ],
)
def test_a_migration_that_rewrites_a_proved_column_is_found(proved, tmp_path, log, column, value):
    with proved.copy(tmp_path) as environment:
        row = run(environment, f"rewrite({FIRST!r}, {log!r}, {column!r}, {value!r})")
        run(environment, "upgrade()")
        status, output = verify(environment, tmp_path, proved.checkpoint)
    assert (status, len(output.splitlines())) == (1, 1)
    assert output.startswith(f"changed: Row {row} of the history {log!r}")
