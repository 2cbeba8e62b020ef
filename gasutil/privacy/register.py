"""The register of erasures: one file each in the file store, outside the database's backup.

Files are written once and never changed. They have no free text: the numbers of the account and
when it was created, the reason as a code, and the time. After a restore, they tell whose data have
to be erased again.
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from gasutil.models import User

FOLDER = "erasures"


class RegisteredErasure(NamedTuple):
    """An entry of the register. An account is named by its ID and the time of its creation.

    After a restore, another account may have the ID.
    """

    user: int
    joined_at: str
    reason: str
    erased_at: str


def register(user: User, reason: str, now: dt.datetime) -> None:
    """Add an erasure to the register, unless it has it."""
    name = f"{FOLDER}/{user.pk}-{user.date_joined:%Y%m%d%H%M%S%f}.json"
    if not default_storage.exists(name):
        entry = RegisteredErasure(user.pk, user.date_joined.isoformat(), reason, now.isoformat())
        default_storage.save(name, ContentFile(json.dumps(entry._asdict()).encode()))


def registered_erasures() -> Iterator[RegisteredErasure]:
    """Yield the entries of the register."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in sorted(names):
        with default_storage.open(f"{FOLDER}/{name}") as file:
            yield RegisteredErasure(**json.loads(file.read()))
