"""An account can make a limited number of calls, except for emergencies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.api.framework.resource import Call, Resource
from gasutil.api.resources import CALLS, RESOURCES
from gasutil.identity import tracking
from gasutil.models import Attachment, RequestUpdate, ServiceRequest, User
from gasutil.workflow import attachments, limits, requests
from tests.support.api import Api
from tests.support.documents import PDF
from tests.support.outages import AWAY

ALL = ("REQUEST_LIMIT", "COMMENT_LIMIT", "UPLOAD_LIMIT", "UPDATE_LIMIT")
DEFAULTS = [getattr(django_settings, name) for name in ALL]
CONNECTION = {"request_type": "new_connection", "description": "A new house"}
LEAK = {"request_type": "gas_leak_inspection", "description": "It smells"}
OF_REQUESTS = (ServiceRequest, RequestUpdate, Attachment)
OF_RESOURCES = [
    (resource, call)
    for resource in RESOURCES
    if resource.representation.model in OF_REQUESTS
    for call in resource.calls
    if call.is_limited
]
OF_ACCOUNTS = [call for group in CALLS.values() for call in group if call.is_limited]


@pytest.fixture(autouse=True)
def low_limits(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for name in ALL:
        setattr(settings, name, 2)


def document() -> SimpleUploadedFile:
    return SimpleUploadedFile("plan.pdf", PDF, "application/pdf")


def perform(client: Api, resource: Resource, call: Call, obj: ServiceRequest) -> Any:
    """Make a call about a request, with the example of its body."""
    pk = obj.pk
    if resource.representation.model is Attachment:
        pk = (
            Attachment.objects.filter(service_request=obj).values_list("pk", flat=True).first() or 0
        )
    path = resource.path + call.path.replace("{int:id}", str(pk)).replace("{slug:system}", "erp")
    if call.files and call.files.is_form:
        return client.send(path, **{call.files.name: document()})
    body = dict(call.takes.examples[0]) if call.takes else None
    if body and "service_request" in body:
        body["service_request"] = obj.pk
    if body and "tracking_token" in body:
        body["tracking_token"] = tracking.new_token(obj.pk, obj.customer_id, timezone.now())
    if body and "request_type" in body:
        body["request_type"] = obj.request_type_id
    return client(call.method, path, body)


def ids(value: Any) -> str:
    return value.name if isinstance(value, Call) else ""


def actors_of(call: Call, resource: Resource, customer: User, support: User) -> Iterator[User]:
    allowed = call.allowed or resource.allowed
    yield from (user for user in (customer, support) if Actor(user).role in allowed)


# --- Every call
# --------------------------------------------------------------------------------------------------
def test_the_sweep_has_calls() -> None:
    assert {
        "create_request",
        "comment_request",
        "update_request",
        "attach_file",
        "delete_attachment",
    } <= {call.name for _, call in OF_RESOURCES}
    assert {"update_profile"} <= {call.name for call in OF_ACCOUNTS}


@pytest.mark.parametrize(("resource", "call"), OF_RESOURCES, ids=ids)
def test_a_call_beyond_the_limit_is_rejected(
    resource: Resource, call: Call, connection: ServiceRequest, customer: User, support: User
) -> None:
    for _ in range(4):
        attachments.attach(connection.pk, actor=Actor(customer), file=document())
    for user in actors_of(call, resource, customer, support):
        answers = [perform(Api(user), resource, call, connection) for _ in range(3)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, True], answers[
            0
        ].content
        assert answers[-1].json()["type"] == "urn:gasutil:problem:too-many-attempts"
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


@pytest.mark.parametrize(("resource", "call"), OF_RESOURCES, ids=ids)
def test_no_call_about_an_emergency_is(
    resource: Resource, call: Call, leak: ServiceRequest, customer: User, support: User
) -> None:
    attachments.attach(leak.pk, actor=Actor(customer), file=document())
    for user in actors_of(call, resource, customer, support):
        assert 429 not in [perform(Api(user), resource, call, leak).status_code for _ in range(6)]


@pytest.mark.parametrize("call", OF_ACCOUNTS, ids=ids)
def test_changes_of_an_account_are_limited(call: Call, customer: User) -> None:
    client = Api(customer)
    answers = [
        client(call.method, call.path, dict(call.takes.examples[0]) if call.takes else None)
        for _ in range(3)
    ]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]


@pytest.mark.parametrize("name", ALL)
def test_zero_is_no_limit(
    name: str, customer: User, connection: ServiceRequest, settings: Settings
) -> None:
    for each in ALL:
        setattr(settings, each, 0)
    client = Api(customer)
    assert {client.post("requests/", CONNECTION).status_code for _ in range(4)} == {201}
    assert {
        client.post(f"requests/{connection.pk}/comments/", {"notes": "x"}).status_code
        for _ in range(4)
    } == {201}


def test_a_claim_with_a_false_token_is_limited(customer: User) -> None:
    client = Api(customer)
    answers = [client.post("requests/claim/", {"tracking_token": "gst_1.2.3~x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [422, 422, 429]


# --- What is never rejected
# ---------------------------------------------------------------------------------------
def test_every_emergency_is_created(customer: User) -> None:
    client = Api(customer)
    assert [client.post("requests/", CONNECTION).status_code for _ in range(3)] == [201, 201, 429]
    answers = [client.post("requests/", LEAK) for _ in range(5)]
    assert {(answer.status_code, answer.json()["is_emergency"]) for answer in answers} == {
        (201, True)
    }


def test_messages_on_an_emergency_are_stored(
    leak: ServiceRequest, customer: User, support: User
) -> None:
    client = Api(customer)
    for number in range(5):
        assert (
            client.post(f"requests/{leak.pk}/comments/", {"notes": f"message {number}"}).status_code
            == 201
        )
        assert client.send(f"requests/{leak.pk}/attachments/", file=document()).status_code == 201
    requests.resolve(leak.pk, actor=Actor(support), notes="Tightened the union.")
    assert (
        client.post(f"requests/{leak.pk}/reopen/", {"notes": "It smells again"}).status_code == 200
    )
    notes = set(RequestUpdate.objects.filter(id=leak.pk).values_list("notes", flat=True))
    assert {f"message {number}" for number in range(5)} <= notes
    assert Attachment.objects.filter(service_request=leak).count() == 5


def test_a_request_that_became_an_emergency_counts_as_one(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    client, agent = Api(customer), Api(support)
    assert [
        agent.patch(f"requests/{connection.pk}/", {"notes": "x"}).status_code for _ in range(3)
    ] == [200, 200, 429]
    assert agent.patch(f"requests/{connection.pk}/", {"priority": "emergency"}).status_code == 200
    assert {
        client.post(f"requests/{connection.pk}/comments/", {"notes": "x"}).status_code
        for _ in range(5)
    } == {201}


def test_a_request_of_someone_else_does_not_show_that_it_is_an_emergency(
    leak: ServiceRequest, connection: ServiceRequest, neighbour: User
) -> None:
    client = Api(neighbour)
    answers = [
        client.post(f"requests/{obj.pk}/comments/", {"notes": "x"})
        for obj in (leak, connection) * 3
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[0].content)
    }


def test_a_retry_gets_the_first_response(customer: User) -> None:
    client = Api(customer)
    first = client.post("requests/", CONNECTION, Idempotency_Key="the same")
    assert client.post("requests/", CONNECTION).status_code == 201
    assert client.post("requests/", CONNECTION).status_code == 429
    again = client.post("requests/", CONNECTION, Idempotency_Key="the same")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


def test_nothing_is_rejected_while_the_cache_is_away(customer: User, settings: Settings) -> None:
    settings.CACHES = AWAY
    assert {Api(customer).post("requests/", CONNECTION).status_code for _ in range(5)} == {201}


def test_accounts_are_counted_apart(customer: User, neighbour: User) -> None:
    for user in (customer, neighbour):
        assert [Api(user).post("requests/", CONNECTION).status_code for _ in range(3)] == [
            201,
            201,
            429,
        ]


def test_the_deerrors_are_generous() -> None:
    kinds = (limits.REQUESTS, limits.COMMENTS, limits.UPLOADS, limits.UPDATES)
    assert [kind.setting for kind in kinds] == list(ALL)
    assert list(zip(DEFAULTS, (kind.window for kind in kinds), strict=True)) == [
        (300, 3600),
        (120, 600),
        (120, 600),
        (3000, 600),
    ]
