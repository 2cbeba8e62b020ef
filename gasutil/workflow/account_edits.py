"""Changes of accounts by staff in the console; `profiles` has the users' own changes."""

from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_noop

from gasutil.access import Actor, is_representative
from gasutil.identity import security_log
from gasutil.models import SecurityEventType, User
from gasutil.models.history import signed
from gasutil.notify import tasks
from gasutil.workflow import accounts, approval, email_changes


class Edited(NamedTuple):
    """The saved account, and the number of open requests returned to the queue."""

    user: User
    handed_back: int


def create_account(user: User, *, actor: Actor) -> User:
    """Save a new account, and mail the link that confirms its address.

    Raises `Invalid` if its name or address is taken.
    """
    user.email_confirmed = False
    with accounts.unique_names(user):
        signed(user, actor.user, gettext_noop("Added")).save()
    _send_confirmation(user)
    return user


def edit(pk: int, *, actor: Actor, **fields: Any) -> Edited:
    """Change these fields of an account and no others, and record who did it.

    A new address has to be confirmed, and the former one is notified. The open requests of someone
    who is no longer a representative go back to the queue. Raises `Invalid` if the name or the
    address is taken.
    """
    with transaction.atomic():
        before = User.objects.select_for_update().get(pk=pk)
        is_moved = "email" in fields and fields["email"] != before.email
        columns = fields | (
            email_changes.columns_of_change(before, fields["email"]) if is_moved else {}
        )
        with accounts.unique_names(
            User(pk=pk, username=columns.get("username", ""), email=columns.get("email", ""))
        ):
            user = accounts.update_account(pk, actor, _reason(fields), **columns)
        if is_moved:
            email_changes.record_change(user, before.settled_email)
            account = None if user == actor.user else user
            security_log.record_event(
                SecurityEventType.EMAIL_CHANGE, user=actor.user, account=account
            )
        leaves = fields.keys() & {"is_active", "user_type"} and not is_representative(user)
        handed_back = approval.hand_back(user, actor=actor) if leaves else 0
    if is_moved:
        _send_confirmation(user)
    return Edited(user, handed_back)


def _reason(fields: dict[str, Any]) -> str:
    if "is_active" not in fields:
        return gettext_noop("Edited")
    return gettext_noop("Activated") if fields["is_active"] else gettext_noop("Deactivated")


def _send_confirmation(user: User) -> None:
    if user.email and not user.email_confirmed:
        tasks.send_email_confirmation.enqueue(user.pk)
