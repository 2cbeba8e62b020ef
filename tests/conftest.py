"""The cast, and the doors they come in by."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core import cache as caches
from django.db import connection as db_connection
from django.test import Client
from django.utils import translation
from pytest_django import DjangoDbBlocker

from gasutil import health
from gasutil.access import SYSTEM, Actor
from gasutil.groups import MANAGERS, SUPPORT
from gasutil.identity import logins
from gasutil.models import (
    Calendar,
    Channel,
    MilestoneLimit,
    RequestField,
    RequestType,
    ServiceRequest,
    Team,
    User,
    UserType,
)
from gasutil.models.append_only import histories
from gasutil.tables import Table
from gasutil.tables.grid import Grid
from gasutil.tables.headings import table as read_table
from gasutil.workflow import catalogue as catalogue_verbs
from gasutil.workflow import requests
from tests.docs.pages import documented

PASSWORD = "Blue-Flame-2026"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Switch off the triggers against TRUNCATE, with which pytest-django empties all tables.

    Those against changes stay on.

    They are off while a test with `serialized_rollback` gets back the rows of the migrations, some
    of which are still there.
    """
    restore = db_connection.creation.deserialize_db_from_string

    def restore_histories(data: str) -> None:
        switch_triggers("DISABLE", "append_only")
        try:
            restore(data)
        finally:
            switch_triggers("ENABLE", "append_only")

    db_connection.creation.deserialize_db_from_string = restore_histories
    with django_db_blocker.unblock():
        switch_triggers("DISABLE", "append_only_truncate")


@pytest.fixture
def rewritable_histories(db: None) -> None:
    """Let a test write histories as an earlier release left them.

    This lasts until its transaction is rolled back.
    """
    if db_connection.vendor == "postgresql":
        with db_connection.cursor() as cursor:
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # a table with checks that wait can't be altered
    switch_triggers("DISABLE", "append_only")


def switch_triggers(switch: str, name: str) -> None:
    """Switch a trigger of all histories: `ENABLE` or `DISABLE`. SQLite has none."""
    if db_connection.vendor == "postgresql":
        with db_connection.cursor() as cursor:
            for model in histories():
                cursor.execute(f"ALTER TABLE {model._meta.db_table} {switch} TRIGGER {name}")


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Start in English.

    A request of another test may have left its language active, as the next request of a server
    finds it.
    """
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """No test inherits another's failed attempts."""
    caches.cache.clear()
    yield
    caches.cache.clear()


@pytest.fixture(autouse=True)
def health_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is told how things stood in another."""
    monkeypatch.setattr(health, "CACHE_SECONDS", 0.0)
    monkeypatch.setattr(health, "LATEST", health.Latest())


def make_user(username: str, **fields: Any) -> User:
    """Make an account with a profile that is complete."""
    fields = {
        "email": f"{username}@example.com",
        "first_name": username.title(),
        "last_name": "Example",
        "phone_number": "+917890123456",
        "address": f"1 {username} Street",
    } | fields
    return User.objects.create(username=username, password=password_hash(), **fields)


@cache
def password_hash() -> str:
    """Return the hash of everyone's password, made once.

    It is checked as any other, but making it would take half of a test's time.
    """
    return make_password(PASSWORD)


def make_support(username: str, **fields: Any) -> User:
    """Make an approved support representative."""
    user = make_user(
        username,
        **{
            "user_type": UserType.SUPPORT,
            "is_approved": True,
            "is_staff": True,
            "email_confirmed": True,
        }
        | fields,
    )
    user.groups.add(Group.objects.get(name=SUPPORT))
    return user


def make_team(name: str, members: Iterable[User], codes: Iterable[str]) -> Team:
    """Make a team of some representatives that handles some types."""
    team = Team.objects.create(name=name)
    team.members.set(members)
    team.request_types.set(RequestType.objects.filter(code__in=codes))
    return team


@pytest.fixture
def customer(db: None) -> User:
    return make_user("customer")


@pytest.fixture
def neighbour(db: None) -> User:
    """Another customer, who must not learn anything of the first."""
    return make_user("neighbour")


@pytest.fixture
def pending(db: None) -> User:
    """Somebody who says he is a support representative, and whom no manager has approved."""
    return make_user("pending", user_type=UserType.SUPPORT)


@pytest.fixture
def support(db: None) -> User:
    return make_support("support")


@pytest.fixture
def colleague(db: None) -> User:
    """A second support representative."""
    return make_support("colleague")


@pytest.fixture
def manager(db: None) -> User:
    user = make_support("manager")
    user.groups.add(Group.objects.get(name=MANAGERS))
    return user


@pytest.fixture
def leak(customer: User) -> ServiceRequest:
    """The customer's suspected leak, just filed."""
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="gas_leak_inspection",
        description="Suspected gas leak near kitchen stove",
    )


@pytest.fixture
def connection(customer: User) -> ServiceRequest:
    """The customer's application for a connection, just filed: no emergency."""
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="new_connection",
        description="Application for new gas connection",
    )


def make_type(
    code: str = "survey",
    *,
    fields: Iterable[dict[str, Any]] = (),
    limits: Mapping[str, int] = MappingProxyType({}),
    calendar: Calendar | None = None,
    **about: Any,
) -> RequestType:
    """Make a request type of one's own and publish it.

    Its limits are minutes, by the calendar where there is one.
    """
    request_type = RequestType(code=code, name=code.title(), calendar=calendar, **about)
    request_type.skip_history_when_saving = True  # publishing writes the row
    request_type.save()
    for position, one in enumerate(fields):
        RequestField.objects.create(
            request_type=request_type, position=position, **{"label": one["name"].title()} | one
        )
    for position, (name, minutes) in enumerate(limits.items()):
        MilestoneLimit.objects.create(
            request_type=request_type,
            position=position,
            name=name,
            label=name.title(),
            minutes=minutes,
            in_business_hours=calendar is not None,
        )
    return catalogue_verbs.publish(request_type.pk, actor=SYSTEM)


def table_of(*rows: Mapping[str, Any]) -> Table:
    """Return a table of these rows, which count from 1."""
    grid = Grid("", max_rows=len(rows) + 1)
    for number, row in enumerate([{name: name for name in rows[0]}, *rows] if rows else []):
        for column, cell in enumerate(row.values(), start=1):
            grid.add(number, column, cell)
    return read_table(grid, 0) if rows else Table([], [], [])


class Api:
    """A client of the API: paths below `/api/v1/`, JSON in and out, with a user's token or none."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {} if user is None else {"Authorization": f"Bearer {token_of(user)}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Make one call; `If_Match="…"` becomes the header `If-Match`.

        The answer has `.status_code`, `.json()`, `.headers`.
        """
        sent = (
            {}
            if body is None
            else {
                "data": body if isinstance(body, str | bytes) else json.dumps(body),
                "content_type": "application/json",
            }
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.generic(
            method, f"/api/v1/{path}", headers=self.headers | named, **({"content_type": ""} | sent)
        )
        return documented(response)

    def send(self, path: str, **parts: Any) -> Any:
        """Post a form, with files or without."""
        return documented(self.client.post(f"/api/v1/{path}", parts, headers=self.headers))

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("PUT", path, body, **headers)


def token_of(user: User) -> str:
    """Return an access token of a fresh login, without the cost of checking a password."""
    return logins.start_login(user).access


@pytest.fixture
def api() -> Callable[[User | None], Api]:
    """Give `api(user)`: a client with that user's token; `api(None)` is a stranger's."""
    return Api


@pytest.fixture
def anyone() -> Api:
    """A client without a token."""
    return Api()
