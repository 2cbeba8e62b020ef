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
GRACE = 60  # minutes: a file is kept before its row is, so one so young may still get one


class Command(BaseCommand):
    """Report, and with `--delete` mend."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--delete", action="store_true", help="delete the files that belong to no row")
        parser.add_argument("--grace", type=int, default=GRACE, help=f"minutes that a file may be without a row ({GRACE})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep."""
        kept = set(walk(ROOT))  # before the rows: a file that comes after is not asked about
        known = {name for pair in Attachment.objects.values_list("file", "thumbnail") for name in pair if name}
        for name in sorted(known - kept):
            if not default_storage.exists(name):
                self.stdout.write(f"missing: {name}")
        newest = timezone.now() - dt.timedelta(minutes=options["grace"])
        for name in sorted(kept - known):
            if not is_older(name, newest):
                continue
            if options["delete"]:
                default_storage.delete(name)
            self.stdout.write(f"{'deleted' if options['delete'] else 'of no row'}: {name}")


def is_older(name: str, than: dt.datetime) -> bool:
    """Return whether a file was kept before a moment; one that is gone by now was not."""
    try:
        return default_storage.get_modified_time(name) <= than
    except FileNotFoundError:
        return False


def walk(folder: str) -> Iterator[str]:
    """Yield the files below a folder of the store."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever kept
        return
    yield from (f"{folder}/{name}" for name in files if name)
    for name in folders:
        yield from walk(f"{folder}/{name}")
