"""The API's customers and staff, for support and machine accounts.

Each read of customers is recorded.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, When
from django.http import HttpRequest

from gasutil import access
from gasutil.access import Actor
from gasutil.api.framework.expansion import Row
from gasutil.dynamic_forms import special_care
from gasutil.identity.security_log import record_event
from gasutil.models import (
    Effect,
    RequestField,
    RequestType,
    SecurityEventType,
    ServiceRequest,
    Team,
    User,
    UserType,
)
from gasutil.models.accounts import UNCLAIMED_PREFIX, settled_at
from gasutil.search.query import search_people


def customers(rows: "QuerySet[User]") -> "QuerySet[User]":
    """Return the customers among the accounts."""
    return rows.filter(user_type=UserType.CUSTOMER, is_superuser=False)


def staff(rows: "QuerySet[User]") -> "QuerySet[User]":
    """Return the accounts to which requests can be assigned."""
    return rows.filter(pk__in=access.representatives().order_by().values("pk"))


def search_customers(actor: Actor, rows: "QuerySet[User]", text: str) -> "QuerySet[User]":
    """Return the customers that a phone number, a name or an email address matches."""
    return search_people(rows, text)


def with_phone_number(rows: "QuerySet[User]", number: str) -> "QuerySet[User]":
    """Return the customers with a phone number; it goes by the index that the search has."""
    return search_people(rows, number).filter(phone_number=number)


def with_email(rows: "QuerySet[User]", email: str) -> "QuerySet[User]":
    """Return the customer with an email address, in any spelling of it."""
    return rows.filter(settled_at(email))


def record_read(actor: Actor, request: HttpRequest, ids: Sequence[int]) -> None:
    """Record which customers' data a call returns; it returns nothing if that can't be stored."""
    record_event(
        SecurityEventType.CUSTOMERS_READ,
        user=actor.user,
        request=request,
        is_required=True,
        path=request.path,
        customers=list(ids),
        machine_account=actor.machine and actor.machine.pk,
    )


def name_of(row: Mapping[str, Any]) -> str:
    """Return the name of an account (its columns by name), as it is shown everywhere."""
    name, username = f"{row['first_name']} {row['last_name']}".strip(), str(row["username"])
    return name or ("" if username.startswith(UNCLAIMED_PREFIX) else username)


def email_of(row: Mapping[str, Any]) -> str:
    """Return the email address that is settled, not one that is yet to be confirmed."""
    return str(row["previous_email"] or row["new_email"])


# --- What customers need
# --------------------------------------------------------------------------------------------------
@dataclass
class Standing:
    """What to know before a visit to a customer."""

    special_care: list[str] = field(default_factory=list)
    do_not_disconnect: bool = False


def add_standings(actor: Actor, rows: Sequence[Row]) -> None:
    """Add to customers what special care they need, and whether they must not be disconnected."""
    result = standings([row["id"] for row in rows])
    for row in rows:
        row.update(vars(result.get(row["id"], Standing())))


def standings(ids: Collection[int]) -> Mapping[int, Standing]:
    """Return the standing of customers, from the types and answers of their open requests."""
    result: Mapping[int, Standing] = defaultdict(Standing)
    answered = []
    for customer, effect, code, form, details in _open_requests(ids):
        result[customer].do_not_disconnect |= effect == Effect.DISPUTE
        if form and details:
            answered.append((customer, code, form, details))
    for customer, texts in _special_care(answered):
        care = result[customer].special_care
        care += [text for text in texts if text not in care]
    return result


def _open_requests(ids: Collection[int]) -> QuerySet[Any]:
    """Return the open requests of customers, with the form if its type marks special care."""
    code = Case(When(filed_as="", then=F("request_type")), default=F("filed_as"))
    forms = RequestType.history.filter(
        code=OuterRef("answers_code"), version=OuterRef("schema_version")
    ).order_by("-history_id")
    marks = RequestField.objects.filter(
        request_type__code=OuterRef("answers_code"), marks_care=True
    )
    form = Case(When(Exists(marks), then=Subquery(forms.values("form")[:1])))
    rows = ServiceRequest.objects.filter(customer__in=ids, is_open=True).order_by("pk")
    rows = rows.annotate(answers_code=code).annotate(answers_form=form)
    columns = ("customer", "request_type__effect", "answers_code", "answers_form", "details")
    return rows.values_list(*columns)


def _special_care(
    answered: Sequence[tuple[int, str, list[Any], dict[str, Any]]],
) -> list[tuple[int, list[str]]]:
    """Return what needs special care by each customer's answers, with one query for all."""
    marks: dict[str, list[RequestField]] = defaultdict(list)
    codes = {code for _, code, _, _ in answered}
    if codes:
        for row in RequestField.objects.filter(
            request_type__code__in=codes, marks_care=True
        ).select_related("request_type"):
            marks[row.request_type.code].append(row)
    return [
        (customer, special_care(form, details, marks[code]))
        for customer, code, form, details in answered
    ]


# --- Teams of staff
# --------------------------------------------------------------------------------------------------
def add_teams(actor: Actor, rows: Sequence[Row]) -> None:
    """Add to members of staff the teams that they are in."""
    teams: dict[int, list[Row]] = defaultdict(list)
    for person, pk, name in Team.objects.filter(
        members__in=[row["id"] for row in rows]
    ).values_list("members", "pk", "name"):
        teams[person].append({"id": pk, "name": name})
    for row in rows:
        row["teams"] = teams[row["id"]]
