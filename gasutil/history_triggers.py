"""Migration operations for the triggers that keep PostgreSQL's histories append-only.

`sqlite_triggers.py` has those of SQLite.

A trigger rejects UPDATE, DELETE and TRUNCATE. A transaction can ask for one of three exemptions
(`append_only.exempt`): `erasure` empties columns that the trigger lists (`digests` of a leaf are
filled when its `salt` or `ip_salt` goes), `customer` sets `customer_id` of rows to the customer of
their request, and `restore` sets `txid` of rows of transactions still to come to 0. A migration
that uses these operations has `atomic = False`, so that each table is locked for a moment only.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.migrations.operations.base import Operation

FUNCTION = """
CREATE OR REPLACE FUNCTION gasutil_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    exemption text := current_setting('gasutil.allow', true);
    is_exempt boolean := false;
BEGIN
    IF TG_OP = 'UPDATE' AND exemption = 'erasure' THEN
        SELECT coalesce(
            bool_and(
                (
                    coalesce(before.key = ANY (TG_ARGV), false)
                    AND after.value IN ('null', '""', '[]', '{}')
                ) OR (
                    before.key = 'digests' AND (
                        to_jsonb(OLD)->>'salt' IS NOT NULL AND to_jsonb(NEW)->>'salt' IS NULL
                        OR to_jsonb(OLD)->>'ip_salt' IS NOT NULL
                        AND to_jsonb(NEW)->>'ip_salt' IS NULL
                    )
                )
            ),
            true
        )
        INTO is_exempt
        FROM jsonb_each(to_jsonb(OLD)) before JOIN jsonb_each(to_jsonb(NEW)) after USING (key)
        WHERE before.value IS DISTINCT FROM after.value;
    ELSIF TG_OP = 'UPDATE' AND exemption = 'customer' THEN
        is_exempt := coalesce(
            to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id'
            AND to_jsonb(NEW)->'customer_id' = (
                SELECT to_jsonb(customer_id) FROM gasutil_servicerequest
                WHERE id = (to_jsonb(NEW)->>'id')::bigint
            ),
            false
        );
    ELSIF TG_OP = 'UPDATE' AND exemption = 'restore' THEN
        is_exempt := coalesce(
            to_jsonb(NEW) - 'txid' = to_jsonb(OLD) - 'txid' AND to_jsonb(NEW)->>'txid' = '0'
            AND (to_jsonb(OLD)->>'txid')::bigint
                >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
            false
        );
    END IF;
    IF is_exempt THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The log is append-only.' USING DETAIL = TG_OP || ' of ' || TG_TABLE_NAME;
END $$
"""
REJECT_CHANGES = """
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION gasutil_refuse_change({erasable})
"""
CUSTOMER_FUNCTION = """
CREATE OR REPLACE FUNCTION gasutil_fill_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.customer_id := (SELECT customer_id FROM gasutil_servicerequest WHERE id = NEW.id);
    RETURN NEW;
END $$
"""
FILL_CUSTOMER = """
CREATE OR REPLACE TRIGGER fill_customer BEFORE INSERT ON gasutil_requestupdate
FOR EACH ROW WHEN (NEW.customer_id IS NULL) EXECUTE FUNCTION gasutil_fill_customer()
"""
REJECT_TRUNCATE = """
CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION gasutil_refuse_change()
"""


class ReplaceTriggerFunction(Operation):
    """Replace the function of the triggers.

    The former one was simpler, and the new one covers it.
    """

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Do nothing: models know no triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Replace the function."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(FUNCTION)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Do nothing: without an exemption, the function does as the one of before."""

    def describe(self) -> str:
        """Return the description that `migrate` shows."""
        return "Replace the function of the triggers of histories"


class MakeAppendOnly(Operation):
    """Add the triggers to a history, or replace them to change the columns that an erasure empties.

    Args:
        erasable: the columns that an erasure empties.
        was_guarded: whether a migration before this one added the trigger against UPDATE and
            DELETE.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(
        self, model_name: str, *, erasable: Sequence[str] = (), was_guarded: bool = False
    ) -> None:
        self.model_name, self.erasable, self.was_guarded = model_name, tuple(erasable), was_guarded

    @property
    def model_name_lower(self) -> str:
        """Return the model's name as Django's own operations have it."""
        return self.model_name.lower()

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return the arguments for the migration writer."""
        return (
            type(self).__name__,
            [self.model_name],
            {"erasable": self.erasable, "was_guarded": self.was_guarded},
        )

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Do nothing: models know no triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add or replace both triggers."""
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        erasable = ", ".join(f"'{column}'" for column in self.erasable)
        _run(
            schema_editor,
            REJECT_CHANGES.format(table=table, erasable=erasable),
            REJECT_TRUNCATE.format(table=table),
        )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Remove what was added."""
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        names = ["append_only_truncate", *([] if self.was_guarded else ["append_only"])]
        _run(schema_editor, *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for name in names))

    def describe(self) -> str:
        """Return the description that `migrate` shows."""
        return f"Make {self.model_name} append-only"


class FillCustomer(Operation):
    """Let PostgreSQL fill the customer of the rows that the previous release writes."""

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Do nothing: models know no triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Add the trigger."""
        _run(schema_editor, CUSTOMER_FUNCTION, FILL_CUSTOMER)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Remove the trigger."""
        _run(schema_editor, "DROP TRIGGER IF EXISTS fill_customer ON gasutil_requestupdate")

    def describe(self) -> str:
        """Return the description that `migrate` shows."""
        return "Fill the customer of new rows of the change history"


def _run(schema_editor: Any, *statements: str) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    with transaction.atomic(using=schema_editor.connection.alias):
        for statement in statements:
            schema_editor.execute(statement)
