"""The notices of a request, and the mails that they become."""

from typing import Any

from django.core.mail import EmailMessage
from django.utils import timezone

from gasutil.models import Delivery, RequestUpdate, ServiceRequest
from gasutil.notify import deliveries


def rows(obj: ServiceRequest) -> list[Any]:
    return list(RequestUpdate.objects.filter(id=obj.pk).order_by("history_id"))


def told(obj: ServiceRequest) -> list[tuple[str, str, str]]:
    """Return who was told what by the last row of a request, and how that stands.

    Its planning is done now.
    """
    update = rows(obj)[-1]
    deliveries.plan_notifications.func([update.pk])
    found = Delivery.objects.filter(update=update).order_by("id")
    return [(one.user.username, one.notice, one.last_error or one.state) for one in found]


def mail_of(obj: ServiceRequest, mailoutbox: list[EmailMessage]) -> Any:
    """Send what the last row of a request means, and return the one mail that comes of it."""
    mailoutbox.clear()
    told(obj)
    for one in Delivery.objects.filter(update=rows(obj)[-1]):
        deliveries.deliver.func(one.pk)
    (mail,) = mailoutbox
    return mail


def now_of(one: Delivery) -> Delivery:
    return Delivery.objects.get(pk=one.pk)


def let_time_pass(one: Delivery) -> None:
    """Have a delivery's time come."""
    Delivery.objects.filter(pk=one.pk).update(next_at=timezone.now() - deliveries.GRACE_PERIOD)
