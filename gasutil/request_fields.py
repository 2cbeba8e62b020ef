"""A request as JSON: its fields, their columns, and what follows from them.

There is one representation: lists, details, responses and webhooks all use it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.db.models.lookups import In

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.models import ExternalReference, ServiceRequest
from gasutil.models.service_requests import safety_text_in_use
from gasutil.statements import Statement, compiled, given_ids, id_places

REQUEST_FIELDS = (
    "id reference request_type description address details status priority customer assigned_to"
    " created_at updated_at resolved_at respond_by resolve_by is_overdue safety_instructions"
    " version is_emergency is_unverified received_at contact latitude longitude"
    " next_milestone next_due_at references"
)
RENAMED: Mapping[str, str] = {
    "next_due_at": "due_at",
    "stored_received_at": "received_at",
    "how": "contact",
    "safety_text": "safety_instructions",
}
# The columns that others follow from.
HIDDEN_COLUMNS = "due_at milestones stored_received_at how safety_text safety_translations"
COMPUTED: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "safety_instructions": lambda row: safety_text_in_use(
        row["safety_text"], row["safety_translations"]
    ),
    "is_overdue": deadlines.is_overdue,
    "received_at": lambda row: row["stored_received_at"] or row["created_at"],
    "contact": lambda row: row["how"] or None,
    "next_milestone": deadlines.next_milestone,
}


def add_references(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Add the references to requests, with one query; a customer gets none."""
    if not actor.is_staff:
        return
    result: dict[int, list[dict[str, str]]] = defaultdict(list)
    given = given_ids([row["id"] for row in rows])
    for pk, system, external_id, url in _references(len(given)).read(**given):
        result[pk].append({"system": system, "id": external_id, "url": url})
    for row in rows:
        row["references"] = result[row["id"]]


@compiled
def _references(number: int) -> Statement:
    """Return the statement that reads the references of a number of requests."""
    rows = ExternalReference.objects.filter(In(F("service_request_id"), id_places(number)))
    return Statement(
        rows.order_by("system").values_list("service_request", "system", "external_id", "url")
    )


def as_request(actor: Actor, obj: ServiceRequest) -> dict[str, Any]:
    """Return a request as the actor may see it."""
    names = REQUEST_FIELDS.split()
    row = {
        name: _value(obj, RENAMED.get(name, name))
        for name in [*names, *HIDDEN_COLUMNS.split()]
        if name not in COMPUTED and name != "references"
    }
    row |= {name: compute(row) for name, compute in COMPUTED.items()}
    add_references(actor, [row])
    return {name: row[name] for name in names if name in row}


def _value(obj: ServiceRequest, column: str) -> Any:
    field: Any = ServiceRequest._meta.get_field(column)
    return getattr(obj, field.attname)
