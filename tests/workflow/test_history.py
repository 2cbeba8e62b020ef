"""The log: only the engine can add to it."""

import pytest
from django.db.models import ProtectedError

from gasutil.access import Actor
from gasutil.models import Channel, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.requests import SYSTEM


@pytest.fixture
def row(leak: ServiceRequest) -> RequestUpdate:
    return RequestUpdate.objects.get(id=leak.pk)


def test_it_rejects_to_change_a_row(row: RequestUpdate) -> None:
    row.notes = "It never happened."
    with pytest.raises(TypeError, match=r"The log is append-only\."):
        row.save()


def test_it_rejects_to_delete_a_row(row: RequestUpdate) -> None:
    with pytest.raises(TypeError, match=r"The log is append-only\."):
        row.delete()


def test_it_rejects_to_change_rows(row: RequestUpdate) -> None:
    with pytest.raises(TypeError, match=r"The log is append-only\."):
        RequestUpdate.objects.filter(pk=row.pk).update(notes="It never happened.")


def test_it_rejects_to_change_rows_in_bulk(row: RequestUpdate) -> None:
    row.notes = "It never happened."
    with pytest.raises(TypeError, match=r"The log is append-only\."):
        RequestUpdate.objects.bulk_update([row], ["notes"])


def test_it_rejects_to_delete_rows(row: RequestUpdate) -> None:
    with pytest.raises(TypeError, match=r"The log is append-only\."):
        RequestUpdate.objects.all().delete()


def test_it_rejects_changes_through_a_requests_history(
    leak: ServiceRequest, row: RequestUpdate
) -> None:
    with pytest.raises(TypeError, match=r"The log is append-only\."):
        leak.history.all().delete()
    with pytest.raises(TypeError, match=r"The log is append-only\."):
        leak.history.update(notes="It never happened.")


def test_it_rejects_a_save_without_the_engine(leak: ServiceRequest) -> None:
    leak.status = Status.RESOLVED
    with pytest.raises(
        TypeError, match=r"A service request changes through a verb of gasutil\.workflow alone\."
    ):
        leak.save()


@pytest.mark.django_db(transaction=True)
def test_it_rejects_a_save_without_the_engine_before_writing(leak: ServiceRequest) -> None:
    leak.status = Status.RESOLVED
    with pytest.raises(TypeError):
        leak.save()
    assert ServiceRequest.objects.get(pk=leak.pk).status == Status.PENDING


def test_it_rejects_a_creation_without_the_engine(customer: User) -> None:
    with pytest.raises(
        TypeError, match=r"A service request changes through a verb of gasutil\.workflow alone\."
    ):
        ServiceRequest.objects.create(
            customer=customer, request_type_id="new_connection", description="x", address="x"
        )


def test_it_rejects_a_second_save_on_one_entry(support: User, connection: ServiceRequest) -> None:
    obj = requests.start(connection.pk, actor=Actor(support))
    obj.status = Status.RESOLVED
    with pytest.raises(TypeError, match="through a verb"):
        obj.save()


def test_authors_of_rows_cannot_be_deleted(support: User, connection: ServiceRequest) -> None:
    requests.start(connection.pk, actor=Actor(support))
    with pytest.raises(ProtectedError):
        support.delete()
    assert RequestUpdate.objects.filter(history_user=support).count() == 1


@pytest.mark.parametrize("channel", Channel)
def test_it_records_the_user_and_the_channel(
    channel: Channel, support: User, connection: ServiceRequest
) -> None:
    requests.start(connection.pk, actor=Actor(support, channel))
    row = RequestUpdate.objects.filter(id=connection.pk).latest("history_id")
    assert (row.history_user, row.channel, row.history_type) == (support, channel, "~")


def test_rows_of_the_system_have_no_user(connection: ServiceRequest) -> None:
    requests.hold(connection.pk, actor=SYSTEM)
    row = RequestUpdate.objects.filter(id=connection.pk).latest("history_id")
    assert (row.history_user, row.channel) == (None, "system")


def test_it_records_each_status_with_the_one_before(
    support: User, connection: ServiceRequest
) -> None:
    for verb in (
        requests.start,
        requests.hold,
        requests.resume,
        requests.resolve,
        requests.reopen,
        requests.cancel,
    ):
        verb(connection.pk, actor=Actor(support))
    result = list(
        RequestUpdate.objects.filter(id=connection.pk)
        .order_by("history_id")
        .values_list("previous_status", "status")
    )
    way = [
        "pending",
        "in_progress",
        "on_hold",
        "in_progress",
        "resolved",
        "in_progress",
        "cancelled",
    ]
    assert result == list(zip([None, *way], way, strict=False))
