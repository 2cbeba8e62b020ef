"""The triggers of SQLite that keep histories append-only.

`tests/races/test_log.py` has those of PostgreSQL.
"""

import io
import sqlite3

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from gasutil.models import Leaf, RequestUpdate, User
from gasutil.models.append_only import Exemption, exempt
from gasutil.sqlite_triggers import (
    add_triggers,
    expected_names,
    protected_models,
    remove_triggers,
    trigger_names,
)
from tests.support.proof import publish

pytestmark = pytest.mark.skipif("connection.vendor != 'sqlite'")
REJECTED = r"The log is append-only\."
MODELS = protected_models()


def execute(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@pytest.fixture
def rows(leak, support):
    publish()


def test_every_history_has_its_triggers(db):
    assert trigger_names(connection) == expected_names()
    assert len(expected_names()) == 2 * len(MODELS)


@pytest.mark.parametrize(
    "table", ["gasutil_requestupdate", "gasutil_historicaluser", "gasutil_leaf"]
)
@pytest.mark.parametrize("exemption", ["", "anything", *Exemption])
def test_rows_cannot_be_rewritten(table, exemption, rows):
    column = {"gasutil_leaf": "hash"}.get(table, "history_date")
    for statement in (f"UPDATE {table} SET {column} = 'other'", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match=REJECTED), exempt(exemption):
            execute(statement)


def test_a_change_that_changes_nothing_is_rejected_too(rows):
    with pytest.raises(IntegrityError, match=REJECTED):
        execute("UPDATE gasutil_requestupdate SET notes = notes")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("gasutil_historicaluser", "email = 'other@example.com'"),
        ("gasutil_historicaluser", "email = '', user_type = 'support'"),
        ("gasutil_requestupdate", "notes = 'Other'"),
        ("gasutil_requestupdate", "txid = 7"),
        ("gasutil_leaf", "digests = '{}'"),
    ],
)
def test_an_erasure_empties_personal_values_alone(table, values, rows):
    with pytest.raises(IntegrityError, match=REJECTED), exempt(Exemption.ERASURE):
        execute(f"UPDATE {table} SET {values}")


def test_an_erasure_empties_personal_values(rows, customer):
    with exempt(Exemption.ERASURE):
        assert execute("UPDATE gasutil_requestupdate SET notes = '', ip = NULL") == 1
        assert execute("UPDATE gasutil_historicaluser SET email = '', address = ''")
        assert execute('UPDATE gasutil_leaf SET salt = NULL, digests = \'{"notes": "x"}\'')
    assert not User.history.exclude(email="").exists()
    assert not Leaf.objects.exclude(salt=None).exists()


def test_the_customer_of_a_row_can_follow_that_of_its_request(rows, neighbour):
    with exempt(Exemption.CUSTOMER):
        execute("UPDATE gasutil_requestupdate SET customer_id = %s", neighbour.pk)
    assert RequestUpdate.objects.get().customer == neighbour


def test_an_exemption_ends_with_its_transaction(rows):
    with pytest.raises(RuntimeError), exempt(Exemption.ERASURE):
        raise RuntimeError
    with exempt(Exemption.ERASURE):
        pass
    with pytest.raises(IntegrityError, match=REJECTED):
        execute("UPDATE gasutil_requestupdate SET notes = ''")


def test_a_program_that_does_not_know_exemptions_changes_nothing(tmp_path, rows):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'gasutil_treenode'")
        statements = [sql for (sql,) in cursor.fetchall() if sql]
    other = sqlite3.connect(tmp_path / "copy")
    for statement in statements:
        other.execute(statement)
    other.execute("INSERT INTO gasutil_treenode (id, level, number, hash) VALUES (1, 1, 0, '')")
    for change in ("UPDATE gasutil_treenode SET level = 2", "DELETE FROM gasutil_treenode"):
        with pytest.raises(sqlite3.DatabaseError):
            other.execute(change)
    other.close()


def test_verify_history_names_a_table_without_its_triggers(rows):
    out = io.StringIO()
    call_command("verify_history", stderr=out, stdout=io.StringIO())
    assert out.getvalue() == ""
    remove_triggers(None, "default")
    try:
        call_command("verify_history", stderr=out, stdout=io.StringIO())
    finally:
        add_triggers(None, "default")
    assert "The table gasutil_requestupdate lacks a trigger against changes." in out.getvalue()
