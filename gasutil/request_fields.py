"""A request as JSON: its fields, their columns, and what follows from them.

There is one representation: lists, details, responses and webhooks all use it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.db.models import Aggregate, F, JSONField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.db.models.lookups import In

from gasutil import deadlines
from gasutil.access import STAFF, Actor, Role
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
    "references": "reference_list",
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


class ReferenceList(Aggregate):
    """The references of a request as a JSON array."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Write the function of PostgreSQL."""
        return self.as_sql(compiler, connection, function="JSONB_AGG", **extra)


def references_for(role: Role) -> Any:
    """Return the expression of a request's references; a customer sees none."""
    if role not in STAFF:
        return Value(None, output_field=JSONField())
    own = ExternalReference.objects.filter(service_request=OuterRef("pk"))
    each = JSONObject(system="system", id="external_id", url="url")
    listed = Subquery(own.values("service_request").annotate(all=ReferenceList(each)).values("all"))
    return Coalesce(listed, Value([], output_field=JSONField()))


def add_references(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Add the references to requests, with one query for those that were read without them.

    A customer gets none.
    """
    if not actor.is_staff:
        for row in rows:
            row.pop("references", None)
        return
    without = [row for row in rows if row.get("references") is None]
    if without:
        result: dict[int, list[dict[str, str]]] = defaultdict(list)
        given = given_ids([row["id"] for row in without])
        for pk, system, external_id, url in _references(len(given)).read(**given):
            result[pk].append({"system": system, "id": external_id, "url": url})
        for row in without:
            row["references"] = result[row["id"]]
    for row in rows:
        row["references"].sort(key=itemgetter("system"))


@compiled
def _references(number: int) -> Statement:
    """Return the statement that reads the references of a number of requests."""
    rows = ExternalReference.objects.filter(In(F("service_request_id"), id_places(number)))
    return Statement(rows.values_list("service_request", "system", "external_id", "url"))


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
