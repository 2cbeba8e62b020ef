"""The public pages: anyone reports an emergency and follows it, without JavaScript or cookies."""

import re
import uuid
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from gasutil.access import Actor
from gasutil.models import RequestType, RequestUpdate, ServiceRequest, User
from gasutil.workflow import reports, requests
from gasutil_verify.proofs import verify_proof
from tests.support.proof import log_key, publish

FORM = {
    "once": "0b9f",
    "language": "en",
    "request_type": "gas_leak_inspection",
    "address": "12 Green Valley",
    "description": "It hisses",
    "name": "Asha Rao",
    "phone_number": "+919876543210",
    "email": "",
    "latitude": "",
    "longitude": "",
}


@pytest.fixture
def visitor() -> Client:
    return Client(enforce_csrf_checks=True)


def send(visitor: Client, **changes: str) -> Any:
    return visitor.post("/report/", FORM | changes)


def token_in(response: Any) -> str:
    found = re.search(r"gst_[\w.~-]+", response.content.decode())
    assert found
    return found[0]


def test_it_works(db: None, visitor: Client) -> None:
    page = visitor.get("/report/").content.decode()
    assert page.index("Do this first") < page.index("<form")
    response = send(visitor)
    obj = ServiceRequest.objects.select_related("customer").get()
    assert (response.status_code, obj.address, obj.description) == (
        200,
        "12 Green Valley",
        "It hisses",
    )
    assert (str(obj.customer), obj.customer.phone_number) == ("Asha Rao", "+919876543210")
    text = response.content.decode()
    assert obj.reference in text
    assert text.index("Do this first") < text.index(obj.reference)
    assert f"/report/track/?language=en#{token_in(response)}" in text
    assert not response.cookies


def test_it_sets_a_strict_policy(db: None, visitor: Client) -> None:
    for path in ("/report/", "/report/track/", "/report/track/gst_x/"):
        response = visitor.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
        assert " style=" not in response.content.decode()


def test_only_a_place_is_needed_and_nothing_is_lost(db: None, visitor: Client) -> None:
    response = send(visitor, address="", description="<b>Hurry</b>")
    assert response.status_code == 422
    assert "&lt;b&gt;Hurry&lt;/b&gt;" in response.content.decode()
    assert not ServiceRequest.objects.exists()
    response = send(visitor, address="", latitude="12.5", longitude="77.25")
    assert response.status_code == 200
    assert ServiceRequest.objects.get().address == "12.50000, 77.25000"


def test_wrong_values_are_notes(db: None, visitor: Client) -> None:
    wrong = {"phone_number": "none", "email": "x", "request_type": "pizza", "latitude": "here"}
    assert send(visitor, **wrong, name="\0").status_code == 200
    note = RequestUpdate.objects.get().notes
    assert all(f"{name}: {text}" in note for name, text in wrong.items())


def test_the_same_form_sent_twice_is_one_report(db: None, visitor: Client) -> None:
    once = uuid.uuid4().hex
    first, again = send(visitor, once=once), send(visitor, once=once)
    assert token_in(first) == token_in(again)
    assert ServiceRequest.objects.count() == 1
    send(visitor, once=once, description="Now it burns")
    assert ServiceRequest.objects.count() == 2


def test_it_is_available_in_hindi(db: None, visitor: Client) -> None:
    page = visitor.get("/report/?language=hi").content.decode()
    assert '<html lang="hi">' in page
    assert "Do this first" not in page
    send(visitor, language="hi")
    assert ServiceRequest.objects.get().customer.language == "hi"


