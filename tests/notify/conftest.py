"""Who is told what, as the rows say it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from gasutil.models import Delivery, RequestUpdate, ServiceRequest
from gasutil.notify import deliveries
from tests.notify.receiver import Receiver, free_port, listening


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


@pytest.fixture
def delivery(leak: ServiceRequest) -> Delivery:
    """The receipt of the customer's leak, planned and not sent."""
    told(leak)
    return Delivery.objects.get()


def now_of(one: Delivery) -> Delivery:
    return Delivery.objects.get(pk=one.pk)


def let_time_pass(one: Delivery) -> None:
    """Have a delivery's time come."""
    Delivery.objects.filter(pk=one.pk).update(next_at=timezone.now() - deliveries.GRACE)


@pytest.fixture
def port(settings: Any) -> int:
    """The port of a mail server that all mail goes to; nobody listens there yet."""
    number = free_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", number, 1
    return number


@pytest.fixture
def receiver(port: int) -> Iterator[Receiver]:
    """The mail server, listening."""
    server = Receiver()
    with listening(server, port):
        yield server
