"""What a row of the log means for whom: the customer, whoever handles the request, and supervisors."""

from collections.abc import Iterator, Mapping
from typing import Any

from gasutil import access
from gasutil.models import Event, Notice, RequestUpdate, ServiceRequest, Status, User, UserType, WhyNot

BACKEND = "django.contrib.auth.backends.ModelBackend"  # permissions of groups; nobody is told by an object permission
MOVED: Mapping[str, Notice] = {
    Status.ON_HOLD: Notice.ON_HOLD,
    Status.RESOLVED: Notice.RESOLVED,
    Status.CANCELLED: Notice.CANCELLED,
}


def told(update: Any, obj: ServiceRequest) -> Iterator[tuple[User, Notice]]:
    """Yield who is told of a row of the log, and what, each once; nobody is told what he has done himself."""
    if update.event == Event.ESCALATED:
        yield from ((user, Notice.ESCALATED) for user in supervisors())
        return
    newly = _newly_assigned(update)
    for_customer = _for_customer(update, obj, newly=newly)
    if for_customer:
        yield obj.customer, for_customer
    for_assignee = _for_assignee(update, newly=newly)
    if for_assignee:
        yield update.assigned_to, for_assignee


def supervisors() -> list[User]:
    """Return who is told of escalations: whoever has been given the permission, or else the administrators."""
    holders = User.objects.with_perm("gasutil.receive_escalations", include_superusers=False, backend=BACKEND).exclude(email="")
    return list(holders) or list(User.objects.filter(is_superuser=True, is_active=True).exclude(email=""))


def why_not(user: User, notice: str, obj: ServiceRequest | None) -> WhyNot | None:
    """Return why somebody is not to be told something, if so."""
    if not user.is_active:
        return WhyNot.INACTIVE
    if not user.email:
        return WhyNot.NO_ADDRESS
    if notice in user.muted_notices:
        return WhyNot.MUTED
    if obj is not None and not access.visible_to(access.Actor(user), ServiceRequest).filter(pk=obj.pk).exists():
        return WhyNot.NOT_THEIRS
    return None


def _for_customer(update: Any, obj: ServiceRequest, *, newly: bool) -> Notice | None:
    """Return what the customer is told: of what is not internal, the one thing that matters most."""
    if update.is_internal:
        return None
    if update.event == Event.CREATED:
        return Notice.RECEIVED
    if update.history_user_id == obj.customer_id:
        return None
    if update.status != update.previous_status:
        if update.status in MOVED:
            return MOVED[update.status]
        if update.previous_status == Status.RESOLVED:
            return Notice.REOPENED
    if newly:
        return Notice.ASSIGNED
    return Notice.REPLIED if update.notes and not _is_customers(update) else None


def _for_assignee(update: Any, *, newly: bool) -> Notice | None:
    """Return what whoever handles the request is told: that it is his, and what its customer does."""
    if update.assigned_to_id in (None, update.history_user_id) or update.event == Event.CREATED:
        return None
    if newly:
        return Notice.ASSIGNED_TO_YOU
    is_word = update.notes or update.status != update.previous_status or update.event == Event.ATTACHED
    return Notice.CUSTOMER_WROTE if is_word and _is_customers(update) else None


def _is_customers(update: Any) -> bool:
    """Return whether a customer did it: whose request it is, or somebody else who has been shown it."""
    return update.history_user is not None and update.history_user.user_type == UserType.CUSTOMER


def _newly_assigned(update: Any) -> bool:
    """Return whether the row says that somebody has been given the request."""
    if update.assigned_to_id is None:
        return False
    earlier = RequestUpdate.objects.filter(id=update.id, history_id__lt=update.pk).order_by("-history_id")
    return bool(earlier.values_list("assigned_to_id", flat=True).first() != update.assigned_to_id)
