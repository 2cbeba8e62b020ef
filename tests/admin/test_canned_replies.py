"""Canned replies: what managers may write, who can use which, and how placeholders are filled."""

import pytest
from django.utils import timezone

from gasutil.admin.requests.canned_replies import fill_placeholders
from gasutil.models import CannedReply, ServiceRequest, User
from tests.support.console import QUEUE, ticket
from tests.support.hostile_input import NASTY
from tests.support.people import make_team

LIST = "/admin/gasutil/cannedreply/"


def form(**changed: object) -> dict[str, object]:
    return {
        "title": "Hello",
        "text": "Dear {customer},\r\nthis is {reference}.",
        "team": "",
        "position": "0",
        "is_active": "on",
    } | changed


def test_a_manager_writes_one_and_its_history_is_kept(manager: User, console) -> None:
    client = console(manager)
    assert b'data-gap="{customer}"' in client.get(f"{LIST}add/").content
    answer = client.post(f"{LIST}add/", form())
    assert answer.status_code == 302, answer.context["errors"]
    reply = CannedReply.objects.get()
    assert reply.text == "Dear {customer},\nthis is {reference}."
    client.post(f"{LIST}{reply.pk}/change/", form(title="Good day"))
    assert "Good day" in client.get(f"{LIST}{reply.pk}/history/").content.decode()
    assert b"Everyone" in client.get(LIST).content


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Dear {costumer}", "Unknown variable {costumer}."),
        ("{} and {a.b} {0}", "Unknown variable {}, {0}, {a.b}."),
        ("Dear {customer", "A curly bracket is not closed."),
        ("Dear customer}", "A curly bracket is not closed."),
        ("", "This field is required."),
        ("x" * 4001, "at most 4000"),
    ],
)
def test_it_rejects_unknown_placeholders(text: str, why: str, manager: User, console) -> None:
    answer = console(manager).post(f"{LIST}add/", form(text=text))
    assert why in " ".join(answer.context["adminform"].form.errors["text"])
    assert not CannedReply.objects.exists()


def test_agents_see_those_of_their_teams_and_of_everyone(
    support: User, colleague: User, connection: ServiceRequest, console
) -> None:
    mine, other = make_team("Mine", [support], []), make_team("Other", [colleague], [])
    for number, (title, team, is_active) in enumerate(
        [
            ("general", None, True),
            ("ours", mine, True),
            ("theirs", other, True),
            ("old", None, False),
        ]
    ):
        CannedReply.objects.create(
            title=title, text="x", team=team, is_active=is_active, position=9 - number
        )
    answer = console(support).get(ticket(connection, "replies"))
    assert [offer.title for offer in answer.context["offers"]] == ["ours", "general"]


def test_placeholders_are_filled(
    support: User, customer: User, connection: ServiceRequest, console
) -> None:
    CannedReply.objects.create(
        title="All", text="{customer}|{reference}|{type}|{address}|{agent}", is_internal=True
    )
    CannedReply.objects.create(title="Due", text="{due}")
    answer = console(support).get(ticket(connection, "replies"))
    result, due = answer.context["offers"]
    assert (
        result.text
        == f"{customer}|{connection.reference}|New connection|{connection.address}|{support}"
    )
    assert due.text == f"{timezone.localtime(connection.resolve_by):%d %b %Y, %H:%M}"
    assert b"data-internal" in answer.content
    assert b"Deep in" not in answer.content


def test_a_filled_in_value_is_text_and_is_not_filled_again(
    support: User, customer: User, connection: ServiceRequest, console
) -> None:
    assert (
        fill_placeholders("{customer} {nothing}", {"customer": "{agent}", "agent": "x"})
        == "{agent} {nothing}"
    )
    User.objects.filter(pk=customer.pk).update(first_name=NASTY[:100])
    CannedReply.objects.create(title=NASTY[:80], text="{customer}")
    page = console(support).get(ticket(connection, "replies")).content.decode()
    for live in ("<img src=x", "<script>alert", '" onerror', "' x-init='alert"):
        assert live not in page, live


def test_agents_do_not_edit_them(support: User, console) -> None:
    reply = CannedReply.objects.create(title="x", text="x")
    client = console(support)
    for path in (LIST, f"{LIST}add/", f"{LIST}{reply.pk}/change/", f"{LIST}{reply.pk}/history/"):
        assert client.get(path).status_code == 403, path
    assert b"/admin/gasutil/cannedreply/" not in client.get(QUEUE).content


def test_other_users_see_none(customer: User, connection: ServiceRequest, console) -> None:
    assert console(customer).get(ticket(connection, "replies")).status_code == 302
