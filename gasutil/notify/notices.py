"""The recipients of each history row: the customer, the assignee, the team, and supervisors."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from gasutil import access
from gasutil.models import (
    FOR_ANY_ADDRESS,
    MUTABLE,
    OPEN_STATUSES,
    Delivery,
    Event,
    Notice,
    Priority,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    Status,
    User,
    UserType,
    WhyNot,
)
from gasutil.notify import backlog, report_groups

# Permissions of groups; object permissions do not count here
BACKEND = "django.contrib.auth.backends.ModelBackend"
MOVED: Mapping[str, Notice] = {
    Status.ON_HOLD: Notice.ON_HOLD,
    Status.RESOLVED: Notice.RESOLVED,
    Status.CANCELLED: Notice.CANCELLED,
}
# By the status it had.
BACK: Mapping[str, Notice] = {Status.RESOLVED: Notice.REOPENED, Status.ON_HOLD: Notice.RESUMED}
OUTCOME_NOTICES: Mapping[str, Notice] = {
    item.value: item for item in (Notice.NO_ACCESS, Notice.MADE_SAFE, Notice.NOT_A_LEAK)
}
FROM_CUSTOMERS = (Notice.CUSTOMER_WROTE, Notice.TEAM_MESSAGE, Notice.EMERGENCY_MESSAGE)
# Messages within BURST_PERIOD: beyond BURST on one request, or COMMENT_LIMIT of one customer, they
# notify once in NOTIFY_PERIOD.
BURST_MESSAGES = 10
BURST_PERIOD = dt.timedelta(minutes=10)
NOTIFY_PERIOD = dt.timedelta(minutes=1)


def recipients_of(update: Any, obj: ServiceRequest) -> Iterator[tuple[User, Notice]]:
    """Yield the users whom a row of the log notifies, each once, with the notice.

    No one is notified of their own act.

    The safety text of an emergency is the exception: the customer always gets it.
    """
    if update.event == Event.ESCALATED:
        if report_groups.is_paged_by_itself(obj):
            notice = Notice.BACKLOG_LATE if backlog.is_of_backlog(update, obj) else Notice.ESCALATED
            yield from ((user, notice) for user in supervisors())
        return
    if update.event == Event.CREATED and report_groups.is_page_due(obj, timezone.now()):
        yield from ((user, Notice.UNVERIFIED_REPORTS) for user in supervisors())
    informed = overseers(update.history_user_id) if ends_emergency(update) else []
    yield from ((user, Notice.EMERGENCY_ENDED) for user in informed)
    for_customer = _for_customer(update, obj)
    if for_customer:
        yield obj.customer, for_customer
    yield from (
        (user, notice) for user, notice in _for_staff(update, obj) if user not in informed
    )  # one mail for each person


def notify_at(
    user: User, notice: Notice, update: Any, obj: ServiceRequest, now: dt.datetime
) -> dt.datetime | None:
    """Return the time to notify a user.

    This is now; for a burst of messages or unverified reports, it is at most once a minute. None
    means that a notice that waits to be sent already covers this one.
    """
    if notice == Notice.BACKLOG_LATE:
        return backlog.backlog_notify_at(user, update, now)
    if notice == Notice.UNVERIFIED_REPORTS:
        return report_groups.page_at(obj) or now
    burst = _burst(notice, update, obj)
    if burst is None:
        return now
    last = burst.filter(user=user, update__lt=update.pk).order_by("-update_id").first()
    if last is None:
        return now
    return None if last.next_at is not None else max(now, last.created_at + NOTIFY_PERIOD)


def _burst(notice: Notice, update: Any, obj: ServiceRequest) -> QuerySet[Delivery] | None:
    """Return the deliveries that a notice follows too quickly, or None if it does not."""
    if obj.is_unverified and notice in (Notice.RECEIVED, Notice.EMERGENCY_ENDED):
        return Delivery.objects.filter(notice=notice, service_request__is_unverified=True)
    if notice not in FROM_CUSTOMERS:
        return None
    deliveries = Delivery.objects.filter(notice__in=FROM_CUSTOMERS)
    rows = RequestUpdate.objects.filter(
        history_user=update.history_user_id, history_date__gt=update.history_date - BURST_PERIOD
    )
    if settings.COMMENT_LIMIT and _are_more(
        rows.filter(history_id__lte=update.pk), settings.COMMENT_LIMIT
    ):
        return deliveries.filter(update__in=rows)
    if _are_more(rows.filter(id=update.id, history_id__lte=update.pk), BURST_MESSAGES):
        return deliveries.filter(service_request=update.id)
    return None


def _are_more(rows: "QuerySet[Any]", limit: int) -> bool:
    return rows.order_by()[: limit + 1].count() > limit


def is_urgent(update: Any) -> bool:
    """Return whether a history row is about an emergency or an escalation.

    Notices of such rows are sent before all others.
    """
    return (
        update.event == Event.ESCALATED
        or update.priority == Priority.EMERGENCY
        or ends_emergency(update)
    )


def ends_emergency(update: Any) -> bool:
    """Return whether a history row cancels, lowers or reclassifies an emergency."""
    changed = set(update.changed.split(","))
    cancels = "status" in changed and update.status == Status.CANCELLED
    if update.event == Event.CREATED or not (cancels or changed & {"priority", "request_type"}):
        return False
    if cancels and update.priority == Priority.EMERGENCY:
        return True
    earlier = RequestUpdate.objects.filter(id=update.id, history_id__lt=update.pk).order_by(
        "-history_id"
    )
    return bool(earlier.values_list("priority", flat=True).first() == Priority.EMERGENCY)


def reason_of(update: Any) -> str:
    """Return the notes of a change; internal ones are in the row after it."""
    if update.notes:
        return str(update.notes)
    after = RequestUpdate.objects.filter(
        id=update.id, history_id__gt=update.pk, event=Event.COMMENTED, is_internal=True
    )
    same = after.filter(history_date=update.history_date, history_user=update.history_user_id)
    return same.order_by("history_id").values_list("notes", flat=True).first() or ""


def overseers(actor_id: int | None) -> list[User]:
    """Return the users who are notified of a user's action on an emergency.

    They are the supervisors, else the administrators, without this user. If that leaves no one,
    they are all the supervisors.
    """
    administrators = (
        User.objects.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk")
    )
    for users in (supervisors(), list(administrators)):
        others = [user for user in users if user.pk != actor_id]
        if others:
            return others
    return supervisors()


def supervisors() -> list[User]:
    """Return the users who are notified of escalations.

    They are those with the permission, or else the administrators.
    """
    holders = User.objects.with_perm(
        "gasutil.receive_escalations", include_superusers=False, backend=BACKEND
    ).exclude(email="")
    return list(holders.order_by("pk")) or list(
        User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    )


def why_not(user: User, notice: str, obj: ServiceRequest | None) -> WhyNot | None:
    """Return the reason not to notify a user, or None."""
    if not user.is_active:
        return WhyNot.INACTIVE
    if not address_for(user, obj):
        return WhyNot.NO_ADDRESS
    if (
        notice == Notice.UNVERIFIED_REPORTS
        and obj is not None
        and report_groups.is_acknowledged(obj)
    ):
        return WhyNot.NOT_NEEDED
    is_essential = notice in FOR_ANY_ADDRESS or (obj is not None and obj.is_emergency)
    if not (is_known_address(user, address_for(user, obj)) or is_essential):
        return WhyNot.UNCONFIRMED
    if notice in user.muted_notices and notice in MUTABLE:
        return WhyNot.MUTED
    if (
        obj is not None
        and not access.visible_to(access.Actor(user), ServiceRequest).filter(pk=obj.pk).exists()
    ):
        return WhyNot.NOT_THEIRS
    return None


def address_for(user: User, obj: ServiceRequest | None) -> str:
    """Return the address for mails: that of the account, or of an unclaimed customer's request."""
    if user.is_unclaimed and obj is not None and user.pk == obj.customer_id:
        return obj.contact_email
    return user.settled_email


