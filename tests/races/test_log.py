"""The triggers of PostgreSQL that keep histories append-only."""

from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import (
    Calendar,
    CannedReply,
    Checkpoint,
    CheckpointTimestamp,
    Cosignature,
    Leaf,
    LogName,
    LogStatement,
    MachineScope,
    RequestUpdate,
    ServiceRequest,
    TreeNode,
    User,
)
from gasutil.models.append_only import Exemption, exempt, histories
from gasutil.models.proof import PROTECTED_TABLES
from gasutil.workflow import access_reviews, incidents, webhooks
from tests.support.databases import empty_database
from tests.support.histories import switch_triggers
from tests.support.machines import make_machine
from tests.support.people import make_team, make_user
from tests.support.processes import environment_of, manage

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
REJECTED = r"The log is append-only\."
# In an order of their own: Django makes those of many-to-many fields in any order.
GUARDED = sorted([*histories(), *PROTECTED_TABLES], key=lambda model: model._meta.label)
IDS = [model.__name__ for model in GUARDED]
CHANGES = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
)
HASH = bytes(32)
FAR_AHEAD = 10**12  # a transaction of another PostgreSQL


@pytest.fixture
def rows(leak: ServiceRequest, support: User) -> None:
    """A row in every history."""
    incidents.open_incident(actor=Actor(support), title="A leak", reports=[leak.pk])
    Calendar.objects.create(name="Office")
    CannedReply.objects.create(title="Hello", text="Good day.")
    make_team("North", [support], ["new_connection"])
    root = make_user(
        "root", is_superuser=True, is_staff=True, user_type="support", is_approved=True
    )
    webhooks.subscribe(
        actor=Actor(root), name="Dispatch", url="https://example.com/", events=["request.created"]
    )
    make_machine(MachineScope.REQUESTS_READ, owner=root)
    permission = Permission.objects.get(codename="view_team")
    group = Group.objects.create(name="Helpers")
    group.permissions.add(permission)
    support.groups.add(group)
    support.user_permissions.add(permission)
    seen = access_reviews.digest_of_accounts(access_reviews.read_access_list())
    access_reviews.record_review(actor=Actor(root), comment="All needed", seen=seen)


@pytest.fixture
def proof_rows() -> None:
    """A row in every table of the provable history."""
    Leaf.objects.create(index=0, log=LogName.REQUEST, row=1, version=1, hash=HASH)
    TreeNode.objects.create(level=1, number=0, hash=HASH)
    LogStatement.objects.create(content={})
    checkpoint = Checkpoint.objects.create(size=1, root=HASH, signed_at=timezone.now())
    Cosignature.objects.create(checkpoint=checkpoint, witness="w1", signed_at=timezone.now())
    CheckpointTimestamp.objects.create(
        checkpoint=checkpoint,
        authority="https://tsa.example/",
        response=HASH,
        stamped_at=timezone.now(),
    )


@pytest.fixture
def all_triggers(rows: None, proof_rows: None) -> Any:
    """The triggers against TRUNCATE as well, which are off in tests."""
    switch_triggers("ENABLE", "append_only_truncate")
    yield
    switch_triggers("DISABLE", "append_only_truncate")


def execute(statement: str, *values: Any) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("model", GUARDED, ids=IDS)
def test_the_database_rejects_changes_of_every_history(
    model: Any, statement: str, all_triggers: None
) -> None:
    table, column, count = model._meta.db_table, model._meta.pk.column, model.objects.count()
    assert count, "A row is needed: add one to the fixture `rows`."
    with pytest.raises(ProgrammingError, match=REJECTED):
        execute(statement.format(table=table, column=column))
    assert model.objects.count() == count


@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET notes = 'It never happened.'", *CHANGES[1:]]
)
@pytest.mark.parametrize("exemption", ["", "anything", *Exemption])
def test_no_exemption_lets_the_log_be_rewritten(
    exemption: Any, statement: str, all_triggers: None
) -> None:
    with pytest.raises(ProgrammingError, match=REJECTED), exempt(exemption):
        execute(statement.format(table="gasutil_requestupdate"))


