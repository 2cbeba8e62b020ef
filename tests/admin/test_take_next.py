from django.contrib.messages import get_messages

from gasutil.access import Actor
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import QUEUE, ticket

TAKE = f"{QUEUE}take-next/"


def test_it_assigns_the_most_urgent_unassigned_request(
    support: User, colleague: User, console, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = console(support)
    assert "Take next" in client.get(QUEUE).content.decode()
    assert client.post(TAKE).headers["Location"] == ticket(leak)
    assert client.post(TAKE).headers["Location"] == ticket(connection)
    assert set(ServiceRequest.objects.values_list("assigned_to", flat=True)) == {support.pk}


def test_it_leaves_requests_of_others(
    support: User, colleague: User, console, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    requests.assign(leak.pk, actor=Actor(colleague), assigned_to=colleague.pk)
    requests.hold(connection.pk, actor=Actor(colleague))
    answer = console(support).post(TAKE)
    assert answer.headers["Location"] == QUEUE
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "There are no unassigned requests to take."
    ]


def test_it_assigns_nothing_by_a_get_or_without_a_token(
    support: User, console, leak: ServiceRequest
) -> None:
    assert console(support).get(TAKE).status_code == 405
    assert console(support, enforce_csrf_checks=True).post(TAKE).status_code == 403
    leak.refresh_from_db()
    assert leak.assigned_to is None


def test_customers_cannot_take(customer: User, console, leak: ServiceRequest) -> None:
    console(customer).post(TAKE)
    leak.refresh_from_db()
    assert leak.assigned_to is None
