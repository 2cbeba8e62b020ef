"""Histories: rows are added and read, and never changed or deleted.

The models reject changes; triggers reject those that pass the models by (`history_triggers.py` for
PostgreSQL, `sqlite_triggers.py`). There are three exceptions, each for one transaction.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, NoReturn

from django.apps import apps
from django.db import connection, models, transaction
from simple_history.manager import HistoricalQuerySet
from simple_history.models import HistoricalChanges, HistoricalRecords

from gasutil.models.vocabulary import Channel

REJECTED = "The log is append-only."


class Exemption(StrEnum):
    """The exceptions that the triggers allow in a transaction that asks for them (`exempt`)."""

    ERASURE = "erasure"  # personal values are emptied; each history names its columns (`erasable`)
    CUSTOMER = "customer"  # `customer_id` follows the customer of the request
    RESTORE = "restore"  # `txid` of rows that came from another PostgreSQL becomes 0


@contextmanager
def exempt(reason: Exemption) -> Iterator[None]:
    """Run a transaction that the triggers of the histories grant one exemption."""
    try:
        with transaction.atomic():
            _set_exemption(reason)
            yield
            _set_exemption("")
    except BaseException:
        if connection.vendor == "sqlite":  # PostgreSQL's setting was rolled back
            _set_exemption("")
        raise


def exemption_of(of: Any) -> str:
    """Return the exemption of the transaction of a connection to SQLite."""
    return str(getattr(of, "history_exemption", ""))


def _set_exemption(reason: str) -> None:
    if connection.vendor == "sqlite":
        connection.history_exemption = str(reason)  # type: ignore[attr-defined]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gasutil.allow', %s, true)", [reason])


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that may be added and read, and nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Raise `TypeError`: rows are not changed."""
        raise TypeError(REJECTED)

    def delete(self) -> NoReturn:
        """Raise `TypeError`: rows are not deleted."""
        raise TypeError(REJECTED)


class HistoryOfOne(AppendOnlyQuerySet, HistoricalQuerySet):  # type: ignore[misc]  # simple-history has no types
    """The history of one object, or of one model, as `obj.history` and `Model.history` offer it."""


class AppendOnlyRow(models.Model):
    """A row of a history."""

    erasable: tuple[str, ...] = ()  # see `History`
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raise `TypeError` for one that is stored."""
        if not self._state.adding:
            raise TypeError(REJECTED)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise `TypeError`: rows are not deleted."""
        raise TypeError(REJECTED)


class AddressedRow(AppendOnlyRow):
    """A row of a history that stores the IP address from which the change came."""

    ip = models.GenericIPAddressField(
        "IP address",
        null=True,
        editable=False,
        help_text="Where the change came from, for a year. Null for the system.",
    )

    class Meta:
        abstract = True


class OriginRow(AddressedRow):
    """A row of a history of simple-history: it also stores the channel of the change."""

    channel = models.CharField(
        max_length=16,
        choices=Channel,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="The way that the change came in. Empty in older rows.",
    )

    class Meta:
        abstract = True


class MachineAuthoredRow(OriginRow):
    """A row of a history whose changes machine accounts can make, too."""

    machine_account = models.ForeignKey(
        "gasutil.MachineAccount",
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        help_text="The machine account that made the change.",
    )

    class Meta:
        abstract = True


class History(HistoricalRecords):  # type: ignore[misc]  # simple-history has no types
    """A history that is append-only.

    Args:
        erasable: the columns with personal values, which an erasure empties, besides the IP
            address. The triggers of the migrations list them too.
    """

    def __init__(
        self,
        *,
        erasable: Sequence[str] = (),
        bases: Sequence[Any] = (OriginRow,),
        **kwargs: Any,
    ) -> None:
        self.erasable = (*erasable, "ip")
        super().__init__(
            bases=list(bases), m2m_bases=[AppendOnlyRow], historical_queryset=HistoryOfOne, **kwargs
        )

    def create_history_model(self, model: Any, inherited: bool) -> Any:
        """Return the model of the rows."""
        history_model = super().create_history_model(model, inherited)
        history_model.erasable = self.erasable
        return history_model

    def _get_history_user_fields(self) -> dict[str, Any]:
        """Protect the accounts that the rows name.

        Otherwise simple-history would empty the column when an account is deleted.
        """
        fields: dict[str, Any] = super()._get_history_user_fields()
        fields["history_user"].remote_field.on_delete = models.PROTECT
        return fields


def histories() -> list[type[AppendOnlyRow]]:
    """Return the models of all histories, those of many-to-many fields too."""
    return [model for model in apps.get_models() if issubclass(model, HistoricalChanges)]  # type: ignore[misc]
