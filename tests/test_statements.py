"""Compiled statements are correct for every value and every caller."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Permission
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.lookups import In
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult, get_date_max

from gasutil import access, request_fields, statements
from gasutil.access import Actor
from gasutil.api.framework import list_views
from gasutil.errors import NotFound
from gasutil.models import Login, RequestUpdate, ServiceRequest, User
from gasutil.notify.tasks import send_password_reset
from gasutil.statements import Given, Statement, given_ids, id_places
from gasutil.workflow import requests
from tests.support.api import Api

BEYOND = [2**63, 2**64, -(2**63) - 1, 10**30]


def statement(rows: Any, *, is_fixed: bool = True) -> Statement:
    return Statement(rows, is_fixed=is_fixed)


# --- Values
# --------------------------------------------------------------------------------------------------
def test_it_runs_with_the_values_of_each_call(customer: User, neighbour: User) -> None:
    names = statement(User.objects.filter(pk=Given("pk")).values_list("username"))
    assert [names.read(pk=user.pk) for user in (customer, neighbour)] == [
        [("customer",)],
        [("neighbour",)],
    ]


@pytest.mark.parametrize("number", [0, 1, 2, 3, 20, 100, 130])
def test_it_takes_any_number_of_ids(number: int, customer: User, neighbour: User) -> None:
    wanted = [neighbour.pk, *range(10**6, 10**6 + number)][:number]
    given = given_ids(wanted)
    rows = User.objects.filter(In(F("pk"), id_places(len(given)))).values_list("username")
    assert list(statement(rows).read(**given)) == [("neighbour",)] * bool(number)
    assert len(given) in {0, 1, 2, 4, 32, 128, 256}
    assert set(given.values()) == set(wanted)


@pytest.mark.parametrize(
    "value",
    [
        *({}, {"a": [1, 2.5, None, True, "é \U0001f525"]}, [], "text", 7, {"big": 2**63}),
        pytest.param(
            {"half": "\ud800"},
            marks=pytest.mark.skipif(
                connection.vendor == "postgresql", reason="PostgreSQL can't store it"
            ),
        ),
    ],
)
def test_json_is_what_its_field_makes_of_it(value: Any, leak: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=leak.pk).update(details=value)
    rows = ServiceRequest.objects.filter(pk=Given("pk"))
    expected = ServiceRequest.objects.get(pk=leak.pk).details
    assert statement(rows.values_list("details")).read(pk=leak.pk)[0][0] == expected == value
    assert statement(rows).first(pk=leak.pk).details == expected


def test_references_are_compiled_once(leak: ServiceRequest, support: User) -> None:
    leak.references.create(system="dispatch", external_id="WO-1")
    request_fields.add_references(Actor(support), [{"id": leak.pk}])
    with patch.object(SQLCompiler, "as_sql", side_effect=AssertionError("compiled again")):
        rows: list[dict[str, Any]] = [{"id": leak.pk}]
        request_fields.add_references(Actor(support), rows)
    assert rows[0]["references"] == [{"system": "dispatch", "id": "WO-1", "url": ""}]


def test_references_are_read_with_their_requests(
    leak: ServiceRequest, support: User, customer: User, api: Any
) -> None:
    for system in ("gis", "dispatch"):
        leak.references.create(system=system, external_id="WO-1")
    other = requests.submit(actor=Actor(customer), request_type="no_supply", description="Cold")
    expected = [{"system": name, "id": "WO-1", "url": ""} for name in ("dispatch", "gis")]
    for path in ("requests/", "requests/?ordering=created_at", f"requests/?q={leak.reference}"):
        with CaptureQueriesContext(connection) as queries:
            rows = {row["id"]: row for row in api(support).get(path).json()["results"]}
        assert rows[leak.pk]["references"] == expected
        assert rows.get(other.pk, {"references": []})["references"] == []
        asked = [query["sql"] for query in queries if "gasutil_externalreference" in query["sql"]]
        assert all('FROM "gasutil_servicerequest"' in sql for sql in asked)
        assert asked
    assert api(support).get(f"requests/{leak.pk}/").json()["references"] == expected
    body = {"notes": "Seen"}
    assert api(support).patch(f"requests/{leak.pk}/", body).json()["references"] == expected
    for path in ("requests/", f"requests/{leak.pk}/"):
        assert "references" not in str(api(customer).get(path).json())


def test_it_makes_the_objects_that_the_orm_makes(leak: ServiceRequest) -> None:
    rows = ServiceRequest.objects.select_related("customer", "assigned_to").annotate(
        twice=F("version") * 2
    )
    made, by_orm = statement(rows.filter(pk=Given("pk"))).first(pk=leak.pk), rows.get(pk=leak.pk)
    plain = {name: value for name, value in vars(made).items() if name != "_state"}
    assert plain == {name: value for name, value in vars(by_orm).items() if name != "_state"}
    assert (made._state.adding, made._state.db) == (False, "default")
    with CaptureQueriesContext(connection) as queries:
        assert (made.customer, made.assigned_to) == (leak.customer, None)
    assert len(queries) == 0


def test_it_takes_every_type_of_value(customer: User) -> None:
    login = Login.objects.create(user=customer, current=uuid.uuid4().hex, auth_hash="x")
    by_id = statement(Login.objects.filter(pk=Given("pk")).values_list("current"))
    earlier = statement(Login.objects.filter(created_at__lte=Given("at")).values_list("pk"))
    zone = dt.timezone(dt.timedelta(hours=5, minutes=30))
    assert by_id.read(pk=login.pk) == [(login.current,)]
    assert list(earlier.read(at=login.created_at.astimezone(zone))) == [(login.pk,)]
    assert list(earlier.read(at=login.created_at - dt.timedelta(microseconds=1))) == []
    active = statement(User.objects.filter(is_active=Given("is_active")).values_list("pk"))
    assert (len(active.read(is_active=True)), len(active.read(is_active=False))) == (1, 0)


@pytest.mark.parametrize("number", BEYOND)
def test_no_row_has_a_number_that_no_column_can_have(number: int, customer: User) -> None:
    """The ORM knows that without the database, which raises an error for such a number."""
    rows = statement(User.objects.filter(pk=Given("pk")))
    assert (rows.read(pk=number), rows.first(pk=number)) == ([], None)


@pytest.mark.parametrize("number", [*BEYOND, 2**63 - 1, 2**31, 0, -1])
def test_no_call_fails_for_such_a_number(
    number: int, api: Any, customer: User, support: User
) -> None:
    for user in (customer, support):
        with pytest.raises(NotFound):
            access.find(Actor(user), ServiceRequest, number)
        if number > 0:
            assert api(user).get(f"requests/{number}/").status_code == 404


def test_null_equals_nothing(customer: User) -> None:
    assert statement(ServiceRequest.objects.filter(assigned_to=Given("who"))).read(who=None) == []


def test_rows_that_no_one_may_see_cost_no_query(db: None) -> None:
    rows = statement(ServiceRequest.objects.none())
    with CaptureQueriesContext(connection) as queries:
        assert (rows.read(), rows.first()) == ([], None)
    assert len(queries) == 0


# --- Plans
# --------------------------------------------------------------------------------------------------
@pytest.fixture
def plans(db: None) -> Any:
    """Give the tables of the statements that this connection has prepared."""
    if connection.vendor != "postgresql":
        pytest.skip("Statements are prepared on PostgreSQL.")

    def prepared() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            return {text for (text,) in cursor.fetchall()}

    before = prepared()
    return lambda: prepared() - before


def pages(client: Api, path: str) -> list[int]:
    return [client.get(path).status_code for _ in range(8)]


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("customer", "requests/?page_size=7"),
        ("support", "requests/?page_size=8"),
        ("support", "requests/?page_size=9&ordering=-updated_at"),
        ("support", "request-updates/?page_size=6"),
    ],
)
def test_a_list_that_one_index_serves_is_prepared(
    who: str, path: str, api: Any, plans: Any, request: pytest.FixtureRequest
) -> None:
    assert pages(api(request.getfixturevalue(who)), path) == [200] * 8
    size = int(path.partition("page_size=")[2].partition("&")[0]) + 1
    assert len([text for text in plans() if f"LIMIT {size}" in text]) == 1


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("customer", "requests/?page_size=7&status=pending"),
        ("support", "requests/?page_size=7&assigned_to=me"),
        ("support", "requests/?page_size=7&q=leak"),
        ("customer", "requests/?page_size=7&ordering=priority"),
        ("customer", "request-updates/?page_size=7"),
        ("customer", "attachments/?page_size=7"),
    ],
)
def test_a_list_whose_plan_depends_on_values_is_not_prepared(
    who: str, path: str, api: Any, plans: Any, request: pytest.FixtureRequest
) -> None:
    assert pages(api(request.getfixturevalue(who)), path) == [200] * 8
    assert [text for text in plans() if "LIMIT 8" in text] == []


def test_the_size_of_a_page_is_no_parameter(support: User, api: Any, plans: Any) -> None:
    """PostgreSQL plans a page of unknown size as a tenth of the table."""
    assert pages(api(support), "requests/?page_size=11") == [200] * 8
    assert [text for text in plans() if "LIMIT $" in text] == []


# --- Callers
# --------------------------------------------------------------------------------------------------
def test_no_filter_takes_the_place_of_the_actor() -> None:
    """A resource can have a filter of any name, such as `actor`."""
    values = list_views._values(None, {"actor": 7, "cursor_id": 8, "now": 9})
    del values["now"]  # of the clock
    assert values == {"filter_actor": 7, "filter_cursor_id": 8, "filter_now": 9}


def test_a_row_is_locked_in_a_transaction_only(
    transactional_db: None, customer: User, leak: ServiceRequest
) -> None:
    with transaction.atomic():
        assert access.find(Actor(customer), ServiceRequest, leak.pk, lock=True) == leak
    if connection.features.has_select_for_update:
        with pytest.raises(TransactionManagementError):
            access.find(Actor(customer), ServiceRequest, leak.pk, lock=True)


@pytest.fixture
def ids_of_its_own(db: None) -> Iterator[None]:
    """Forget the ids of the permissions that a test has made, which are rolled back."""
    yield
    access.forget_permission_ids()


def test_migrating_forgets_the_ids_of_permissions(
    ids_of_its_own: None, api: Any, customer: User, leak: ServiceRequest
) -> None:
    """Migrating makes permissions that are missing; they have new ids."""
    paths = ["requests/", f"requests/{leak.pk}/", "request-updates/"]
    client = api(customer)
    assert [client.get(path).status_code for path in paths] == [200] * 3
    Permission.objects.filter(codename__endswith="servicerequest").delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    access.make_owner(customer, leak)
    assert [row["id"] for row in client.get("requests/").json()["results"]] == [leak.pk]
    assert client.get(f"requests/{leak.pk}/").status_code == 200
    assert len(client.get("request-updates/").json()["results"]) == 1


# --- Writing
# --------------------------------------------------------------------------------------------------
def test_a_new_request_has_what_the_database_generates(leak: ServiceRequest) -> None:
    stored = ServiceRequest.objects.get(pk=leak.pk)
    for name in ("pk", "is_open", "urgency", "queue_at"):
        assert getattr(leak, name) == getattr(stored, name)
    assert (leak._state.adding, leak._state.db) == (False, "default")


def test_a_row_of_the_log_has_the_transaction_of_the_database(leak: ServiceRequest) -> None:
    row = RequestUpdate.objects.get(id=leak.pk)
    assert (row.txid > 0) is (connection.vendor == "postgresql")
    assert (row.changed, row.history_type, row.pk) == ("", "+", leak.last_update.pk)


def test_a_given_value_replaces_the_default_of_the_database(leak: ServiceRequest) -> None:
    row = RequestUpdate.objects.get(id=leak.pk)
    row.pk, row.txid, row.changed, row._state.adding = None, 7, "status", True
    statements.insert_row(row)
    stored = RequestUpdate.objects.get(pk=row.pk)
    assert (stored.txid, stored.changed) == (7, "status")


def test_none_of_a_json_column_is_stored_as_the_orm_stores_it(db: None) -> None:
    """The ORM stores NULL, not the null of JSON."""
    task = send_password_reset.enqueue("nobody@example.com")
    assert DBTaskResult.objects.filter(pk=task.id, return_value__isnull=True).exists()
    row = DBTaskResult.objects.get(pk=task.id)
    assert (row.args_kwargs["args"], row.worker_ids) == (["nobody@example.com"], [])
    assert (row.status, row.run_after, row.queue_name) == ("READY", get_date_max(), "default")


def test_an_update_of_a_row_that_is_gone_is_an_error(leak: ServiceRequest) -> None:
    leak.pk += 1
    with pytest.raises(DatabaseError):
        statements.update_row(leak, ["status"])


def test_a_row_can_refer_to_no_object_that_is_not_stored(leak: ServiceRequest) -> None:
    leak.assigned_to = User(username="unsaved")
    with pytest.raises(ValueError, match="unsaved related object"):
        statements.update_row(leak, ["assigned_to"])
