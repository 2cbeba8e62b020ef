"""A person whose data are everywhere, and what an erasure leaves of them."""

import datetime as dt
import json
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection

from gasutil.access import Actor
from gasutil.models import (
    BulkRow,
    BulkRun,
    Export,
    IdempotencyKey,
    Import,
    LogKey,
    SavedView,
    SecurityEvent,
    SecurityEventType,
    ServiceRequest,
    User,
)
from gasutil.proof.checking import Checker
from gasutil.proof.notes import PublicKey
from gasutil.workflow import attachments, profiles, requests
from tests.support.files import part
from tests.support.proof import publish

TRACES = ["zebedee", "quillfeather", "919812345678", "vanilla lane", "perfume of gas", "kitchen9"]
LATER = dt.timedelta(days=40)


def fill_personal_data(owner: User, support: User) -> ServiceRequest:
    """Fill every kind of table with a person's data; return their closed request."""
    profiles.update_profile(
        actor=Actor(owner),
        first_name="Zebedee",
        last_name="Quillfeather",
        email="zebedee@example.org",
        phone_number="+919812345678",
        address="7 Vanilla Lane, Pune 411 004",
    )
    obj = requests.submit(
        actor=Actor(User.objects.get(pk=owner.pk)),
        request_type="new_connection",
        description="Zebedee smells a perfume of gas",
        address="7 Vanilla Lane, Pune 411 004",
        details={},
    )
    requests.comment(obj.pk, actor=Actor(owner), notes="Call +919812345678")
    requests.comment(
        obj.pk, actor=Actor(support), notes="Mr Quillfeather is rude", is_internal=True
    )
    attachments.attach(obj.pk, actor=Actor(owner), file=part(name="kitchen9.jpg"))
    requests.resolve(obj.pk, actor=Actor(support), notes="Told Quillfeather.")
    run = BulkRun.objects.create(author=support, verb="comment", notes="Dear Zebedee")
    BulkRow.objects.create(run=run, service_request=obj, version=1, reason="Zebedee")
    Export.objects.create(
        author=support, what="requests", filters="q=Zebedee+Quillfeather", file_format="csv", rows=1
    )
    SavedView.objects.create(owner=support, name="Him", query="q=%2B919812345678")
    Import.objects.create(
        author=support, filename="zebedee.csv", rows=[{"name": "Zebedee"}], number=1
    )
    IdempotencyKey.objects.create(
        user=support, key="1", fingerprint="x", answer=b'{"address":"7 Vanilla Lane, Pune 411 004"}'
    )
    LogEntry.objects.create(
        user=support, action_flag=CHANGE, object_repr="Zebedee Quillfeather", change_message=""
    )
    SecurityEvent.objects.create(
        event=SecurityEventType.LOGIN,
        outcome="success",
        entry_point="api",
        user=owner,
        username="zebedee",
        ip="203.0.113.7",
        details={"email": "zebedee@example.org"},
    )
    return obj


def traces_of_person() -> list[str]:
    """Return each column of any table and each file that still has one of the person's values."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found += [
                    f"{table}.{name}: {trace}"
                    for name, value in zip(names, row, strict=True)
                    for trace in TRACES
                    if trace in _text(value).casefold()
                ]
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="replace")
    return value if isinstance(value, str) else json.dumps(value, default=str)


def history_problems() -> list[Any]:
    """Return what `verify_history` finds."""
    publish()
    return Checker([PublicKey.parse(key.vkey) for key in LogKey.objects.all()]).check()