def is_known_address(user: User, address: str) -> bool:
    """Return whether an address is confirmed, or counts as confirmed for mails.

    That of an unclaimed customer does if staff entered it.
    """
    return user.mails_unconfirmed if user.is_unclaimed else user.is_known_address(address)


def _for_customer(update: Any, obj: ServiceRequest) -> Notice | None:
    """Return the one notice that matters most to the customer."""
    if update.is_internal:
        return None
    if update.event == Event.CREATED:
        return Notice.RECEIVED
    before = _before(update)
    is_opened = update.status == Status.IN_PROGRESS and update.status != update.previous_status
    if _needs_safety_text(
        update, before, is_reopened=is_opened and update.previous_status == Status.RESOLVED
    ):
        return Notice.SAFETY
    if update.history_user_id == obj.customer_id:
        return None
    if update.status != update.previous_status and update.status in MOVED:
        return MOVED[update.status]
    if is_opened and update.previous_status in BACK:
        return BACK[update.previous_status]
    if update.event == Event.MILESTONE and update.subject in OUTCOME_NOTICES:
        return OUTCOME_NOTICES[update.subject]
    if _is_first_assignment(update):
        return Notice.ASSIGNED
    has_text = update.notes or (update.event == Event.ATTACHED and _is_first_of_call(update))
    return Notice.REPLIED if has_text and not _is_customers(update) else None


