"""Check the whole history against what was signed of it.

Exits with 1 if anything differs, and names the first row of each kind of problem.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gasutil.models import LogKey, ProofState
from gasutil.proof import proof_status, timestamps
from gasutil.proof.checking import Checker, tables_without_triggers
from gasutil.proof.notes import PublicKey, read_checkpoint


class Command(BaseCommand):
    """Check the whole history."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            default=[],
            help="a checkpoint that was stored outside; several are possible",
        )

        parser.add_argument(
            "--key",
            action="append",
            help="a vkey of the log that you trust, instead of those in the database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and print the result."""
        keys = trusted_keys(options["key"])
        kept = dict(read_kept(path, keys) for path in options["checkpoint"])
        checker = Checker(keys, kept=kept, progress=self.show_progress)
        problems = checker.check()
        if sys.stderr.isatty():
            self.stderr.write("")
        for table in tables_without_triggers():
            self.stderr.write(
                self.style.WARNING(f"The table {table} lacks a trigger against changes.")
            )
        if number := timestamps.unchecked():
            warning = f"{number} time stamps are not checked: TIMESTAMP_CA_FILE is not set."
            self.stderr.write(self.style.WARNING(warning))
        for problem in problems:
            self.stdout.write(self.style.ERROR(f"{problem.kind}: {problem.message}"))
        if problems:
            raise CommandError(f"{len(problems)} kinds of problems in {checker.size} rows.")
        proof_status.note_verified(checker.size, checker.now)
        self.stdout.write(self.style.SUCCESS(f"{checker.size} rows are as they were signed."))

    def show_progress(self, size: int) -> None:
        """Show how many rows were checked, on a terminal."""
        state = ProofState.objects.filter(pk=1).first()
        if sys.stderr.isatty() and state and state.size:
            done = "#" * (40 * size // state.size)
            self.stderr.write(f"\r[{done:<40}] {size} of {state.size} rows", ending="")


def trusted_keys(vkeys: Sequence[str] | None) -> list[PublicKey]:
    """Return the keys that an option names, or else those of the database.

    Raises:
        CommandError: one is malformed.
    """
    try:
        return [
            PublicKey.parse(vkey) for vkey in vkeys or LogKey.objects.values_list("vkey", flat=True)
        ]
    except ValueError as error:
        raise CommandError(str(error)) from error


def read_kept(path: Path, keys: Sequence[PublicKey]) -> tuple[int, bytes]:
    """Return the size and the root of a checkpoint that was stored outside.

    Raises:
        CommandError: it can't be read, or no key of this log has signed it.
    """
    try:
        return read_checkpoint(path.read_text(encoding="utf-8"), keys)
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from error
