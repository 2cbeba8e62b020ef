"""Webhooks by API, for managers."""

from typing import Any

import pytest
from pytest_django import Settings

from gasutil import sealing
from gasutil.access import Actor
from gasutil.models import Delivery, IdempotencyKey, User, Webhook
from gasutil.workflow import requests
from tests.support.machines import make_machine
from tests.support.problems import NOT_FOUND, TYPE, field_errors, not_allowed
from tests.support.worker import run_worker

BODY = {"name": "Dispatch", "url": "http://127.0.0.1:9/desk", "events": ["request.created"]}


@pytest.fixture(autouse=True)
def private_addresses(settings: Settings) -> None:
    """Take URLs of this machine; nothing listens there."""
    settings.WEBHOOK_ALLOW_PRIVATE = True


@pytest.fixture
def webhook(api: Any, manager: User) -> Any:
    response = api(manager).post("webhooks/", BODY)
    assert response.status_code == 201, response.content
    assert response.headers["Location"] == f"/api/v1/webhooks/{response.json()['id']}/"
    return response.json()


def secret_of(pk: int) -> str:
    return sealing.unseal(Webhook.objects.get(pk=pk).sealed_secret)


def test_it_works(api: Any, manager: User, webhook: Any) -> None:
    secret = webhook.pop("secret")
    stored = Webhook.objects.get()
    assert (secret, stored.created_by) == (secret_of(webhook["id"]), manager)
    assert webhook == BODY | {
        "id": stored.pk,
        "with_internal": False,
        "with_request": False,
        "state": "active",
        "state_since": stored.state_since.isoformat().replace("+00:00", "Z"),
        "state_reason": "",
        "succeeded_at": None,
        "created_at": stored.created_at.isoformat().replace("+00:00", "Z"),
    }
    client = api(manager)
    assert client.get(f"webhooks/{stored.pk}/").json() == webhook
    assert client.get("webhooks/").json()["results"] == [webhook]


def test_it_changes_pauses_and_resumes(api: Any, manager: User, webhook: Any) -> None:
    client, path = api(manager), f"webhooks/{webhook['id']}/"
    change = {"name": "Crews", "with_internal": True, "with_request": True, "state": "paused"}
    shown = client.patch(path, change).json()
    assert {name: shown[name] for name in change} == change
    assert "secret" not in shown
    assert client.patch(path, {"state": "paused"}).json()["state"] == "paused"
    assert client.patch(path, {"state": "active"}).json()["state"] == "active"
    assert client.patch(path, {}).json()["name"] == "Crews"


def test_it_names_what_is_wrong(api: Any, manager: User, webhook: Any, settings: Settings) -> None:
    client, path = api(manager), f"webhooks/{webhook['id']}/"
    assert field_errors(client.post("webhooks/", {"events": ["x"]})) == [
        ("name", "missing"),
        ("url", "missing"),
        ("events", "enum"),
    ]
    assert field_errors(client.post("webhooks/", BODY | {"events": [], "name": "Other"})) == [
        ("events", "required")
    ]
    assert field_errors(client.patch(path, {"state": "dead"})) == [("state", "literal_error")]
    settings.WEBHOOK_ALLOW_PRIVATE = False
    for url in ("http://hooks.example/", "https://127.0.0.1/", "ftp://x/"):
        assert field_errors(client.patch(path, {"url": url})) == [("url", "refused")]
    assert Webhook.objects.get().url == BODY["url"]


def test_a_name_is_taken_once(api: Any, manager: User, webhook: Any) -> None:
    assert field_errors(api(manager).post("webhooks/", BODY)) == [("name", "taken")]


def test_it_rotates_the_secret(api: Any, manager: User, webhook: Any) -> None:
    response = api(manager).post(f"webhooks/{webhook['id']}/rotate-secret/")
    assert response.status_code == 200
    assert response.json()["secret"] == secret_of(webhook["id"]) != webhook["secret"]


def test_it_is_deleted(api: Any, manager: User, webhook: Any) -> None:
    client, path = api(manager), f"webhooks/{webhook['id']}/"
    assert client("DELETE", path).status_code == 204
    for response in (
        client.get(path),
        client("DELETE", path),
        client.patch(path, {"name": "x"}),
        client.post(f"{path}test/"),
        client.post(f"{path}rotate-secret/"),
        client.get(f"{path}deliveries/"),
    ):
        assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_it_lists_deliveries(api: Any, manager: User, customer: User, webhook: Any) -> None:
    obj = requests.submit(actor=Actor(customer), request_type="new_connection", description="x")
    run_worker()
    client, path = api(manager), f"webhooks/{webhook['id']}/"
    test = client.post(f"{path}test/")
    assert (test.status_code, test.json()["event"], test.json()["state"]) == (202, None, "waiting")
    page = client.get(f"{path}deliveries/?page_size=1").json()
    assert [row["id"] for row in page["results"]] == [test.json()["id"]]
    following = client.get(page["next"].partition("/api/v1/")[2]).json()
    delivery = Delivery.objects.get(update__event="request.created", webhook=webhook["id"])
    (row,) = following["results"]
    assert (row["id"], row["event"], row["service_request"], row["update"]) == (
        delivery.pk,
        "request.created",
        obj.pk,
        delivery.update_id,
    )
    assert following["next"] is None


