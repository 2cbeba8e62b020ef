"""Erase again the people whom a restored backup has brought back.

Run it after every restore, once a worker has added all rows to the provable history. The register
of erasures in the file store says who they are.
"""

from typing import Any

from django.core.management.base import BaseCommand

from gasutil.workflow import privacy


class Command(BaseCommand):
    """Replay the register of erasures."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, and print how many."""
        count = privacy.replay_erasures()
        self.stdout.write(f"Erased again: {count}.")
