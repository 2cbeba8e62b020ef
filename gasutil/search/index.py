"""Update the search index: verbs index what they write.

Rows of an earlier release are indexed later.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q, TextField
from django.db.models.functions import Concat
from django_tasks import task

from gasutil import statements
from gasutil.models import SearchEntry, ServiceRequest, User
from gasutil.search.normalise import index_text
from gasutil.search.type_names import type_mark
from gasutil.statements import Given

BATCH_SIZE = 500
CATCH_UP_PERIOD = dt.timedelta(hours=1)
COLUMNS = ("version", "reference", "identity", "public", "internal")
IDENTITY = ("first_name", "last_name", "username", "email", "previous_email", "phone_number")
SOURCES = (
    "pk",
    "version",
    "reference",
    "description",
    "address",
    "details",
    "request_type__id",
    "incident__reference",
    "incident__title",
)
OUTDATED = Q(search_entry=None) | ~Q(search_entry__version=F("version"))


def add(obj: ServiceRequest, notes: str = "") -> None:
    """Index a new request."""
    source = {name: getattr(obj, name) for name in SOURCES if "__" not in name} | {
        "request_type__id": obj.request_type.pk
    }
    customer = {name: getattr(obj.customer, name) for name in IDENTITY}
    statements.insert_row(
        SearchEntry(service_request=obj, **_columns(source, customer, public=[notes]))
    )


def append(
    obj: ServiceRequest, *, version: int, public: Sequence[str] = (), internal: Sequence[str] = ()
) -> None:
    """Add texts to an entry that is of a version.

    An outdated entry stays so, and is built again later.
    """
    added = {"public": index_text(*public), "internal": index_text(*internal)}
    texts = {name: text for name, text in added.items() if text}
    _append(tuple(texts)).run({"pk": obj.pk, "indexed": version, "version": obj.version} | texts)


@statements.compiled
def _append(names: tuple[str, ...]) -> statements.Write:
    """Return the statement that adds texts to columns of an entry of a version."""
    rows = SearchEntry.objects.filter(pk=Given("pk"), version=Given("indexed"))
    texts = {
        name: Concat(F(name), Given(name, TextField()), output_field=TextField()) for name in names
    }
    return statements.write_update(rows, {"version": Given("version")} | texts)


def rebuild(ids: Collection[int], models: Any = apps) -> None:
    """Build the entries of requests from the database; a migration passes its own models."""
    model = models.get_model("gasutil", "SearchEntry")
    notes, files = _notes(ids, models), _filenames(ids, models)
    references = _references(ids, models)
    customer = [f"customer__{name}" for name in IDENTITY]
    requests = models.get_model("gasutil", "ServiceRequest").objects.filter(pk__in=ids)
    entries = [
        model(
            service_request_id=row["pk"],
            **_columns(
                row,
                {name: row[f"customer__{name}"] for name in IDENTITY},
                public=[*notes[row["pk"], False], *files[row["pk"]]],
                internal=[*notes[row["pk"], True], *references[row["pk"]]],
            ),
        )
        for row in requests.values(*SOURCES, *customer)
    ]
    model.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["service_request"],
        update_fields=list(COLUMNS),
    )


def update_customer(user: User) -> None:
    """Index the names and the number of a customer on their requests.

    Where these are many, this happens in the background.
    """
    if _update_identity(user) == BATCH_SIZE:
        update_customer_later.enqueue(user.pk)


@task()
def update_customer_later(pk: int) -> None:
    """Index the names and the number of a customer on all their requests."""
    user = User.objects.get(pk=pk)
    while _update_identity(user) == BATCH_SIZE:
        pass


def fill_index(models: Any = apps) -> None:
    """Build the entries that are missing or outdated, in batches."""
    last, outdated = 0, models.get_model("gasutil", "ServiceRequest").objects.filter(OUTDATED)
    while ids := list(
        outdated.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]
    ):
        rebuild(ids, models)
        last = ids[-1]


def catch_up(now: dt.datetime) -> None:
    """Index what an earlier release has written lately.

    Call it every few seconds while there may be one.
    """
    since = now - CATCH_UP_PERIOD
    recent = ServiceRequest.objects.filter(OUTDATED, updated_at__gte=since).order_by(
        "updated_at", "pk"
    )
    if ids := list(recent.values_list("pk", flat=True)[:BATCH_SIZE]):
        rebuild(ids)
    changed = User.history.filter(history_date__gte=since, history_type="~").values("id")
    for user in User.objects.filter(pk__in=changed):
        _update_identity(user)


def _update_identity(user: User) -> int:
    """Update the entries of a customer's newest requests, one batch.

    Return how many were outdated.
    """
    identity = index_text(*(getattr(user, name) for name in IDENTITY))
    outdated = SearchEntry.objects.filter(service_request__customer=user).exclude(identity=identity)
    with transaction.atomic():
        ids = list(
            outdated.select_for_update(of=("self",))
            .order_by("-pk")
            .values_list("pk", flat=True)[:BATCH_SIZE]
        )
        if ids:
            SearchEntry.objects.filter(pk__in=ids).update(identity=identity)
    return len(ids)


def _columns(
    row: Mapping[str, Any],
    customer: Mapping[str, str],
    *,
    public: Sequence[str],
    internal: Sequence[str] = (),
) -> dict[str, Any]:
    incident = [row.get("incident__reference") or "", row.get("incident__title") or ""]
    return {
        "version": row["version"],
        "reference": index_text(row["reference"]) + type_mark(row["request_type__id"]),
        "identity": index_text(*customer.values()),
        "public": index_text(
            row["description"], row["address"], *text_values(row["details"]), *public
        ),
        "internal": index_text(*incident, *internal),
    }


def text_values(details: Any) -> Iterator[str]:
    """Return the texts and numbers of answers, which may be nested."""
    if isinstance(details, Mapping):
        details = list(details.values())
    if isinstance(details, list):
        for value in details:
            yield from text_values(value)
    elif isinstance(details, str | int | float) and not isinstance(details, bool):
        yield str(details)


def _notes(ids: Collection[int], models: Any) -> Mapping[tuple[int, bool], list[str]]:
    notes: dict[tuple[int, bool], list[str]] = defaultdict(list)
    rows = (
        models.get_model("gasutil", "RequestUpdate")
        .objects.filter(id__in=ids)
        .exclude(notes="")
        .order_by("history_id")
    )
    for pk, is_internal, text in rows.values_list("id", "is_internal", "notes"):
        notes[pk, is_internal].append(text)
    return notes


def _filenames(ids: Collection[int], models: Any) -> Mapping[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    rows = (
        models.get_model("gasutil", "Attachment")
        .objects.filter(service_request__in=ids)
        .order_by("pk")
    )
    for pk, name in rows.values_list("service_request_id", "filename"):
        names[pk].append(name)
    return names


def _references(ids: Collection[int], models: Any) -> Mapping[int, list[str]]:
    """Return the IDs in other systems; a migration from before they existed has none."""
    references: dict[int, list[str]] = defaultdict(list)
    with suppress(LookupError):
        model = models.get_model("gasutil", "ExternalReference")
        rows = model.objects.filter(service_request__in=ids).order_by("pk")
        for pk, text in rows.values_list("service_request_id", "external_id"):
            references[pk].append(text)
    return references
