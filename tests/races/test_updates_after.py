"""`request-updates/?after=` misses no row, however late other transactions commit."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection as database
from django.db import transaction

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.concurrency import at_once
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WRITERS, NOTES_EACH = 4, 12


def read_after(api: Api, last: int) -> Iterator[int]:
    """Yield the IDs of all pages after an update, as the recipe reads them."""
    url = f"request-updates/?after={last}&page_size=5"
    while url:
        page = api.get(url).json()
        yield from (row["id"] for row in page["results"])
        url = (page["next"] or "").partition("/api/v1/")[2]


def newest(api: Api) -> int:
    """Return the last ID, as soon as no other transaction of the server is running."""
    return wait_for(lambda: list(read_after(api, 0)))[-1]


def test_a_row_that_is_committed_late_is_not_missed(
    leak: ServiceRequest, connection: ServiceRequest, support: User
) -> None:
    api, is_written, may_commit = Api(support), threading.Event(), threading.Event()
    last = newest(api)

    def write_late() -> int:
        with transaction.atomic():
            row = requests.comment(leak.pk, actor=Actor(support), notes="Late")
            is_written.set()
            assert may_commit.wait(20)
        return int(row.pk)

    def write_and_read() -> int:
        assert is_written.wait(20)
        row = requests.comment(connection.pk, actor=Actor(support), notes="Soon")
        seen = list(read_after(api, last))
        assert seen == []  # the later row waits for the earlier one
        may_commit.set()
        return int(row.pk)

    late, soon = at_once(write_late, write_and_read)
    assert late < soon
    wait_for(lambda: list(read_after(api, last)) == [late, soon])


def test_a_reader_gets_each_row_of_many_writers_once(
    leak: ServiceRequest, connection: ServiceRequest, support: User
) -> None:
    api = Api(support)
    begun = newest(api)
    targets, finished, seen = [leak.pk, connection.pk], list[int](), list[int]()

    def write(number: int) -> None:
        for count in range(NOTES_EACH):
            with transaction.atomic():
                target = targets[(number + count) % 2]
                requests.comment(target, actor=Actor(support), notes=f"{number}.{count}")
                with database.cursor() as cursor:  # commits later than some that began later
                    cursor.execute("SELECT pg_sleep(%s)", [(number * count % 3) / 100])
        finished.append(number)

    def read_on() -> int:
        seen.extend(read_after(api, seen[-1] if seen else begun))
        return len(seen)

    def read() -> None:
        while len(finished) < WRITERS:
            read_on()

    at_once(read, *(lambda number=number: write(number) for number in range(WRITERS)))
    wait_for(lambda: read_on() >= WRITERS * NOTES_EACH)
    stored = RequestUpdate.objects.filter(history_id__gt=begun)
    assert sorted(seen) == sorted(stored.values_list("history_id", flat=True))
