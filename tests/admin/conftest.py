"""Everybody's browser in the console."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gasutil.models import RequestUpdate, ServiceRequest, User
from tests.conftest import make_user

QUEUE = "/admin/gasutil/servicerequest/"


class Browser(Client):
    """A browser with somebody logged in, that can press the console's buttons."""

    def verb(self, obj: ServiceRequest, verb: str, *, htmx: bool = True, **fields: Any) -> Any:
        """Send a verb's dialog, as the ticket page does."""
        headers = {"HX-Request": "true"} if htmx else {}
        return self.post(ticket(obj, verb), {"_form_submitted": "on", **fields}, headers=headers)


def ticket(obj: ServiceRequest, verb: str = "change") -> str:
    return reverse(f"admin:gasutil_servicerequest_{verb}", args=[obj.pk])


def log(obj: ServiceRequest) -> list[tuple[Any, ...]]:
    """Return what the log says of a request, but for the times and the door."""
    fields = ("event", "status", "previous_status", "priority", "assigned_to", "notes", "is_internal", "history_user", "version")
    return list(RequestUpdate.objects.filter(id=obj.pk).order_by("history_id").values_list(*fields))


@pytest.fixture
def console() -> Callable[[User], Browser]:
    """Give `console(user)`."""

    def log_in(user: User, **options: Any) -> Browser:
        client = Browser(**options)
        client.force_login(user, backend="gasutil.identity.backend.ThrottledBackend")
        return client

    return log_in


@pytest.fixture
def root(db: None) -> User:
    """A superuser, made as `createsuperuser` makes one."""
    return make_user("root", user_type="support", is_approved=True, is_staff=True, is_superuser=True, email_confirmed=True)