def _needs_safety_text(update: Any, before: Any, *, is_reopened: bool) -> bool:
    """Return whether an open request has just become an emergency.

    This includes another type of emergency, and an emergency again.
    """
    if update.priority != Priority.EMERGENCY or update.status not in OPEN_STATUSES:
        return False
    return (
        is_reopened
        or update.event == Event.RECLASSIFIED
        or (before is not None and before.priority != Priority.EMERGENCY)
    )


def _for_staff(update: Any, obj: ServiceRequest) -> Iterator[tuple[User, Notice]]:
    """Yield a new assignee, or those who receive a customer's message."""
    if (
        _is_new_assignee(update)
        and update.assigned_to_id != update.history_user_id
        and update.event != Event.CREATED
    ):
        yield update.assigned_to, Notice.ASSIGNED_TO_YOU
    elif update.event == Event.RETURNED:
        if update.assigned_to_id not in (None, update.history_user_id):
            yield update.assigned_to, Notice.RETURNED
    elif _is_message(update):
        yield from _of_message(update, obj)


def _of_message(update: Any, obj: ServiceRequest) -> Iterator[tuple[User, Notice]]:
    """Yield the assignee of a customer's message.

    If no one can receive it there, the team, or else the supervisors.

    A message on an emergency that is closed permanently goes to the team and the supervisors.
    """
    is_emergency = update.priority == Priority.EMERGENCY or _is_emergency_type(obj)
    if is_emergency and update.is_internal:
        users = {user.pk: user for user in [*_team(obj), *supervisors()]}
        yield from ((user, Notice.EMERGENCY_MESSAGE) for user in users.values())
        return
    if update.assigned_to is not None:
        notice = Notice.EMERGENCY_MESSAGE if is_emergency else Notice.CUSTOMER_WROTE
        yield update.assigned_to, notice
        if why_not(update.assigned_to, notice, obj) is None:
            return
    notice = Notice.EMERGENCY_MESSAGE if is_emergency else Notice.TEAM_MESSAGE
    team = [user for user in _team(obj) if why_not(user, notice, obj) is None]
    yield from (
        (user, notice) for user in team or supervisors() if user.pk != update.assigned_to_id
    )


def _team(obj: ServiceRequest) -> list[User]:
    """Return the active members of the teams that handle a request's type."""
    return list(
        User.objects.filter(teams__request_types=obj.request_type, is_active=True)
        .distinct()
        .order_by("pk")
    )


def _is_emergency_type(obj: ServiceRequest) -> bool:
    return RequestType.objects.filter(
        code__in={obj.request_type_id, obj.answers_type}, is_emergency=True
    ).exists()


def _is_message(update: Any) -> bool:
    """Return whether a row is something that a customer wrote, sent or did after filing."""
    if update.event == Event.CREATED or not _is_customers(update):
        return False
    if update.event == Event.ATTACHED and update.status == update.previous_status:
        return _is_first_of_call(update)
    return bool(update.notes or update.status != update.previous_status)


def _is_customers(update: Any) -> bool:
    """Return whether a customer did it.

    This is the customer of the request, or another one who has been given access.
    """
    return update.history_user is not None and update.history_user.user_type == UserType.CUSTOMER


def _before(update: Any) -> Any:
    """Return the row of the same request before this one."""
    return (
        RequestUpdate.objects.filter(id=update.id, history_id__lt=update.pk)
        .order_by("-history_id")
        .first()
    )


def _is_first_of_call(update: Any) -> bool:
    """Return whether no earlier row was written by the same call.

    The rows of a call have the same time and author.
    """
    same = Q(history_date=update.history_date, history_user=update.history_user_id)
    return not RequestUpdate.objects.filter(same, id=update.id, history_id__lt=update.pk).exists()


def _is_new_assignee(update: Any) -> bool:
    """Return whether the row gives the request to another assignee."""
    if update.assigned_to_id is None:
        return False
    before = _before(update)
    return before is None or before.assigned_to_id != update.assigned_to_id


def _is_first_assignment(update: Any) -> bool:
    """Return whether the request has its first assignee since it was filed or last reopened."""
    if not _is_new_assignee(update):
        return False
    earlier = RequestUpdate.objects.filter(id=update.id, history_id__lt=update.pk)
    reopened = (
        earlier.filter(previous_status=Status.RESOLVED, status__in=OPEN_STATUSES)
        .order_by("-history_id")
        .first()
    )
    round_ = earlier.filter(history_id__gte=reopened.pk) if reopened else earlier
    return not round_.filter(assigned_to__isnull=False).exists()
