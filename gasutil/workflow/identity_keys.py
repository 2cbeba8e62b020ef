"""The keys that limit one user name and one mailbox to one account.

They are for accounts that were made before there were keys.
"""

from typing import Any

from django.db.models import Q

from gasutil.models import User
from gasutil.models.identifiers import email_key, username_key

BATCH_SIZE = 500
KEYS = (("username", "username_key", username_key), ("email", "email_key", email_key))


def fill_identity_keys(model: Any = User) -> None:
    """Fill the keys of every account, in batches.

    Where two accounts collide, the older one gets the key and the other none.
    """
    last = 0
    missing = Q(username_key=None) | Q(email_key=None) & ~Q(email="")
    while rows := list(model.objects.filter(missing, pk__gt=last).order_by("pk")[:BATCH_SIZE]):
        for field, column, key_of in KEYS:
            _fill_column(
                model, [row for row in rows if getattr(row, column) is None], field, column, key_of
            )
        last = rows[-1].pk


def _fill_column(model: Any, rows: list[Any], field: str, column: str, key_of: Any) -> None:
    keys = {row.pk: key_of(getattr(row, field)) for row in rows}
    taken = set(
        model.objects.filter(**{f"{column}__in": set(keys.values())}).values_list(column, flat=True)
    )
    changed = []
    for row in rows:
        if keys[row.pk] and keys[row.pk] not in taken:
            setattr(row, column, keys[row.pk])
            taken.add(keys[row.pk])
            changed.append(row)
    model.objects.bulk_update(changed, [column])


def collisions() -> list[tuple[User, User]]:
    """Return the accounts without a key, each with the account that it collides with.

    The two share a user name or an address.
    """
    result = []
    for user in User.objects.filter(
        Q(username_key=None) | Q(email_key=None) & ~Q(email="")
    ).order_by("pk"):
        keys = Q(username_key=username_key(user.username)) | Q(
            email_key=email_key(user.email or "-")
        )
        result += [(user, other) for other in User.objects.filter(keys).exclude(pk=user.pk)]
    return result
