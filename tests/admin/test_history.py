"""Histories of requests, accounts and types. There is no way to change any."""

import pytest

from gasutil.access import Actor
from gasutil.models import Channel, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import ticket
from tests.support.hostile_input import NASTY
from tests.support.query_counts import assert_cost_is_constant, listed

HISTORY = "/admin/gasutil/requestupdate/"


def test_it_works(manager: User, support: User, console, leak: ServiceRequest) -> None:
    requests.start(leak.pk, actor=Actor(support, Channel.CONSOLE), notes="On the way")
    requests.assign(leak.pk, actor=Actor(support), assigned_to=None, notes="Mine", is_internal=True)
    answer = console(manager).get(HISTORY)
    rows = answer.context["cl"].result_list
    assert [(word.label, word.old, word.new) for row in rows for word in row.words] == [
        ("Assignee", str(support), "Unassigned"),
        ("Status", "Pending", "In progress"),
        ("Assignee", "Unassigned", str(support)),
    ]
    page = answer.content.decode()
    for text in (leak.reference, "Started work", "On the way", "Console", "Internal", str(support)):
        assert text in page, text
    assert f"#update-{rows[0].pk}" in page


def test_its_filters_show_what_they_name(
    manager: User, support: User, console, leak: ServiceRequest
) -> None:
    requests.comment(leak.pk, actor=Actor(support, Channel.CONSOLE), notes="Ours", is_internal=True)
    client = console(manager)

    def notes(**query: str) -> list[str]:
        answer = client.get(HISTORY, query)
        assert answer.status_code == 200
        return [row.notes for row in answer.context["cl"].result_list]

    assert notes() == ["Ours", ""]
    assert notes(history_user__id__exact=str(support.pk)) == ["Ours"]
    assert notes(event__exact="request.created") == [""]
    assert notes(channel__exact="console") == ["Ours"]
    assert notes(is_internal__exact="1") == ["Ours"]
    assert notes(history_date_from="2999-01-01") == []
    assert notes(q=leak.reference) == ["Ours", ""]
    assert notes(q="SR-222-222-222") == notes(q="nothing") == []


def test_its_cost_does_not_grow(
    manager: User, support: User, colleague: User, console, leak: ServiceRequest
) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            requests.assign(leak.pk, actor=Actor(support), assigned_to=colleague.pk)
            requests.assign(leak.pk, actor=Actor(colleague), assigned_to=support.pk)

    assert_cost_is_constant(lambda: client.get(HISTORY), grow, listed, at_most=12, sizes=(1, 20))


def test_no_one_adds_changes_or_deletes_a_row(root: User, console, leak: ServiceRequest) -> None:
    row = RequestUpdate.objects.get(id=leak.pk)
    client = console(root)
    assert client.get(f"{HISTORY}add/").status_code == 403
    assert client.get(f"{HISTORY}{row.pk}/delete/").status_code == 403
    assert client.get(f"{HISTORY}{row.pk}/history/").status_code == 404
    assert (
        client.get(f"{HISTORY}{row.pk}/change/").headers["Location"]
        == f"{ticket(leak)}#update-{row.pk}"
    )
    client.post(f"{HISTORY}{row.pk}/change/", {"notes": "forged"})
    client.post(HISTORY, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    row = RequestUpdate.objects.get(pk=row.pk)
    assert row.notes == ""


def test_agents_cannot_open_it(support: User, console, leak: ServiceRequest) -> None:
    row = RequestUpdate.objects.get(id=leak.pk)
    client = console(support)
    for path in (HISTORY, f"{HISTORY}{row.pk}/change/", f"{HISTORY}{row.pk}/history/"):
        assert client.get(path).status_code in (403, 404), path
    assert client.get(f"/admin/gasutil/servicerequest/{leak.pk}/history/").status_code == 404


def test_what_people_type_stays_text(
    manager: User, customer: User, console, leak: ServiceRequest
) -> None:
    User.objects.filter(pk=customer.pk).update(last_name=NASTY[:100])
    requests.comment(
        leak.pk, actor=Actor(User.objects.get(pk=customer.pk), Channel.API), notes=NASTY
    )
    page = console(manager).get(HISTORY).content.decode()
    for live in ("<img src=x", "<script>alert", "' x-init='alert"):
        assert live not in page, live


def test_a_manager_reads_the_history_of_an_account(manager: User, customer: User, console) -> None:
    client = console(manager)
    path = f"/admin/gasutil/user/{customer.pk}/"
    form = {
        "first_name": NASTY[:100],
        "last_name": "X",
        "email": customer.email,
        "phone_number": customer.phone_number,
        "is_active": "on",
    }
    client.post(f"{path}change/", form)
    assert b"History" in client.get(f"{path}change/").content
    page = client.get(f"{path}history/").content.decode()
    assert "First name" in page
    assert str(manager) in page
    assert "<img src=x" not in page
    assert customer.password not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_one_reverts_to_a_row(method: str, root: User, customer: User, console) -> None:
    """simple-history's own page of a row saves that row on a POST, without checking permissions."""
    User.objects.filter(pk=customer.pk).update(first_name="Present")
    row = customer.history.latest()
    answer = getattr(console(root), method)(
        f"/admin/gasutil/user/{customer.pk}/history/{row.pk}/", {"first_name": "Past"}
    )
    assert answer.status_code in (302, 404)
    customer.refresh_from_db()
    assert customer.first_name == "Present"


@pytest.mark.parametrize("model", ["requesttype", "user", "calendar", "webhook"])
def test_an_address_without_a_number_has_no_history(model: str, root: User, console) -> None:
    for nonsense in ("leak", "9" * 30):
        assert console(root).get(f"/admin/gasutil/{model}/{nonsense}/history/").status_code == 404
