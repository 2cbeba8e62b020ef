"""Which installation a database and a store of files belong to.

A restored copy must not delete the original's files.
"""

import datetime as dt
import logging
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from gasutil.models import Installation, RequestUpdate

logger = logging.getLogger(__name__)
MARKER = "installation-id"  # the file of the store that holds the key
MAX_KEY_LENGTH = 100
FAR_PAST, FAR_FUTURE = (
    dt.datetime.min.replace(tzinfo=dt.UTC),
    dt.datetime.max.replace(tzinfo=dt.UTC),
)


def current_place() -> str:
    """Return the identity of this database: its cluster and its number there, or its file."""
    if connection.vendor != "postgresql":
        path = Path(connection.settings_dict["NAME"])
        return (
            f"sqlite:{path.resolve()}:{path.stat().st_ino}" if path.exists() else f"sqlite:{path}"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname ="
            " current_database()) FROM pg_control_system()"
        )
        return "postgresql:{}/{}".format(*cursor.fetchone())


def get_installation() -> Installation:
    """Return the installation of this database, registered if it is not yet.

    Note if the database was restored or copied.
    """
    installation, _ = Installation.objects.get_or_create(pk=1, defaults={"place": current_place()})
    if installation.restored_at is None and installation.place != current_place():
        installation = mark_restored()
    return installation


def mark_restored() -> Installation:
    """Note that the database comes from another place.

    Note also which changes are the last that it knows.
    """
    newest = RequestUpdate.objects.aggregate(newest=Max("history_date"))["newest"]
    with transaction.atomic():
        Installation.objects.get_or_create(pk=1, defaults={"place": ""})
        installation = Installation.objects.select_for_update().get(pk=1)
        if installation.restored_at is None:
            installation.restored_at = timezone.now()
            installation.lost_from = min(
                filter(None, (installation.lost_from, newest)), default=None
            )
            installation.save(update_fields=["restored_at", "lost_from"])
    return installation


# --- What an administrator decides
# --------------------------------------------------------------------------------
def take_over() -> Installation:
    """Confirm that this database replaces the one that it was restored from.

    It keeps the key, and so the store.
    """
    return _settle(lost_until=timezone.now())


def lost_time(spared: dt.timedelta) -> tuple[dt.datetime, dt.datetime]:
    """Return the time whose files may belong to rows that a restore has lost.

    An empty one after they were spared for long enough.
    """
    installation = get_installation()
    start, end = installation.lost_from, installation.lost_until
    if start is None or end is None or end + spared < timezone.now():
        return FAR_FUTURE, FAR_PAST
    return start, end


def become_new() -> Installation:
    """Give a copy its own key.

    It is another installation, and does not own the original's store.
    """
    return _settle(key=uuid.uuid4(), lost_from=None, lost_until=None)


def _settle(**values: uuid.UUID | dt.datetime | None) -> Installation:
    get_installation()
    Installation.objects.filter(pk=1).update(place=current_place(), restored_at=None, **values)
    return Installation.objects.get(pk=1)


# --- The store
# --------------------------------------------------------------------------------------------------
def store_key() -> str:
    """Return the key of the installation that the store of files belongs to.

    Empty if none has claimed it.
    """
    try:
        with default_storage.open(MARKER) as file:
            return str(file.read(MAX_KEY_LENGTH).decode(errors="replace")).strip()
    except FileNotFoundError:
        return ""


def claim_store() -> None:
    """Write the key of this installation into the store, whatever installation owned it."""
    key = str(get_installation().key)
    if store_key() == key:
        return
    default_storage.delete(MARKER)
    default_storage.save(MARKER, ContentFile(key.encode()))


def claim_unclaimed_store() -> None:
    """Write the key into a store that no installation has claimed, unless this may be a copy."""
    if not settings.SANDBOX and get_installation().restored_at is None and not store_key():
        claim_store()


def why_not_ours() -> str:
    """Return why the files of the store must not be deleted by this installation.

    Empty if they may.
    """
    if settings.SANDBOX:
        return "SANDBOX is on. A sandbox deletes no files: they may belong to the original."
    installation = get_installation()
    if installation.restored_at is not None:
        return (
            "This database was restored from a backup, or copied. It deletes no files until you"
            " run `manage.py installation` with --take-over or --new-id."
        )
    key = store_key()
    if key and key != str(installation.key):
        return (
            f"The file store belongs to the installation {key}; this database belongs to"
            f" {installation.key}. If this is a copy, give it its own file store. If the store"
            " belongs to this installation, run `manage.py installation --claim-store`."
        )
    return ""


def may_delete_files() -> bool:
    """Return whether this installation may delete files of the store; log why not."""
    why = why_not_ours()
    if why:
        logger.warning("Files are not deleted: %s", why)
    return not why
