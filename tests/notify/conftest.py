"""Fixtures of notifications."""

from collections.abc import Iterator
from typing import Any

import pytest

from gasutil.models import Delivery, ServiceRequest
from tests.support.mail_receiver import Receiver, listening
from tests.support.notices import notified
from tests.support.processes import free_port


@pytest.fixture
def delivery(leak: ServiceRequest) -> Delivery:
    """The receipt of the customer's leak, planned and not sent."""
    notified(leak)
    return Delivery.objects.get()


@pytest.fixture
def port(settings: Any) -> int:
    """The port of the mail server; nothing listens there yet."""
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
