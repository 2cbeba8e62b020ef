import pytest

from gasutil.access import Actor
from gasutil.models import IdempotencyKey, Priority, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.bodies import CONNECTION
from tests.support.concurrency import at_once, statuses

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_two_agents_who_saw_the_same_version_do_not_overwrite_each_other(
    support: User, colleague: User, connection: ServiceRequest
) -> None:
    first, second = Api(support), Api(colleague)
    path = f"requests/{connection.pk}/"
    answers = at_once(
        lambda: first.patch(path, {"priority": "high", "notes": "first"}, If_Match='"1"'),
        lambda: second.patch(path, {"priority": "low", "notes": "second"}, If_Match='"1"'),
    )
    assert statuses(answers) == [200, 412]
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    stored = ServiceRequest.objects.get()
    assert (stored.priority, stored.version, winner["version"]) == (winner["priority"], 2, 2)
    assert RequestUpdate.objects.count() == 2


def test_no_change_is_lost_and_none_is_missing_in_the_log(
    support: User, colleague: User, connection: ServiceRequest
) -> None:
    clients = [Api(user) for user in (support, colleague) * 4]
    path = f"requests/{connection.pk}/"
    answers = at_once(
        *(
            lambda n=n, client=client: client.patch(path, {"notes": f"note {n}"})
            for n, client in enumerate(clients)
        )
    )
    assert statuses(answers) == [200] * 8
    rows = RequestUpdate.objects.filter(event="request.commented")
    assert {row.notes for row in rows} == {f"note {n}" for n in range(8)}
    assert sorted(row.version for row in rows) == list(range(2, 10))
    assert ServiceRequest.objects.get().version == 9


def test_changes_of_different_fields_at_once_both_stay(
    support: User, colleague: User, connection: ServiceRequest
) -> None:
    at_once(
        lambda: requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.HIGH),
        lambda: requests.assign(connection.pk, actor=Actor(colleague), assigned_to=colleague.pk),
    )
    stored = ServiceRequest.objects.get()
    assert (stored.priority, stored.assigned_to, stored.version) == ("high", colleague, 3)
    newest = RequestUpdate.objects.latest("history_id")
    assert (newest.priority, newest.assigned_to) == ("high", colleague)


def test_a_customer_who_cancels_while_work_begins_gets_one_or_the_other(
    customer: User, support: User, connection: ServiceRequest
) -> None:
    owner, agent = Api(customer), Api(support)
    answers = at_once(
        lambda: owner.post(f"requests/{connection.pk}/cancel/"),
        lambda: agent.patch(f"requests/{connection.pk}/", {"status": "in_progress"}),
    )
    assert statuses(answers) == [200, 409]
    assert RequestUpdate.objects.filter(event="request.status_changed").count() == 1


def test_one_key_eight_times_at_once_files_one_request(customer: User) -> None:
    client = Api(customer)
    answers = at_once(
        *[lambda: client.post("requests/", CONNECTION, Idempotency_Key="the same")] * 8
    )
    assert statuses(answers) == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert (
        ServiceRequest.objects.count(),
        RequestUpdate.objects.count(),
        IdempotencyKey.objects.count(),
    ) == (1, 1, 1)


def test_one_key_with_two_bodies_at_once_files_one_request(customer: User) -> None:
    client = Api(customer)
    bodies = [CONNECTION, CONNECTION | {"description": "Another"}]
    answers = at_once(
        *(
            lambda body=body: client.post("requests/", body, Idempotency_Key="the same")
            for body in bodies
        )
    )
    assert statuses(answers) == [201, 409]
    assert ServiceRequest.objects.count() == 1


def test_one_key_eight_times_at_once_writes_one_comment(
    customer: User, connection: ServiceRequest
) -> None:
    client, path = Api(customer), f"requests/{connection.pk}/comments/"
    answers = at_once(
        *[lambda: client.post(path, {"notes": "Hello"}, Idempotency_Key="the same")] * 8
    )
    assert statuses(answers) == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7
    assert RequestUpdate.objects.filter(notes="Hello").count() == 1
