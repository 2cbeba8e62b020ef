"""Browsers and pages of the console."""

from typing import Any

from django.test import Client
from django.urls import reverse

from gasutil.access import Actor
from gasutil.models import Channel, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests

QUEUE = "/admin/gasutil/servicerequest/"


class Browser(Client):
    """A browser with a logged-in user, which can press the console's buttons."""

    def verb(self, obj: ServiceRequest, verb: str, *, htmx: bool = True, **fields: Any) -> Any:
        """Send a verb's dialog, as the ticket page does."""
        headers = {"HX-Request": "true"} if htmx else {}
        return self.post(ticket(obj, verb), {"_form_submitted": "on", **fields}, headers=headers)


def ticket(obj: ServiceRequest, verb: str = "change") -> str:
    return reverse(f"admin:gasutil_servicerequest_{verb}", args=[obj.pk])


def log(obj: ServiceRequest) -> list[tuple[Any, ...]]:
    """Return the log of a request, without its times and channel."""
    fields = (
        "event",
        "status",
        "previous_status",
        "priority",
        "assigned_to",
        "notes",
        "is_internal",
        "history_user",
        "version",
    )
    return list(RequestUpdate.objects.filter(id=obj.pk).order_by("history_id").values_list(*fields))


def file(
    customer: User,
    number: int,
    description: str = "Application",
    request_type: str = "new_connection",
) -> list[ServiceRequest]:
    actor = Actor(customer, Channel.API)
    return [
        requests.submit(actor=actor, request_type=request_type, description=f"{description} {n}")
        for n in range(number)
    ]


def page(user: User, name: str = "change") -> str:
    return f"/admin/gasutil/user/{user.pk}/{name}/"


def form(user: User, **changed: Any) -> dict[str, Any]:
    names = ("username", "first_name", "last_name", "email", "phone_number", "address", "user_type")
    return {name: getattr(user, name) for name in names} | {"is_active": "on"} | changed