def test_the_customer_of_a_row_follows_that_of_its_request(
    leak: ServiceRequest, customer: User, support: User
) -> None:
    row = RequestUpdate.objects.get(id=leak.pk)
    with exempt(Exemption.CUSTOMER):
        execute("UPDATE gasutil_requestupdate SET customer_id = %s", customer.pk)
    for other in (support.pk, None):
        with pytest.raises(ProgrammingError, match=REJECTED), exempt(Exemption.CUSTOMER):
            execute("UPDATE gasutil_requestupdate SET customer_id = %s", other)
    names = ", ".join(
        field.column
        for field in row._meta.concrete_fields
        if field.name not in ("history_id", "customer", "txid")
    )
    execute(
        f"INSERT INTO gasutil_requestupdate ({names}) SELECT {names} FROM gasutil_requestupdate"
    )  # as the previous release does
    assert list(RequestUpdate.objects.values_list("customer", flat=True)) == [customer.pk] * 2


def erase(table: str, **values: Any) -> int:
    with exempt(Exemption.ERASURE):
        return execute(
            f"UPDATE {table} SET " + ", ".join(f"{column} = %s" for column in values),
            *values.values(),
        )


def test_an_erasure_empties_personal_values(leak: ServiceRequest, customer: User) -> None:
    history = User.history.filter(id=customer.pk)
    assert (
        erase(
            "gasutil_historicaluser",
            email="",
            first_name="",
            last_name="",
            phone_number="",
            address="",
        )
        >= 1
    )
    assert erase("gasutil_requestupdate", notes="") == 1
    assert list(history.values_list("email", "address", "user_type")) == [("", "", "customer")]


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("gasutil_historicaluser", {"email": "other@example.com"}),
        ("gasutil_historicaluser", {"email": "", "first_name": "Other"}),
        ("gasutil_historicaluser", {"email": "", "user_type": "support"}),
        ("gasutil_historicaluser", {"history_change_reason": ""}),
        ("gasutil_historicaluser", {"muted_notices": "[]"}),
        ("gasutil_requestupdate", {"notes": "Other"}),
        ("gasutil_requestupdate", {"event": ""}),
        ("gasutil_requestupdate", {"assigned_to_id": None, "history_date": "2020-01-01"}),
        ("gasutil_requestupdate", {"txid": 0}),
    ],
)
def test_an_erasure_changes_nothing_else(
    table: str, values: Mapping[str, Any], leak: ServiceRequest
) -> None:
    if "muted_notices" in values:
        make_user("quiet", muted_notices=["resolved"])
    with pytest.raises(ProgrammingError, match=REJECTED):
        erase(table, **values)


def test_the_repair_after_a_restore_changes_the_transaction_alone(leak: ServiceRequest) -> None:
    RequestUpdate.objects.create(
        **dict(RequestUpdate.objects.values().get()) | {"history_id": FAR_AHEAD, "txid": FAR_AHEAD}
    )
    of_another = f"WHERE txid = {FAR_AHEAD}"
    for change in (
        f"txid = 1 {of_another}",
        f"txid = 0, notes = 'Other' {of_another}",
        "txid = 0",
        f"history_date = now() {of_another}",
    ):
        with pytest.raises(ProgrammingError, match=REJECTED), exempt(Exemption.RESTORE):
            execute(f"UPDATE gasutil_requestupdate SET {change}")
    with exempt(Exemption.RESTORE):
        assert execute(f"UPDATE gasutil_requestupdate SET txid = 0 {of_another}") == 1


def test_an_exemption_ends_with_its_transaction(leak: ServiceRequest) -> None:
    with exempt(Exemption.ERASURE):
        pass
    with pytest.raises(RuntimeError), exempt(Exemption.ERASURE):
        raise RuntimeError
    with transaction.atomic():
        with exempt(Exemption.ERASURE):
            pass
        with pytest.raises(ProgrammingError, match=REJECTED):
            execute("UPDATE gasutil_requestupdate SET notes = ''")


def test_an_account_that_a_history_names_is_not_deleted(support: User, rows: None) -> None:
    with pytest.raises(Exception, match="protected"):
        support.delete()


def test_all_triggers_are_on_after_migrate_with_the_settings_of_a_server() -> None:
    with empty_database() as settings:
        manage("migrate", "-v0", environment=environment_of(DEBUG="false", **settings))
        with psycopg.connect(settings["DATABASE_URL"], autocommit=True) as session:
            triggers = (
                "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT"
                " tgisinternal"
            )
            result = {tuple(row) for row in session.execute(triggers).fetchall()}
            tables = [model._meta.db_table for model in GUARDED]
            assert result == {
                (table, name, "O")
                for table in tables
                for name in ("append_only", "append_only_truncate")
            } | {("gasutil_requestupdate", "fill_customer", "O")}
            for table in tables:
                with pytest.raises(psycopg.errors.RaiseException, match=REJECTED):
                    session.execute(f"TRUNCATE {table} CASCADE")
