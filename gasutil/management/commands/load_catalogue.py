"""Add the shipped request types that are missing, such as those that came with an upgrade.

The others stay as managers made them.
"""

from typing import Any

from django.core.management.base import BaseCommand

from gasutil.workflow import default_types


class Command(BaseCommand):
    """Add the types of `fixtures/catalogue.json` that are missing.

    Also give fields and limits to the types that never had any.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing, and say how much that was."""
        added = default_types.load_missing()
        if options["verbosity"]:
            self.stdout.write(f"{added} request types added.")