def test_without_a_database_it_names_the_number(
    db: None, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**given: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(reports, "report_emergency", fail)
    response = send(visitor)
    assert response.status_code == 503
    assert "tel:1906" in response.content.decode()


def test_the_choice_is_of_emergencies(db: None, visitor: Client) -> None:
    page = visitor.get("/report/").content.decode()
    assert 'value="third_party_damage"' in page
    assert 'value="billing_dispute"' not in page
    RequestType.objects.update(is_active=False)
    assert visitor.get("/report/").status_code == 200


# --- Its progress
# --------------------------------------------------------------------------------------------------
@pytest.fixture
def tracked(db: None) -> ServiceRequest:
    return reports.report_emergency(address="12 Green Valley", name="Asha Rao")


@pytest.mark.parametrize("by_link", [True, False])
def test_it_shows_the_progress(
    tracked: ServiceRequest, support: User, visitor: Client, by_link: bool
) -> None:
    requests.comment(tracked.pk, actor=Actor(support), notes="We are on our way")
    requests.comment(tracked.pk, actor=Actor(support), notes="Hidden", is_internal=True)
    requests.record_milestone(tracked.pk, actor=Actor(support), milestone="no_access")
    token = tracked.tracking_token
    if by_link:
        response = visitor.get(f"/report/track/{token}/")
    else:
        response = visitor.post("/report/track/", {"token": token})
    page = response.content.decode()
    assert tracked.reference in page
    assert "We are on our way" in page
    assert "We could not get in" in page
    assert "Hidden" not in page


def test_a_message_is_a_comment_of_the_reporter(tracked: ServiceRequest, visitor: Client) -> None:
    sent = {"token": tracked.tracking_token, "notes": "It is stronger"}
    assert "It is stronger" in visitor.post("/report/track/", sent).content.decode()
    row = RequestUpdate.objects.filter(id=tracked.pk).latest("history_id")
    assert (row.notes, row.history_user) == ("It is stronger", tracked.customer)


def test_a_message_reopens(tracked: ServiceRequest, support: User, visitor: Client) -> None:
    requests.resolve(tracked.pk, actor=Actor(support), notes="Repaired.")
    sent = {"token": tracked.tracking_token, "notes": "It smells again"}
    visitor.post("/report/track/", sent)
    tracked.refresh_from_db()
    assert tracked.status == "in_progress"
    requests.cancel(tracked.pk, actor=Actor(support), notes="A prank.")
    response = visitor.post("/report/track/", sent | {"notes": "It still smells"})
    assert "We have passed your message on" in response.content.decode()


def test_a_claimed_or_unknown_report_is_not_shown(
    tracked: ServiceRequest, customer: User, visitor: Client
) -> None:
    reports.claim(actor=Actor(customer), tracking_token=tracked.tracking_token)
    for token in (tracked.tracking_token, "gst_1.2.3~x", "x"):
        response = visitor.post("/report/track/", {"token": token, "notes": "x"})
        assert response.status_code == 404
        assert tracked.reference not in response.content.decode()


def test_a_reload_at_the_new_address_stores_nothing(db: None, visitor: Client) -> None:
    response = visitor.post("/report/track/", FORM)
    assert (response.status_code, ServiceRequest.objects.count()) == (200, 0)
    assert "Looking up your report" in response.content.decode()


def test_the_page_of_the_fragment_shows_nothing_by_itself(visitor: Client) -> None:
    page = visitor.get("/report/track/").content.decode()
    assert "gst_" not in page


def test_the_reporter_saves_a_proof(tracked: ServiceRequest, visitor: Client) -> None:
    publish()
    token = tracked.tracking_token
    assert "Save the record" in visitor.post("/report/track/", {"token": token}).content.decode()
    response = visitor.post("/report/proof/", {"token": token})
    disposition = f"attachment; filename={tracked.reference}.proof.json"
    assert response.headers["Content-Disposition"] == disposition
    assert "no-store" in response.headers["Cache-Control"]
    row = verify_proof(response.content, log_key()).rows[0]
    assert row.values["address"] == tracked.address
    assert "incident" not in row.values


@pytest.mark.parametrize("token", ["", "gst_x"])
def test_without_a_valid_token_there_is_no_proof(
    tracked: ServiceRequest, visitor: Client, token: str
) -> None:
    response = visitor.post("/report/proof/", {"token": token})
    assert (response.status_code, "no longer works" in response.content.decode()) == (404, True)
    assert visitor.get("/report/proof/").status_code == 405
