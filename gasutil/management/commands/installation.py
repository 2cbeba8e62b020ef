"""Show which installation this database and the file store belong to.

After a restore, the options define what this database is.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gasutil import installation

INSTALLATION_ACTIONS: Mapping[str, tuple[str, Callable[[], object]]] = {
    "take_over": (
        "use this database in place of the one that it was restored from, with the same file store",
        installation.take_over,
    ),
    "new_id": (
        "this database is a copy: give it its own ID; it needs its own file store",
        installation.become_new,
    ),
    "claim_store": (
        "assign the file store to this installation",
        installation.claim_store,
    ),
}


class Command(BaseCommand):
    """Show the state, or change it with one of the options."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        group = parser.add_mutually_exclusive_group()
        for name, (text, _) in INSTALLATION_ACTIONS.items():
            group.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        """Apply the option, and show the state."""
        if options["claim_store"] and installation.get_installation().restored_at:
            raise CommandError(
                "Use --take-over or --new-id first: this database was restored or copied."
            )
        for name, (_, action) in INSTALLATION_ACTIONS.items():
            if options[name]:
                action()
        result = installation.get_installation()
        self.stdout.write(f"Installation: {result.key}")
        decision = "restored or copied; use --take-over or --new-id"
        self.stdout.write(f"Database: {decision if result.restored_at else 'ok'}")
        self.stdout.write(f"File store: {installation.store_key() or 'not claimed yet'}")
