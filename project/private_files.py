"""Stored files, readable only by the user of the machine that runs the application."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

OTHER_USERS_MASK = 0o077  # the permissions of the group and of everyone else
SQLITE_SUFFIXES = ("", "-wal", "-shm", "-journal")


def restrict_new_files() -> None:
    """Create files of this process and its children readable by their owner only."""
    os.umask(OTHER_USERS_MASK)


def restrict_stored_files() -> list[Path]:
    """Take the permissions of others from all that is stored.

    Return what another user owns, which can't be changed.
    """
    return [path for root in _roots() for path in _tree(root) if not _restrict(path)]


def _roots() -> list[Path]:
    database = settings.DATABASES["default"]
    roots = [Path(settings.VAR_DIR), Path(settings.STATIC_ROOT), Path(settings.ENV_FILE)]
    if database["ENGINE"].endswith("sqlite3"):
        roots += [Path(f"{database['NAME']}{suffix}") for suffix in SQLITE_SUFFIXES]
    if isinstance(default_storage, FileSystemStorage):
        roots.append(Path(default_storage.location))
    return [root.resolve() for root in roots if root.exists()]


def _tree(root: Path) -> Iterator[Path]:
    """Yield a file, or a folder and everything in it."""
    yield root
    for folder, folders, files in os.walk(root):
        yield from (Path(folder, name) for name in (*folders, *files))


def _restrict(path: Path) -> bool:
    """Take the permissions of others from a file or folder; return whether they have none now.

    Links have no permissions.
    """
    with suppress(FileNotFoundError):  # deleted in between
        mode = path.lstat().st_mode
        if mode & OTHER_USERS_MASK and not stat.S_ISLNK(mode):
            try:
                path.chmod(stat.S_IMODE(mode) & ~OTHER_USERS_MASK)
            except PermissionError:
                return False
    return True
