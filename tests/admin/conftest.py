"""Everybody's browser in the console."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gasutil.access import Actor
from gasutil.models import Calendar, CannedReply, Export, RequestUpdate, ServiceRequest, Team, User
from gasutil.workflow import bulk, imports, incidents, requests, webhooks
from tests.conftest import make_user, table_of

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
    return make_user(
        "root",
        user_type="support",
        is_approved=True,
        is_staff=True,
        is_superuser=True,
        email_confirmed=True,
    )


@pytest.fixture
def desk(support: User, manager: User, customer: User, root: User, leak: ServiceRequest) -> None:
    """One of everything."""
    run = bulk.prepare(actor=Actor(support), verb="hold", pks=[leak.pk])
    bulk.confirm(run.pk, actor=Actor(support))
    incidents.gather(leak.pk, actor=Actor(support), incident=None, title="A leak", reports=[])
    Calendar.objects.create(name="Office")
    Team.objects.create(name="North")
    CannedReply.objects.create(title="Hello", text="Good day.")
    webhooks.subscribe(
        actor=Actor(root), name="Dispatch", url="https://example.com/", events=["request.created"]
    )
    row = {"customer": "customer", "request_type": "new_connection", "description": "A line"}
    Export.objects.create(author=root, what="gasutil.user", file_format="csv", rows=1)
    imports.create_draft(actor=Actor(root), filename="calls.csv", table=table_of(row))
    requests.comment(leak.pk, actor=Actor(support), notes="Ours", is_internal=True)


@pytest.fixture
def visitors(desk: None, support: User, manager: User, root: User, console: Any) -> list[Browser]:
    """An agent, a manager and a superuser, who see an error as it is returned."""
    return [console(user, raise_request_exception=False) for user in (support, manager, root)]
