"""A tracking token is a login limited to one request; a claim ends it."""

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor, Role
from gasutil.errors import NotAuthenticated, TransitionRefused
from gasutil.events.hub import Subscriber
from gasutil.events.tail import Position, missed
from gasutil.identity import tracking
from gasutil.models import Attachment, RequestUpdate, ServiceRequest, User
from gasutil.workflow import reports, requests
from tests.support.access_matrix import BODIES, TABLE, Scene, operations, part, place_of
from tests.support.api import Api
from tests.support.documents import PDF
from tests.support.problems import TYPE

# Every other operation is closed to a tracking token.
OPEN = {
    "get_request": 200,
    "get_request_proof": 200,
    "comment_request": 201,
    "attach_file": 201,
    "reopen_request": 409,  # it is pending
    "get_attachment": 200,
    "download_attachment": 200,
    "preview_attachment": 200,
    "create_event_ticket": 201,
}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def tracked(db: None) -> ServiceRequest:
    """A report, with its token."""
    return reports.report_emergency(address="12 Green Valley", name="Asha Rao")


def api_of(token: str) -> Any:
    api = Api()
    api.headers = {"Authorization": f"Bearer {token}"}
    return api


def test_it_works(tracked: ServiceRequest, support: User) -> None:
    api = api_of(tracked.tracking_token)
    shown = api.get(f"requests/{tracked.pk}/").json()
    assert (shown["id"], shown["allowed_statuses"]) == (tracked.pk, [])
    response = api.post(f"requests/{tracked.pk}/comments/", {"notes": "The smell is stronger"})
    assert (response.status_code, response.json()["author_name"]) == (201, "Asha Rao")
    requests.comment(tracked.pk, actor=Actor(support), notes="Hidden", is_internal=True)
    notes = [row["notes"] for row in api.get(f"requests/{tracked.pk}/").json()["updates"]]
    assert notes == ["", "The smell is stronger"]


@pytest.mark.parametrize("name", TABLE)
def test_it_opens_nothing_else(
    name: str, tracked: ServiceRequest, request: pytest.FixtureRequest
) -> None:
    method, path, document = operations()[name]
    if not document.get("security") or name == "stream_events":
        return
    api = api_of(tracked.tracking_token)
    body = BODIES[name](Scene(None, tracked)) if name in BODIES else None
    path = place_of(path, tracked)
    is_form = name == "attach_file"
    response = api.send(path, **part()) if is_form else api(method, path, body)
    assert response.status_code == OPEN.get(name, 403)
    response.close()


def test_another_request_does_not_exist_for_it(
    tracked: ServiceRequest, leak: ServiceRequest, support: User
) -> None:
    other = requests.submit_for(
        actor=Actor(support), customer=tracked.customer, request_type="new_connection",
        description="The same caller", address="12 Green Valley",
    )  # fmt: skip
    api = api_of(tracked.tracking_token)
    file = SimpleUploadedFile("bill.pdf", PDF, "application/pdf")
    Api(support).send(f"requests/{other.pk}/attachments/", file=file)
    paths = [f"attachments/{Attachment.objects.get().pk}/"]
    paths += [f"requests/{pk}/" for pk in (leak.pk, other.pk)]
    assert [api.get(path).status_code for path in paths] == [404, 404, 404]
    comment = api.post(f"requests/{other.pk}/comments/", {"notes": "x"})
    assert comment.status_code == 404


def test_it_can_reopen(tracked: ServiceRequest, support: User) -> None:
    requests.resolve(tracked.pk, actor=Actor(support), notes="Repaired.")
    api = api_of(tracked.tracking_token)
    response = api.post(f"requests/{tracked.pk}/reopen/", {"notes": "It smells again"})
    assert (response.status_code, response.json()["status"]) == (200, "in_progress")


def test_it_can_never_cancel(tracked: ServiceRequest) -> None:
    actor = Actor(tracked.customer, request_id=tracked.pk)
    assert actor.role is Role.REPORTER
    with pytest.raises(TransitionRefused):
        requests.cancel(tracked.pk, actor=actor, notes="It was nothing")


def test_its_events_are_those_of_the_request(tracked: ServiceRequest, leak: ServiceRequest) -> None:
    actor = Actor(tracked.customer, request_id=tracked.pk)
    batch = missed(actor, Position(0, 0))
    assert batch is not None
    assert {row.id for row in batch.rows} == {tracked.pk}


