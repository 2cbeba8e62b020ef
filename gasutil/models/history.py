"""The author and the reason of a change, for the row that simple-history writes."""

from typing import TypeVar

from django.db.models import Model

from gasutil.models.accounts import User

M = TypeVar("M", bound=Model)


def signed(obj: M, author: User | None, reason: str) -> M:
    """Note on an object who saves or deletes it next, None for the system, and why."""
    obj._history_user = author  # type: ignore[attr-defined]  # simple-history reads both
    obj._change_reason = reason  # type: ignore[attr-defined]
    return obj
