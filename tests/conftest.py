"""Users, requests and clients for all tests."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import cache as caches
from django.db import connection as db_connection
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from gasutil import health
from gasutil.access import Actor
from gasutil.groups import AUDITORS, MANAGERS
from gasutil.management.commands import load_demo, prepare
from gasutil.models import (
    Channel,
    ServiceRequest,
    User,
    UserType,
)
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.console import Browser
from tests.support.histories import switch_triggers
from tests.support.history_guard import HistoryGuard
from tests.support.network import Names
from tests.support.people import make_role, make_support, make_user
from tests.support.randomness import Random, randomness
from tests.support.template_database import use_template


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_test_environment: None,
) -> None:
    """Copy the test database from a template instead of migrating it, which is slow."""
    with django_db_blocker.unblock():
        use_template()


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
    if db_connection.vendor == "sqlite":  # which empties tables by DELETE
        flush = db_connection.ops.execute_sql_flush

        def flush_histories(statements: list[str]) -> None:
            switch_triggers("DISABLE", "append_only")
            flush(statements)
            switch_triggers("ENABLE", "append_only")

        db_connection.ops.execute_sql_flush = flush_histories


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


@pytest.fixture
def complete_histories() -> Iterator[None]:
    """No product code changes what has a history without a row of it."""
    guard = HistoryGuard()
    with db_connection.execute_wrapper(guard):
        yield
    assert not guard.pending, "A write has no history row."


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """Random numbers, the same in each run with the same `TEST_SEED`."""
    return randomness(request.node.nodeid)


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Start in English: another test may have left its language active."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Start without the failed attempts of other tests."""
    caches.cache.clear()
    yield
    caches.cache.clear()


@pytest.fixture(autouse=True)
def health_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check the health without the cached result of another test."""
    monkeypatch.setattr(health, "CACHE_SECONDS", 0.0)
    monkeypatch.setattr(health, "LATEST", health.Latest())


@pytest.fixture
def customer(db: None) -> User:
    return make_user("customer")


@pytest.fixture
def neighbour(db: None) -> User:
    """Another customer, who must not see anything of the first."""
    return make_user("neighbour")


@pytest.fixture
def pending(db: None) -> User:
    """A user who registered as a support representative and is not approved."""
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
def auditor(db: None) -> User:
    """A user who may read everything and change nothing."""
    return make_role("auditor", [AUDITORS])


@pytest.fixture
def leak(customer: User) -> ServiceRequest:
    """The customer's new report of a suspected leak."""
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="gas_leak_inspection",
        description="Suspected gas leak near kitchen stove",
    )


@pytest.fixture
def connection(customer: User) -> ServiceRequest:
    """The customer's new application for a connection, which is no emergency."""
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="new_connection",
        description="Application for new gas connection",
    )


@pytest.fixture
def api() -> Callable[[User | None], Api]:
    """Return `api(user)`: a client with that user's token; `api(None)` has no token."""
    return Api


@pytest.fixture
def anyone() -> Api:
    """A client without a token."""
    return Api()


@pytest.fixture
def console() -> Callable[[User], Browser]:
    """Return `console(user)`: a browser with that user logged in."""

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
def elsewhere(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write outside the working tree, without an administrator in the environment."""
    stored = tmp_path / "logins.txt"
    settings.VAR_DIR, settings.STATIC_ROOT, settings.ENV_FILE = (
        tmp_path,
        tmp_path / "static",
        tmp_path / ".env",
    )
    monkeypatch.setattr(prepare, "LOGINS", stored)
    monkeypatch.setattr(load_demo, "REQUEST_COUNT", 10)  # enough to see that it was called
    for name in ("USERNAME", "PASSWORD", "EMAIL"):
        monkeypatch.delenv(f"DJANGO_SUPERUSER_{name}", raising=False)
    return stored


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Return `names(host=[addresses], …)`, which sets the addresses of host names."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in known:
            return real(host, port, *args, **kwargs)
        return [item for address in known[host] for item in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def answer(**hosts: list[str]) -> None:
        known.update({host.replace("_", "."): addresses for host, addresses in hosts.items()})

    return answer
