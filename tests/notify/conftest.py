"""Who is told what, as the rows say it."""

from collections.abc import Iterator
from typing import Any

import pytest

from gasutil.models import Delivery, ServiceRequest
from tests.support.mail_receiver import Receiver, free_port, listening
from tests.support.notices import told


@pytest.fixture
def delivery(leak: ServiceRequest) -> Delivery:
    """The receipt of the customer's leak, planned and not sent."""
    told(leak)
    return Delivery.objects.get()


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
