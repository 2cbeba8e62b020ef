"""What of an update a customer may read."""

from typing import Any

from gasutil.access.actors import Actor
from gasutil.models import (
    AuthorKind,
)

CUSTOMER_CHANGES = frozenset(
    {
        "status",
        "priority",
        "assigned_to",
        "request_type",
        "respond_by",
        "resolve_by",
        "resolved_at",
    }
)  # the fields of a request that a customer sees, among those that a history tracks


def redact_update(actor: Actor, update: dict[str, Any]) -> None:
    """Remove from an update what the actor may not see of it.

    A customer sees the first names of support representatives, and changes of the fields that they
    can see.
    """
    if actor.is_staff:
        return
    changes = update["changes"].items()
    update["changes"] = {name: values for name, values in changes if name in CUSTOMER_CHANGES}
    if update["author_kind"] == AuthorKind.SUPPORT:
        update["author_name"] = update["first_name"] or None
