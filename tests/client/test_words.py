"""The command line has a text for every event that the API sends."""

import datetime as dt

import pytest

from gasutil.models import Event
from gasutil_client.cli import showing
from gasutil_client.generated.models import RequestUpdate

AT = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC).isoformat()


def update_of(event: str, **fields: object) -> RequestUpdate:
    """Return an update of the API with a given event."""
    shown = {
        "id": 1,
        "service_request": 1,
        "status": "pending",
        "previous_status": "pending",
        "notes": "",
        "is_internal": False,
        "author": None,
        "created_at": AT,
        "event": event,
        "milestone": None,
        "attachment": None,
        "changes": {},
        "occurred_at": AT,
        "author_kind": "system",
        "author_name": "",
    }
    return RequestUpdate.from_dict(shown | fields)


# Their content is in the changed fields.
BY_FIELD = {
    Event.STATUS_CHANGED: ("status", "on_hold"),
    Event.ASSIGNED: ("assigned_to", 7),
    Event.PRIORITISED: ("priority", "high"),
}


@pytest.mark.parametrize("event", Event.values)
def test_it_has_a_text_for_every_event(event: str) -> None:
    fields: dict[str, object] = {"milestone": "on_site"} if event == Event.MILESTONE else {}
    if event in BY_FIELD:
        name, value = BY_FIELD[Event(event)]
        fields["changes"] = {name: {"from": None, "to": value}}
    said = showing.happened(update_of(event, **fields))
    assert said
    assert showing.words(event) not in said
    assert not [text for text in said if "request." in text]
