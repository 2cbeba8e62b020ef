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
    result = Delivery.objects.filter(update=update).order_by("id")
    return [
        (delivery.user.username, delivery.notice, delivery.last_error or delivery.state)
        for delivery in result
    ]


def mail_of(obj: ServiceRequest, mailoutbox: list[EmailMessage]) -> Any:
    """Send what the last row of a request means, and return the one mail that comes of it."""
    mailoutbox.clear()
    told(obj)
    for delivery in Delivery.objects.filter(update=rows(obj)[-1]):
        deliveries.deliver.func(delivery.pk)
    (mail,) = mailoutbox
    return mail


def now_of(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def let_time_pass(delivery: Delivery) -> None:
    """Have a delivery's time come."""
    Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now() - deliveries.GRACE_PERIOD)
