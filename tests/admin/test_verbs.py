"""The verbs on the ticket page. One POST is one verb, with the same effect as the API call."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gasutil.access import Actor
from gasutil.admin.requests.dialogs import DIALOGS
from gasutil.models import Channel, RequestUpdate, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.console import log, ticket

BEFORE = {
    "start": [],
    "hold": [],
    "resolve": [],
    "cancel": [],
    "resume": ["hold"],
    "reopen": ["resolve"],
    "comment": [],
    "assign": [],
    "prioritise": [],
    "record": [],
    "reclassify": [],
}  # `join` and `leave` are no calls of the API; test_incidents.py has them
# The others need another permission; test_reviews.py has them.
OF_AGENTS = [name for name, dialog in DIALOGS.items() if not dialog.permission]


def reach(obj: ServiceRequest, verb: str, actor: Actor) -> None:
    """Bring a request into a state in which a verb is allowed."""
    for name in BEFORE[verb]:
        requests.MOVES[name](obj.pk, actor=actor)


def extra(verb: str, colleague: User) -> dict[str, Any]:
    return {
        "assign": {"assigned_to": colleague.pk},
        "prioritise": {"priority": "high"},
        "record": {"milestone": "acknowledged"},
        "reclassify": {"request_type": "reconnection"},
    }.get(verb, {})


def test_it_works(support: User, console, leak: ServiceRequest) -> None:
    answer = console(support).verb(
        leak, "start", notes="Technician on the way", version=leak.version
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, ticket(leak))
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert (row.event, row.previous_status, row.status) == (
        "request.status_changed",
        "pending",
        "in_progress",
    )
    assert (row.notes, row.is_internal, row.history_user, row.channel) == (
        "Technician on the way",
        False,
        support,
        "console",
    )


@pytest.mark.parametrize("internal", [False, True])
@pytest.mark.parametrize("verb", BEFORE)
def test_it_leaves_the_same_history_as_the_api(
    verb: str, internal: bool, support: User, colleague: User, customer: User, console
) -> None:
    filed = {"request_type": "new_connection", "description": "Application"}
    by_console, by_api = (
        requests.submit(actor=Actor(customer, Channel.API), **filed) for _ in range(2)
    )
    actor = Actor(support, Channel.API)
    for obj in (by_console, by_api):
        reach(obj, verb, actor)
    fields = {"notes": "First line\nsecond line", "is_internal": internal}
    answer = console(support).verb(
        by_console,
        verb,
        **extra(verb, colleague),
        notes="First line\r\nsecond line",
        **({"is_internal": "on"} if internal else {}),
    )
    assert answer.headers.get("HX-Redirect"), answer.content.decode()
    call: Any = {
        **requests.MOVES,
        "comment": requests.comment,
        "assign": requests.assign,
        "prioritise": requests.prioritise,
        "record": requests.record_milestone,
        "reclassify": requests.reclassify,
    }[verb]
    call(by_api.pk, actor=actor, **extra(verb, colleague), **fields)
    assert log(by_console) == log(by_api)
    assert set(
        RequestUpdate.objects.filter(id=by_console.pk, event="request.commented").values_list(
            "channel", flat=True
        )
    ) <= {"console"}


@pytest.mark.parametrize("verb", OF_AGENTS)
def test_a_get_changes_nothing(verb: str, support: User, console, leak: ServiceRequest) -> None:
    before, client = log(leak), console(support)
    with CaptureQueriesContext(database) as asked:
        answer = client.get(
            ticket(leak, verb),
            {"notes": "x", "version": 1, "_form_submitted": "on", "assigned_to": support.pk},
        )
    assert answer.status_code == 200
    assert log(leak) == before
    writes = [
        query["sql"]
        for query in asked.captured_queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]
    assert all("django_session" in sql or "last_login" in sql for sql in writes)


@pytest.mark.parametrize("verb", list(DIALOGS))
def test_a_post_without_a_token_is_rejected(
    verb: str, support: User, console, leak: ServiceRequest
) -> None:
    before = log(leak)
    assert console(support, enforce_csrf_checks=True).verb(leak, verb, notes="x").status_code == 403
    assert log(leak) == before


@pytest.mark.parametrize("verb", list(DIALOGS))
def test_another_method_is_rejected(
    verb: str, support: User, console, leak: ServiceRequest
) -> None:
    assert console(support).put(ticket(leak, verb)).status_code == 405


def test_the_dialog_shows_what_the_table_rejects(
    support: User, console, connection: ServiceRequest
) -> None:
    client = console(support)
    requests.cancel(connection.pk, actor=Actor(support))
    answer = client.verb(connection, "start", notes="My <b>long</b> words")
    assert answer.status_code == 200
    assert b"is cancelled and can&#x27;t become in progress" in answer.content
    assert b"My &lt;b&gt;long&lt;/b&gt; words" in answer.content


def test_it_asks_for_a_note_on_an_emergency(support: User, console, leak: ServiceRequest) -> None:
    answer = console(support).verb(leak, "resolve")
    assert b"is an emergency" in answer.content
    leak.refresh_from_db()
    assert leak.status == Status.PENDING


def test_a_conflict_keeps_the_text(
    support: User, colleague: User, console, connection: ServiceRequest
) -> None:
    client = console(support)
    seen = connection.version
    requests.hold(connection.pk, actor=Actor(colleague), notes="Mine")
    answer = client.verb(connection, "resolve", notes="All done", version=seen)
    assert b"This request changed while you were editing" in answer.content
    result = answer.context["form"].conflict
    assert [
        (difference.label, difference.then, difference.now, difference.who, difference.mine)
        for difference in result.differences
    ] == [("Status", "Pending", "On hold", str(colleague), "Resolved")]
    assert [(change.who, change.sentence, change.note) for change in result.changes] == [
        (str(colleague), "put the request on hold", "Mine")
    ]
    assert b"All done" in answer.content
    connection.refresh_from_db()
    assert connection.status == Status.ON_HOLD
    again = answer.context["form"]["version"].value()
    assert client.verb(connection, "resolve", notes="All done", version=again).headers[
        "HX-Redirect"
    ]
    connection.refresh_from_db()
    assert connection.status == Status.RESOLVED


def test_a_comment_needs_a_text(support: User, console, leak: ServiceRequest) -> None:
    answer = console(support).verb(leak, "comment", notes="   ", is_internal="on")
    assert b"Enter some text." in answer.content
    assert b'id="composer"' in answer.content


def test_a_change_without_an_effect_gets_a_message(
    support: User, console, leak: ServiceRequest
) -> None:
    answer = console(support).verb(leak, "prioritise", priority="emergency")
    assert b"No changes to save" in answer.content


def test_a_customer_cannot_be_the_assignee(
    support: User, customer: User, console, leak: ServiceRequest
) -> None:
    answer = console(support).verb(leak, "assign", assigned_to=customer.pk)
    assert b"Select a valid choice" in answer.content
    leak.refresh_from_db()
    assert leak.assigned_to is None


def test_a_dialog_cannot_set_another_status(support: User, console, leak: ServiceRequest) -> None:
    console(support).verb(
        leak, "comment", notes="x", status="resolved", priority="low", assigned_to=support.pk
    )
    leak.refresh_from_db()
    assert (leak.status, leak.priority, leak.assigned_to) == ("pending", "emergency", None)


def test_one_button_assigns_to_the_user(support: User, console, leak: ServiceRequest) -> None:
    client = console(support)
    assert b"Assign to me" in client.get(ticket(leak)).content
    answer = client.verb(leak, "assign", htmx=False, assigned_to=support.pk, version=leak.version)
    assert (answer.status_code, answer.headers["Location"]) == (302, ticket(leak))
    leak.refresh_from_db()
    assert leak.assigned_to == support
    assert b"Assign to me" not in client.get(ticket(leak)).content


def test_without_htmx_an_error_is_shown_on_the_page(
    support: User, console, leak: ServiceRequest
) -> None:
    client = console(support)
    answer = client.verb(leak, "resume", htmx=False)
    assert answer.status_code == 302
    assert b"can&#x27;t become in progress" in client.get(ticket(leak)).content


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "x"},
        {"version": 1 << 70},
        {"notes": "\x00"},
        {"notes": "x" * 4001},
        {"priority": "no"},
    ],
)
def test_no_input_is_a_server_error(
    fields: dict[str, Any], support: User, console, leak: ServiceRequest
) -> None:
    before = log(leak)
    for verb in OF_AGENTS:
        assert console(support).verb(leak, verb, **fields).status_code == 200
    assert len(log(leak)) <= len(before) + len(OF_AGENTS)


@pytest.mark.parametrize("pk", [0, 999_999, 10**30])
def test_a_request_that_is_not_there_is_not_found(pk: int, support: User, console) -> None:
    client = console(support)
    assert client.get(f"/admin/gasutil/servicerequest/{pk}/change/").status_code == 404
    assert client.get(f"/admin/gasutil/servicerequest/{pk}/start/").status_code == 404
    assert (
        client.post(
            f"/admin/gasutil/servicerequest/{pk}/start/", {"_form_submitted": "on"}
        ).status_code
        == 404
    )


def test_what_one_agent_does_is_limited_except_on_emergencies(
    support: User,
    manager: User,
    customer: User,
    console,
    connection: ServiceRequest,
    leak: ServiceRequest,
    settings,
) -> None:
    settings.UPDATE_LIMIT = 2
    client = console(support)
    answers = [
        client.verb(connection, "comment", notes=f"Note {number}").content.decode()
        for number in range(3)
    ]
    assert ["Too many attempts" in page for page in answers] == [False, False, True]
    assert "Note 2" in answers[-1]  # what was typed is still there
    assert not any(
        "Too many" in client.verb(leak, "comment", notes=f"Note {number}").content.decode()
        for number in range(3)
    )
    assert [row[5] for row in log(leak)][1:] == ["Note 0", "Note 1", "Note 2"]


@pytest.mark.parametrize(
    ("internal", "message"), [(True, "Note saved on {}."), (False, "Reply sent on {}.")]
)
def test_it_confirms_a_note_and_a_reply_differently(
    internal: bool, message: str, support: User, console, leak: ServiceRequest
) -> None:
    answer = console(support).verb(
        leak, "comment", notes="Bring a ladder", **({"is_internal": "on"} if internal else {})
    )
    assert [str(each) for each in get_messages(answer.wsgi_request)] == [
        message.format(leak.reference)
    ]


def test_an_error_names_outcomes_by_their_labels(
    support: User, console, leak: ServiceRequest
) -> None:
    requests.record_milestone(leak.pk, actor=Actor(support), milestone="no_access", notes="Locked")
    page = console(support).verb(leak, "resolve", notes="Done").content.decode()
    assert "no one could get in. Record “Made safe” or “Not a leak” first" in page
    assert "made_safe` " not in page


def test_a_hold_takes_a_reason_and_a_time(
    support: User, console, connection: ServiceRequest
) -> None:
    client, until = console(support), timezone.now() + dt.timedelta(days=2)
    typed = timezone.localtime(until).strftime("%Y-%m-%dT%H:%M")
    client.verb(connection, "hold", hold_reason="permit", hold_until=typed)
    page = client.get(ticket(connection)).content.decode()
    when = f"{timezone.localtime(until):%d %b %Y, %H:%M}"
    assert f"on hold until {when}, waiting for: A permit" in page


def test_a_hold_until_a_past_time_is_rejected(
    support: User, console, connection: ServiceRequest
) -> None:
    answer = console(support).verb(connection, "hold", hold_until="2020-01-01T10:00")
    assert "Enter a time in the future." in answer.content.decode()
    connection.refresh_from_db()
    assert connection.status == Status.PENDING
