"""Which scope each call needs: every operation of the document, with every scope."""

from pathlib import Path

import pytest
from pytest_django import Settings

from gasutil.models import MachineScope, ServiceRequest
from tests.support.access_matrix import BODIES, TABLE, Scene, operations, part, place_of
from tests.support.api import Api
from tests.support.machines import make_machine
from tests.support.problems import TYPE

pytestmark = pytest.mark.sweep

SCOPES: dict[str, str] = {
    "list_requests": "requests:read",
    "get_request": "requests:read",
    "get_request_history": "requests:read",
    "get_request_proof": "requests:read",
    "list_request_updates": "requests:read",
    "list_attachments": "requests:read",
    "get_attachment": "requests:read",
    "download_attachment": "requests:read",
    "preview_attachment": "requests:read",
    "get_dashboard": "requests:read",
    "list_reports": "reports:read",
    "get_report": "reports:read",
    "list_staff_members": "requests:read",
    "update_request": "requests:work",
    "cancel_request": "requests:work",
    "reopen_request": "requests:work",
    "reclassify_request": "requests:work",
    "comment_request": "requests:work",
    "record_request_milestone": "requests:work",
    "create_request_update": "requests:work",
    "attach_file": "requests:work",
    "set_request_reference": "requests:work",
    "remove_request_reference": "requests:work",
    "delete_attachment": "requests:work",
    "list_customers": "customers:read",
    "get_customer": "customers:read",
    "intake_request": "intake:create",
    "stream_events": "events:read",
    "create_event_ticket": "events:read",
    "list_incidents": "requests:read",
    "get_incident": "requests:read",
    "create_incident": "requests:work",
    "update_incident": "requests:work",
    "add_incident_reports": "requests:work",
    "write_incident_update": "requests:work",
    "close_incident": "requests:work",
    "list_webhooks": "webhooks:manage",
    "get_webhook": "webhooks:manage",
    "create_webhook": "webhooks:manage",
    "update_webhook": "webhooks:manage",
    "delete_webhook": "webhooks:manage",
    "rotate_webhook_secret": "webhooks:manage",
    "test_webhook": "webhooks:manage",
    "list_webhook_deliveries": "webhooks:manage",
}
PUBLIC = {name for name, statuses in TABLE.items() if statuses[0] != 401}
# Calls on an emergency that need a person, and a file of someone else.
OTHERWISE = {
    "cancel_request": (403, "person-required"),
    "reclassify_request": (403, "person-required"),
    "delete_attachment": (403, "not-allowed"),
    # Only managers among people.
    "list_reports": (200, ""),
    "get_report": (200, ""),
    "list_webhooks": (200, ""),
    "get_webhook": (200, ""),
    "create_webhook": (201, ""),
    "update_webhook": (200, ""),
    "delete_webhook": (204, ""),
    "rotate_webhook_secret": (200, ""),
    "test_webhook": (202, ""),
    "list_webhook_deliveries": (200, ""),
}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Store files in an empty folder."""
    settings.MEDIA_ROOT = tmp_path


def test_the_document_names_the_scope_of_each_call(db: None) -> None:
    documented = {
        name: key["MachineKey"][0]
        for name, (_, _, document) in operations().items()
        for key in document.get("security", [])
        if "MachineKey" in key
    }
    assert documented == SCOPES


@pytest.mark.parametrize("scope", MachineScope.values)
@pytest.mark.parametrize("name", sorted(set(TABLE) - PUBLIC))
def test_a_call_needs_its_scope(name: str, scope: str, leak: ServiceRequest) -> None:
    method, path, document = operations()[name]
    place = place_of(path, leak)
    body = BODIES[name](Scene(leak.customer, leak)) if name in BODIES else None
    before = ServiceRequest.objects.values().get(pk=leak.pk)
    api = make_machine(scope)
    response = api.send(place, **part()) if name == "attach_file" else api(method, place, body)
    after = ServiceRequest.objects.values().get(pk=leak.pk)
    response.close()
    if SCOPES.get(name) == scope:
        status, code = OTHERWISE.get(name, (TABLE[name][-1], ""))
        assert response.status_code == status, response.content
        assert str(status) in document["responses"]
        assert not code or response.json()["type"] == TYPE + code
        return
    needed = f"This call needs the scope `{SCOPES.get(name)}`."
    assert response.status_code == 403
    assert response.json() == {
        "type": TYPE + "insufficient-scope",
        "title": "Insufficient scope",
        "status": 403,
        "detail": needed if name in SCOPES else "Machine accounts can't make this call.",
    }
    assert after == before


@pytest.mark.parametrize("name", sorted(name for name in SCOPES if name in TABLE))
def test_a_key_that_is_revoked_opens_no_call(name: str, leak: ServiceRequest) -> None:
    method, path, _document = operations()[name]
    place = place_of(path, leak)
    api = make_machine(*MachineScope.values)
    api.account.revoked_at = api.account.created_at
    api.account.save()
    response = api.send(place, **part()) if name == "attach_file" else api(method, place)
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("name", sorted(PUBLIC & {"list_request_types", "get_request_type"}))
def test_a_public_call_takes_any_token(name: str, leak: ServiceRequest) -> None:
    method, path, _document = operations()[name]
    place = place_of(path, leak)
    assert make_machine("reports:read")(method, place).status_code == 200
    assert Api()(method, place).status_code == 200
