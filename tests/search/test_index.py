"""The search index.

The verbs update it, and what an earlier release wrote is indexed later.
"""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import SearchEntry, ServiceRequest, User
from gasutil.search import index
from gasutil.workflow import attachments, incidents, requests

COLUMNS = ["version", "reference", "identity", "public", "internal"]


def entry(obj: ServiceRequest) -> list[Any]:
    return list(SearchEntry.objects.values_list(*COLUMNS).get(pk=obj.pk))


def words(obj: ServiceRequest) -> list[Any]:
    return [sorted(value.split()) if isinstance(value, str) else value for value in entry(obj)]


def test_the_verbs_write_what_a_rebuild_writes(
    connection: ServiceRequest, support: User, customer: User, jpeg: bytes
) -> None:
    staff, owner = Actor(support), Actor(customer)
    file = SimpleUploadedFile("Kitchen.jpg", jpeg, "image/jpeg")
    incident = incidents.open_incident(actor=staff, title="Main burst", reports=[])
    verbs: list[Any] = [
        lambda: attachments.attach(connection.pk, actor=owner, file=file),
        lambda: attachments.remove(connection.attachments.get().pk, actor=owner),
        lambda: requests.comment(connection.pk, actor=owner, notes="One"),
        lambda: requests.comment(connection.pk, actor=staff, notes="Two", is_internal=True),
        lambda: requests.update(
            connection.pk, actor=staff, priority="high", notes="Three", internal_notes="Four"
        ),
        lambda: requests.assign(connection.pk, actor=staff, assigned_to=support.pk),
        lambda: incidents.join(connection.pk, actor=staff, incident=incident.pk, notes="Five"),
        lambda: requests.comment(connection.pk, actor=staff, notes="Six"),
        lambda: incidents.leave(connection.pk, actor=staff),
        lambda: requests.reclassify(connection.pk, actor=staff, request_type="billing_dispute"),
    ]
    for verb in [lambda: None, *verbs]:
        verb()
        connection.refresh_from_db()
        written = words(connection)
        assert written[0] == connection.version
        index.rebuild([connection.pk])
        assert words(connection) == written


def test_what_an_earlier_release_wrote_is_indexed(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    """The earlier release changes requests and accounts without index entries."""
    expected = entry(connection)
    SearchEntry.objects.all().delete()
    index.catch_up(timezone.now())
    assert entry(connection) == expected

    SearchEntry.objects.update(
        version=connection.version - 1, public=""
    )  # as if the last change was the earlier release's
    requests.comment(connection.pk, actor=Actor(support), notes="Then this release")
    assert "release" not in entry(connection)[3]
    index.catch_up(timezone.now())
    assert "then this release" in entry(connection)[3]

    customer.last_name = "Kulkarni"
    customer.save()
    index.catch_up(timezone.now())
    assert "kulkarni" in entry(connection)[2]


def test_only_what_is_recent_is_caught_up_with_every_few_seconds(
    connection: ServiceRequest,
) -> None:
    SearchEntry.objects.all().delete()
    index.catch_up(timezone.now() + index.CATCH_UP_PERIOD + dt.timedelta(minutes=1))
    assert not SearchEntry.objects.exists()
    index.fill_index()
    assert SearchEntry.objects.get().pk == connection.pk


def test_it_fills_in_batches_and_only_what_is_missing(
    customer: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(index, "BATCH_SIZE", 3)
    for _ in range(7):
        requests.submit(actor=Actor(customer), request_type="new_connection", description="x")
    with django_assert_num_queries(1):
        index.fill_index()
    SearchEntry.objects.all().delete()
    index.fill_index()
    assert SearchEntry.objects.count() == 7


def test_many_requests_of_a_customer_follow_in_the_background(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BATCH_SIZE", 2)
    objs = [
        requests.submit(actor=Actor(customer), request_type="new_connection", description="x")
        for _ in range(5)
    ]
    customer.last_name = "Kulkarni"
    customer.save()
    index.update_customer(customer)
    assert ["kulkarni" in entry(obj)[2] for obj in objs] == [False, False, False, True, True]
    index.update_customer_later.func(customer.pk)
    assert all("kulkarni" in entry(obj)[2] for obj in objs)


@pytest.mark.parametrize("many", [1, 60])
def test_a_comment_costs_one_statement_more(
    many: int, connection: ServiceRequest, support: User, django_assert_num_queries: Any
) -> None:
    for _ in range(many):
        requests.comment(connection.pk, actor=Actor(support), notes="x")
    with django_assert_num_queries(1):
        index.append(connection, version=many, public=["x"])
