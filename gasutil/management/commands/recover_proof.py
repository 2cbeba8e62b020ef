"""Let the log of a database that was restored from a backup go on, from the copy in the file store.

The rows are lost; their leaves are not, so that every proof stays valid.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gasutil.proof.recovery import NotRecoverable, recover


class Command(BaseCommand):
    """Add the leaves that a restored database lacks."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Recover, and print how many rows were lost."""
        try:
            recovered = recover()
        except NotRecoverable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{recovered.number} rows were lost in the restore. Their leaves, from"
            f" {recovered.first} on, were recovered: restart the workers."
        )