def test_a_stream_shows_the_request_and_ends_with_the_token(
    tracked: ServiceRequest, leak: ServiceRequest, customer: User
) -> None:
    claims = tracking.read_claims(tracked.tracking_token)
    actor = Actor(tracked.customer, request_id=tracked.pk)
    loop = asyncio.new_event_loop()
    subscriber = Subscriber(actor, None, loop, tracked=claims)
    loop.close()
    assert subscriber.may_see(tracked.pk, {tracked.customer_id})
    assert not subscriber.may_see(leak.pk, {tracked.customer_id})
    assert tracking.active_requests({claims}) == {claims}
    reports.claim(actor=Actor(customer), tracking_token=tracked.tracking_token)
    assert tracking.active_requests({claims}) == set()


def test_it_expires(tracked: ServiceRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + dt.timedelta(days=30, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert api_of(tracked.tracking_token).get(f"requests/{tracked.pk}/").status_code == 401


def test_a_forged_token_opens_nothing(tracked: ServiceRequest, leak: ServiceRequest) -> None:
    signature = tracked.tracking_token.partition("~")[2]
    forged = f"gst_{leak.pk}.{leak.customer_id}.9999999999~{signature}"
    of_a_customer = tracking.new_token(leak.pk, leak.customer_id, timezone.now())
    for token in (forged, of_a_customer, "gst_", "gst_1~x", tracked.tracking_token + "x"):
        assert api_of(token).get(f"requests/{tracked.pk}/").status_code == 401


def test_it_ends_with_the_customer(tracked: ServiceRequest) -> None:
    User.objects.filter(pk=tracked.customer_id).update(is_active=False)
    with pytest.raises(NotAuthenticated):
        tracking.read_tracking_token(tracked.tracking_token)


# --- Claims
# --------------------------------------------------------------------------------------------------
def claim(user: User, token: str) -> Any:
    return Api(user).post("requests/claim/", {"tracking_token": token})


def test_a_claim_moves_the_request(tracked: ServiceRequest, customer: User, support: User) -> None:
    response = claim(customer, tracked.tracking_token)
    assert (response.status_code, response.json()["customer"]) == (200, customer.pk)
    assert [row["id"] for row in Api(customer).get("requests/").json()["results"]] == [tracked.pk]
    assert Api(customer).post(f"requests/{tracked.pk}/comments/", {"notes": "x"}).status_code == 201
    assert api_of(tracked.tracking_token).get(f"requests/{tracked.pk}/").status_code == 401
    row = RequestUpdate.objects.filter(id=tracked.pk, event="request.claimed").get()
    assert row.history_user == customer
    assert not User.objects.get(pk=tracked.customer_id).is_active
    assert tracked.pk in {
        row["id"] for row in Api(support).get("requests/?q=customer").json()["results"]
    }


def test_the_first_claim_wins(tracked: ServiceRequest, customer: User, neighbour: User) -> None:
    claim(customer, tracked.tracking_token)
    for user in (neighbour, customer):
        response = claim(user, tracked.tracking_token)
        assert (response.status_code, response.json()["type"]) == (409, TYPE + "claimed")
    assert ServiceRequest.objects.get(pk=tracked.pk).customer == customer


def test_a_claim_of_a_request_that_has_changed_since_is_refused(
    tracked: ServiceRequest, customer: User
) -> None:
    body = {"tracking_token": tracked.tracking_token}
    stale = Api(customer)("POST", "requests/claim/", body, If_Match='"99"')
    assert (stale.status_code, stale.json()["type"]) == (412, TYPE + "stale-version")
    assert api_of(tracked.tracking_token).get(f"requests/{tracked.pk}/").status_code == 200
    version = f'"{tracked.version}"'
    assert Api(customer)("POST", "requests/claim/", body, If_Match=version).status_code == 200


def test_a_token_that_is_not_genuine_claims_nothing(customer: User, leak: ServiceRequest) -> None:
    response = claim(customer, "gst_1.2.3~4")
    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "invalid_token"


def test_the_unclaimed_customer_keeps_their_other_requests(
    tracked: ServiceRequest, customer: User, support: User
) -> None:
    other = requests.submit_for(
        actor=Actor(support), customer=tracked.customer, request_type="new_connection",
        description="The same caller", address="12 Green Valley",
    )  # fmt: skip
    claim(customer, tracked.tracking_token)
    assert User.objects.get(pk=other.customer_id).is_active
    assert Api(customer).get(f"requests/{other.pk}/").status_code == 404
