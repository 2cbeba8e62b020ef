"""Write time stamps of the log, and what they stamp, to a folder.

`openssl ts -verify` checks them without this program.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gasutil.models import CheckpointTimestamp
from gasutil.proof.timestamps import stamped_bytes


class Command(BaseCommand):
    """Write time stamps to a folder."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--last", action="store_true", help="the newest time stamp alone, instead of all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files, and print how many time stamps there are."""
        folder = options["folder"]
        stamps = CheckpointTimestamp.objects.select_related("checkpoint").order_by("-checkpoint")
        number = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for stamp in stamps[:1] if options["last"] else stamps.iterator():
                path = folder / f"{stamp.checkpoint_id}.checkpoint"
                path.write_bytes(stamped_bytes(stamp.checkpoint))
                path.with_suffix(".tsr").write_bytes(bytes(stamp.response))
                number += 1
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"{number} time stamps are in {folder}."))
