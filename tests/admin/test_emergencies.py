"""The dialogs of an emergency.

They ask for the outcome, or for the reason why it ends without one.
"""

import re

import pytest

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import ticket


def log_of(obj: ServiceRequest) -> list[tuple[str, str, str]]:
    return list(
        RequestUpdate.objects.filter(id=obj.pk)
        .order_by("history_id")
        .values_list("event", "subject", "status")
    )[1:]


@pytest.mark.parametrize("outcome", ["made_safe", "not_a_leak"])
def test_resolving_records_the_outcome(
    outcome: str, support: User, console, leak: ServiceRequest
) -> None:
    console(support).verb(leak, "resolve", outcome=outcome, version=1)
    assert log_of(leak) == [
        ("request.milestone", outcome, "pending"),
        ("request.status_changed", "", "resolved"),
    ]


def test_no_access_is_recorded_and_leaves_it_open(
    support: User, console, leak: ServiceRequest
) -> None:
    console(support).verb(leak, "resolve", outcome="no_access", notes="Gate locked", version=1)
    assert log_of(leak) == [("request.milestone", "no_access", "pending")]


def test_nothing_is_recorded_if_resolving_is_rejected(
    support: User, console, leak: ServiceRequest
) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes="Fixed")
    before = log_of(leak)
    console(support).verb(leak, "resolve", outcome="made_safe")
    assert log_of(leak) == before


def test_the_dialog_asks_for_the_outcome_of_an_emergency_alone(
    support: User, console, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = console(support)
    assert b'name="outcome"' in client.get(ticket(leak, "resolve")).content
    assert b'name="outcome"' not in client.get(ticket(connection, "resolve")).content
    client.verb(leak, "resolve")
    assert ServiceRequest.objects.get(pk=leak.pk).is_open


def test_an_outcome_that_is_recorded_is_the_one_that_is_offered(
    support: User, console, leak: ServiceRequest
) -> None:
    requests.record_milestone(leak.pk, actor=Actor(support), milestone="not_a_leak")
    client = console(support)
    assert b'<option value="not_a_leak" selected>' in client.get(ticket(leak, "resolve")).content
    client.verb(leak, "resolve", outcome="not_a_leak", version=2)
    assert [row[1] for row in log_of(leak)] == ["not_a_leak", ""]


@pytest.mark.parametrize("notes", ["", " ", "\u200b", "👍"])
@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("cancel", {}),
        ("reclassify", {"request_type": "new_connection"}),
        ("prioritise", {"priority": "low"}),
    ],
)
def test_ending_it_needs_notes(
    verb: str, data: dict[str, str], notes: str, support: User, console, leak: ServiceRequest
) -> None:
    console(support).verb(leak, verb, notes=notes, **data)
    assert log_of(leak) == []


def test_the_dialog_says_that_supervisors_are_notified(
    support: User, console, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = console(support)
    assert b"Supervisors are notified immediately" in client.get(ticket(leak, "cancel")).content
    assert (
        b"Supervisors are notified immediately"
        not in client.get(ticket(connection, "cancel")).content
    )


def test_prioritising_is_not_offered_for_an_emergency_type(
    support: User, console, leak: ServiceRequest
) -> None:
    offered = [item["dialog"].verb for item in console(support).get(ticket(leak)).context["more"]]
    assert "prioritise" not in offered
    assert {"reclassify", "cancel"} <= set(offered)


def test_a_leak_without_a_description_is_shown_by_the_name_of_its_type(
    support: User, customer: User, console, leak: ServiceRequest
) -> None:
    """An emergency may be reported with a place alone.

    Every list and the ticket still name it, as a link that can be clicked.
    """
    bare = requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="",
        address="2 Example Street",
    )
    requests.assign(bare.pk, actor=Actor(support), assigned_to=support.pk)
    name, client = bare.request_type.name, console(support)
    assert f'<h1 id="about" dir="auto">{name}</h1>' in client.get(ticket(bare)).content.decode()
    assert re.search(
        rf'data-pk="{bare.pk}"[^>]*>{name}<',
        client.get("/admin/gasutil/servicerequest/").content.decode(),
    )
    for page in ("/admin/", ticket(leak)):
        assert re.search(
            rf'href="/admin/gasutil/servicerequest/{bare.pk}/change/"[^>]*>\s*(<span[^>]*>)?{name}',
            client.get(page).content.decode(),
        ), page


def test_an_unverified_report_is_marked_everywhere(
    customer: User, support: User, console, settings
) -> None:
    settings.EMERGENCY_LIMIT = 1
    first, second = (
        requests.submit(actor=Actor(customer), request_type="gas_leak_inspection") for _ in range(2)
    )
    client = console(support)
    for page in ("/admin/", "/admin/gasutil/servicerequest/"):
        assert client.get(page).content.decode().count(">Unverified</span>") == 1, page
    shown = [
        client.get(f"/admin/gasutil/servicerequest/{obj.pk}/change/").content.decode()
        for obj in (first, second)
    ]
    assert ["Unverified" in page for page in shown] == [False, True]
