"""Compare the files that are kept with the rows that they belong to: tell what is missing, and delete what belongs to none."""

import datetime as dt
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from gasutil.models import Attachment

ROOT = "attachments"
YOUNG = dt.timedelta(hours=1)  # a file is kept before its row is: one so young may still get one


class Command(BaseCommand):
    """Report, and with `--delete` mend."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--delete", action="store_true", help="delete the files that belong to no row")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep."""
        kept = set(walk(ROOT))  # before the rows: a file that comes after is not asked about
        known = {name for pair in Attachment.objects.values_list("file", "thumbnail") for name in pair if name}
        for name in sorted(known - kept):
            if not default_storage.exists(name):
                self.stdout.write(f"missing: {name}")
        for name in sorted(kept - known):
            if timezone.now() - default_storage.get_modified_time(name) < YOUNG:
                continue
            if options["delete"]:
                default_storage.delete(name)
            self.stdout.write(f"{'deleted' if options['delete'] else 'of no row'}: {name}")


def walk(folder: str) -> Iterator[str]:
    """Yield the files below a folder of the store."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever kept
        return
    yield from (f"{folder}/{name}" for name in files if name)
    for name in folders:
        yield from walk(f"{folder}/{name}")
