"""Show which installation this database and the store of files belong to.

After a restore, decide it.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gasutil import installation

INSTALLATION_ACTIONS: Mapping[str, tuple[str, Callable[[], object]]] = {
    "take_over": (
        "this database replaces the one that it was restored from; it keeps the store of files",
        installation.take_over,
    ),
    "new_id": (
        "this database is a copy; it gets an ID and needs a store of its own",
        installation.become_new,
    ),
    "claim_store": (
        "the store of files belongs to this installation from now on",
        installation.claim_store,
    ),
}


class Command(BaseCommand):
    """Show the state; decide with one of the options."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        group = parser.add_mutually_exclusive_group()
        for name, (text, _) in INSTALLATION_ACTIONS.items():
            group.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was decided, and show the state."""
        if options["claim_store"] and installation.get_installation().restored_at:
            raise CommandError("First decide with --take-over or --new-id what this database is.")
        for name, (_, action) in INSTALLATION_ACTIONS.items():
            if options[name]:
                action()
        result = installation.get_installation()
        self.stdout.write(f"Installation: {result.key}")
        decision = "restored or copied; use --take-over or --new-id"
        self.stdout.write(f"Database: {decision if result.restored_at else 'in its place'}")
        self.stdout.write(f"Store of files: {installation.store_key() or 'not claimed yet'}")
