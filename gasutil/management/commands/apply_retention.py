"""Erase the personal data of closed requests after the months of their type.

A worker does it once a day. With `--dry-run`, print the counts by type, and change nothing.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gasutil.workflow import retention


class Command(BaseCommand):
    """Announce and erase what is over its time."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option."""
        parser.add_argument("--dry-run", action="store_true", help="Count only.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or erase and print how many."""
        if not options["dry_run"]:
            self.stdout.write(f"Requests erased: {retention.apply()}.")
            return
        rows = retention.count_due()
        for row in rows:
            months = row.request_type.retention_months
            self.stdout.write(
                f"{row.request_type.code} ({months} months): {row.now} due now, {row.soon} in 48"
                " hours"
            )
        if not rows:
            self.stdout.write("No request type has a retention.")
