"""Report missing files, and files that no database row refers to.

With --delete, unreferenced files are moved to the trash and deleted some days later. A file leaves
the trash when a row refers to it again, for example after a restore.
"""

import datetime as dt
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max
from django.utils import timezone

from gasutil import installation
from gasutil.models import Attachment, OrphanedFile

ROOT = "attachments"
GRACE_MINUTES = 60  # a file is stored before its row is, so a younger one may still get one
ALWAYS_ALLOWED_FILES = 5  # whatever share of a small store they are
BATCH_SIZE = 500


class Command(BaseCommand):
    """Report; with `--delete`, move to the trash and empty it."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        grace, days, percent = (
            GRACE_MINUTES,
            settings.FILES_TRASH_DAYS,
            settings.FILES_SWEEP_PERCENT,
        )
        parser.add_argument(
            "--delete",
            action="store_true",
            help="move unreferenced files to the trash, and delete old ones from it",
        )
        parser.add_argument(
            "--grace",
            type=int,
            default=grace,
            help=f"ignore unreferenced files newer than this many minutes ({grace})",
        )
        parser.add_argument(
            "--days", type=int, default=days, help=f"days that a file stays in the trash ({days})"
        )
        parser.add_argument(
            "--percent",
            type=int,
            default=percent,
            help=f"stop if more than this percentage of files is unreferenced ({percent})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep."""
        why_not = installation.why_not_ours() if options["delete"] else ""
        if why_not:
            raise CommandError(why_not)
        stored = set(walk(ROOT))  # before the rows: a file that comes after is not compared
        known = {
            name
            for pair in Attachment.objects.values_list("file", "thumbnail")
            for name in pair
            if name
        }
        for name in sorted(known - stored):
            if not default_storage.exists(name):
                self.stdout.write(f"missing: {name}")
        orphans = modified_before(
            timezone.now() - dt.timedelta(minutes=options["grace"]), stored - known
        )
        if not options["delete"]:
            self._report(orphans)
            return
        swept = self._spare(orphans, options["days"])
        require_small_share(len(swept), len(stored), options["percent"])
        installation.claim_unclaimed_store()
        self._sweep(swept, dt.timedelta(days=options["days"]))

    def _report(self, orphans: Iterable[str]) -> None:
        since = dict(OrphanedFile.objects.values_list("name", "found_at"))
        for name in orphans:
            self.stdout.write(
                f"in the trash since {since[name]:%Y-%m-%d}: {name}"
                if name in since
                else f"unreferenced: {name}"
            )

    def _spare(self, orphans: Mapping[str, dt.datetime], days: int) -> list[str]:
        """Return the files that can't belong to rows that a restore has lost; report the others."""
        newest = Attachment.objects.aggregate(newest=Max("created_at"))["newest"]
        lost_from, lost_until = installation.lost_time(dt.timedelta(days=days))
        swept = []
        for name, modified in orphans.items():
            if newest is None or modified > newest:
                self.stdout.write(f"newer than all rows: {name}")
            elif lost_from <= modified <= lost_until:
                self.stdout.write(f"from the time that the restore lost: {name}")
            else:
                swept.append(name)
        return swept

    def _sweep(self, names: list[str], time_in_trash: dt.timedelta) -> None:
        """Put files into the trash, and delete those that have been there long enough."""
        now = timezone.now()
        since = update_trash(set(names), now)
        for name in names:
            until = since[name] + time_in_trash
            if until <= now:
                default_storage.delete(name)
                OrphanedFile.objects.filter(pk=name).delete()
            self.stdout.write(
                f"deleted: {name}"
                if until <= now
                else f"in the trash until {until:%Y-%m-%d}: {name}"
            )


def modified_before(moment: dt.datetime, names: Iterable[str]) -> dict[str, dt.datetime]:
    """Return the files that were last modified before a moment, each with its time, by name.

    Files that are gone are left out.
    """
    times: dict[str, dt.datetime] = {}
    for name in sorted(names):
        try:
            modified = default_storage.get_modified_time(name)
        except FileNotFoundError:
            continue
        if modified <= moment:
            times[name] = modified
    return times


def require_small_share(orphans: int, files: int, percent: int) -> None:
    """Raise `CommandError` if more files belong to no row than crashes leave behind."""
    if orphans > max(ALWAYS_ALLOWED_FILES, files * percent / 100):
        raise CommandError(
            f"Nothing was deleted: {orphans} of {files} files are unreferenced, which is more than"
            f" {percent} %. Check whether an older backup was restored, or whether this is another"
            " installation's file store. To delete them, use a larger --percent."
        )


def update_trash(orphans: set[str], now: dt.datetime) -> dict[str, dt.datetime]:
    """Put these files into the trash and take all others out; return since when each is there."""
    since = dict(OrphanedFile.objects.values_list("name", "found_at"))
    gone = sorted(since.keys() - orphans)
    for start in range(0, len(gone), BATCH_SIZE):
        OrphanedFile.objects.filter(pk__in=gone[start : start + BATCH_SIZE]).delete()
    new = [OrphanedFile(name=name, found_at=now) for name in sorted(orphans - since.keys())]
    OrphanedFile.objects.bulk_create(new, batch_size=BATCH_SIZE, ignore_conflicts=True)
    return since | {file.name: now for file in new}


def walk(folder: str) -> Iterator[str]:
    """Yield the files below a folder of the store."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    yield from (f"{folder}/{name}" for name in files if name)
    for name in folders:
        yield from walk(f"{folder}/{name}")