def test_it_is_for_managers(api: Any, support: User, customer: User, webhook: Any) -> None:
    path = f"webhooks/{webhook['id']}/"
    calls: list[tuple[str, str, Any]] = [
        ("GET", "webhooks/", None),
        ("GET", path, None),
        ("POST", "webhooks/", BODY),
        ("PATCH", path, {"name": "x"}),
        ("DELETE", path, None),
        ("POST", f"{path}rotate-secret/", None),
        ("POST", f"{path}test/", None),
        ("GET", f"{path}deliveries/", None),
    ]
    for method, place, body in calls:
        response = api(support)(method, place, body)
        assert (response.status_code, response.json()["type"]) == (
            403,
            TYPE + "permission-required",
        )
        own = api(customer)(method, place, body)
        assert (own.status_code, own.json()) == (403, not_allowed("Only support can do this."))
    assert Webhook.objects.get().name == "Dispatch"


def test_a_stored_response_has_no_secret_in_clear(api: Any, manager: User) -> None:
    client = api(manager)
    first, again = (client.post("webhooks/", BODY, Idempotency_Key="k") for _ in range(2))
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    path = f"webhooks/{first.json()['id']}/rotate-secret/"
    new, new_again = (client.post(path, Idempotency_Key="k") for _ in range(2))
    assert new_again.json() == new.json()
    stored = [bytes(row.answer).decode() for row in IdempotencyKey.objects.all()]
    assert len(stored) == 2
    for response in (first, new):
        assert not any(response.json()["secret"] in answer for answer in stored)


def test_a_response_that_cannot_be_read_any_more_is_a_conflict(
    api: Any, manager: User, settings: Settings
) -> None:
    client = api(manager)
    created = client.post("webhooks/", BODY, Idempotency_Key="k").json()
    IdempotencyKey.objects.update(answer=sealing.seal("{}")[:-8].encode())
    again = client.post("webhooks/", BODY, Idempotency_Key="k")
    assert (again.status_code, again.json()["type"]) == (409, TYPE + "idempotency-conflict")
    assert list(Webhook.objects.values_list("pk", flat=True)) == [created["id"]]


def test_a_machine_account_that_cannot_read_requests_gets_none(
    api: Any, manager: User, webhook: Any
) -> None:
    machine = make_machine("webhooks:manage")
    asking = BODY | {"name": "Reader", "with_request": True}
    path = f"webhooks/{webhook['id']}/"
    for response in (
        machine.post("webhooks/", asking),
        machine("PATCH", path, {"with_request": True}),
    ):
        assert (response.status_code, response.json()["type"]) == (403, TYPE + "insufficient-scope")
        assert "requests:read" in response.json()["detail"]
    assert machine.post("webhooks/", BODY | {"name": "Thin"}).status_code == 201
    api(manager).patch(path, {"with_request": True})
    moved = machine("PATCH", path, {"url": "http://127.0.0.1:9/elsewhere"})
    assert (moved.status_code, moved.json()["type"]) == (403, TYPE + "insufficient-scope")
    assert machine("PATCH", path, {"with_request": False}).json()["with_request"] is False
    reader = make_machine("webhooks:manage", "requests:read", name="Reader")
    assert reader.post("webhooks/", asking).json()["with_request"] is True


def test_its_history_names_a_machine_account(manager: User, console: Any) -> None:
    machine = make_machine("webhooks:manage", name="Robot")
    pk = machine.post("webhooks/", BODY).json()["id"]
    machine("PATCH", f"webhooks/{pk}/", {"name": "Crews"})
    pages = f"/admin/gasutil/webhook/{pk}/"
    assert console(manager).get(f"{pages}history/").content.count(b"<strong>Robot</strong>") == 2
    assert b"Robot, " in console(manager).get(f"{pages}change/").content
    machine("DELETE", f"webhooks/{pk}/")
    rows = Webhook.history.order_by("history_id")
    assert [row.history_type for row in rows] == ["+", "~", "-"]
    assert {row.machine_account for row in rows} == {machine.account}
