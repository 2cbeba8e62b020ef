"""Locks on requests, and sessions that wait for them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import transaction

from gasutil.models import ServiceRequest
from tests.support.databases import database_url


@contextmanager
def held(obj: ServiceRequest) -> Iterator[None]:
    """Hold the lock on a request. Changes to it wait; references to it do not."""
    with transaction.atomic():
        ServiceRequest.objects.select_for_update(no_key=True).get(pk=obj.pk)
        yield


def has_waiting_session() -> bool:
    """Return whether a session waits for a lock of another's."""
    with psycopg.connect(database_url(), autocommit=True) as session:
        rows = session.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
            " wait_event_type = 'Lock'"
        )
        return bool(rows.fetchone() != (0,))
