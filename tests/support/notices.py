"""The notices of a request, and the mails that they become."""

from typing import Any

from django.core.mail import EmailMessage
from django.utils import timezone

from gasutil.models import Delivery, ReportSubscription, RequestUpdate, ServiceRequest, User
from gasutil.notify import deliveries, report_mails


def rows(obj: ServiceRequest) -> list[Any]:
    return list(RequestUpdate.objects.filter(id=obj.pk).order_by("history_id"))


def notified(obj: ServiceRequest) -> list[tuple[str, str, str]]:
    """Plan the notifications of the last row of a request.

    Return the recipient, the notice and the state of each.
    """
    update = rows(obj)[-1]
    deliveries.plan_notifications.func([update.pk])
    result = Delivery.objects.filter(update=update).order_by("id")
    return [
        (delivery.user.username, delivery.notice, delivery.last_error or delivery.state)
        for delivery in result
    ]


def mail_of(obj: ServiceRequest, mailoutbox: list[EmailMessage]) -> Any:
    """Send the notices of a request's last row, and return the one mail."""
    mailoutbox.clear()
    notified(obj)
    for delivery in Delivery.objects.filter(update=rows(obj)[-1]):
        deliveries.deliver.func(delivery.pk)
    (mail,) = mailoutbox
    return mail


def report_delivery(user: User) -> Delivery:
    """Make a user a superuser, and plan the mail of a report that they subscribe to."""
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    user.is_superuser = True
    ReportSubscription.objects.create(user=user, report="volume", frequency="weekly")
    [delivery] = report_mails.plan_due(timezone.now())
    return delivery


def now_of(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def let_time_pass(delivery: Delivery) -> None:
    """Make a delivery due."""
    Delivery.objects.filter(pk=delivery.pk).update(next_at=timezone.now() - deliveries.GRACE_PERIOD)
