import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from gasutil.identity import logins
from gasutil.models import Delivery, EventTicket, IdempotencyKey, Import, Login, User


def test_it_deletes_what_has_expired_and_nothing_else(customer: User) -> None:
    logins.start_login(customer)
    logins.start_login(customer)
    long_ago = timezone.now() - dt.timedelta(days=2)
    Login.objects.filter(pk=Login.objects.latest("created_at").pk).update(rotated_at=long_ago)
    IdempotencyKey.objects.create(user=customer, key="old", fingerprint="", created_at=long_ago)
    IdempotencyKey.objects.create(user=customer, key="new", fingerprint="")

    for filename, created_at, confirmed_at in (
        ("old", long_ago, None),
        ("filed", long_ago, long_ago),
        ("new", timezone.now(), None),
    ):
        Import.objects.create(
            author=customer,
            filename=filename,
            number=1,
            created_at=created_at,
            confirmed_at=confirmed_at,
        )

    years_ago = timezone.now() - dt.timedelta(days=settings.DELIVERY_DAYS + 1)
    for state, created_at in (
        ("sent", years_ago),
        ("waiting", years_ago),
        ("given_up", timezone.now()),
    ):
        Delivery.objects.create(channel="mail", user=customer, state=state, created_at=created_at)

    call_command("tidy", verbosity=0)

    assert Login.objects.count() == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["given_up", "waiting"]
    assert sorted(Import.objects.values_list("filename", flat=True)) == ["filed", "new"]
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


def test_it_prunes_expired_sessions(db: None) -> None:
    now = timezone.now()
    Session.objects.create(
        session_key="old", session_data="", expire_date=now - dt.timedelta(minutes=1)
    )
    Session.objects.create(
        session_key="new", session_data="", expire_date=now + dt.timedelta(hours=1)
    )

    call_command("tidy", verbosity=0)

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


@pytest.mark.parametrize("queue", settings.TASKS["default"]["QUEUES"])
def test_it_prunes_finished_tasks_of_every_queue(queue: str, db: None) -> None:
    long_ago = timezone.now() - dt.timedelta(days=60)
    common = {
        "queue_name": queue,
        "args_kwargs": {"args": [], "kwargs": {}},
        "task_path": "x.y",
        "backend_name": "default",
    }
    for status, finished_at in (
        ("SUCCESSFUL", long_ago),
        ("SUCCESSFUL", timezone.now()),
        ("READY", None),
    ):
        DBTaskResult.objects.create(
            status=status, finished_at=finished_at, run_after=get_date_max(), **common
        )

    call_command("tidy", verbosity=0)

    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "SUCCESSFUL"]


def test_it_deletes_expired_tickets(db: None) -> None:
    now = timezone.now()
    for digest, seconds in (("old", -1), ("new", 60)):
        expires_at = now + dt.timedelta(seconds=seconds)
        EventTicket.objects.create(digest=digest, expires_at=expires_at, stream_ends_at=expires_at)

    call_command("tidy", verbosity=0)

    assert list(EventTicket.objects.values_list("digest", flat=True)) == ["new"]
