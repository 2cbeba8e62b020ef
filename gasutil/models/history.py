"""The author, the reason and the origin of a change, for the row that simple-history writes."""

from typing import Any, TypeVar

from django.db.models import Model
from django.dispatch import receiver
from simple_history.signals import pre_create_historical_record

from gasutil.models.accounts import User
from gasutil.models.append_only import MachineAuthoredRow, OriginRow
from gasutil.models.machines import MachineAccount
from gasutil.models.origin import current_origin
from gasutil.models.vocabulary import Channel

M = TypeVar("M", bound=Model)


def signed(obj: M, author: User | None, reason: str, machine: MachineAccount | None = None) -> M:
    """Set the author and the reason of an object's next history row.

    The author is a user or a machine account; without either, it is the system.
    """
    obj._machine_account = machine  # type: ignore[attr-defined]  # for `complete_row`
    obj._history_user = author  # type: ignore[attr-defined]  # simple-history reads both
    obj._change_reason = reason  # type: ignore[attr-defined]
    return obj


@receiver(pre_create_historical_record)
def complete_row(instance: Model, history_instance: Model, **kwargs: Any) -> None:
    """Write the machine account of `signed` and the origin into the row of a change."""
    if not isinstance(history_instance, OriginRow):
        return
    origin, machine = current_origin(), getattr(instance, "_machine_account", None)
    history_instance.ip = origin.ip
    history_instance.channel = Channel.INTEGRATION if machine else origin.channel
    if isinstance(history_instance, MachineAuthoredRow):
        history_instance.machine_account = machine
