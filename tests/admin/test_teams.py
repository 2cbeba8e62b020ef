"""Teams in the console: who edits them, their history, and the queue of one."""

import pytest

from gasutil.access import Actor
from gasutil.models import Channel, RequestType, ServiceRequest, Team, User
from gasutil.workflow import requests
from tests.support.console import QUEUE
from tests.support.people import make_team

LIST = "/admin/gasutil/team/"


def test_a_manager_makes_one_and_its_history_is_kept(manager: User, support: User, console) -> None:
    client, request_type = console(manager), RequestType.objects.get(code="billing_dispute")
    answer = client.post(
        f"{LIST}add/",
        {"name": "Billing", "members": [support.pk], "request_types": [request_type.pk]},
    )
    assert answer.status_code == 302, answer.context["errors"]
    team = Team.objects.get()
    assert (list(team.members.all()), list(team.request_types.all())) == ([support], [request_type])
    path = f"{LIST}{team.pk}/"
    assert (
        client.post(
            f"{path}change/", {"name": "Bills", "members": [], "request_types": [request_type.pk]}
        ).status_code
        == 302
    )
    history = client.get(f"{path}history/").content.decode()
    assert "Bills" in history
    assert str(support) in history
    assert str(manager) in history
    assert "Disputed bill" in client.get(LIST).content.decode()


def test_customers_are_no_members(manager: User, customer: User, console) -> None:
    answer = console(manager).post(f"{LIST}add/", {"name": "Billing", "members": [customer.pk]})
    assert "members" in answer.context["adminform"].form.errors
    offered = answer.context["adminform"].form.fields["members"].queryset
    assert set(offered) == {manager}


def test_agents_see_none_of_it(support: User, console) -> None:
    team = make_team("Billing", [support], [])
    client = console(support)
    for path in (
        LIST,
        f"{LIST}add/",
        f"{LIST}{team.pk}/change/",
        f"{LIST}{team.pk}/history/",
        f"{LIST}{team.pk}/delete/",
    ):
        assert client.get(path).status_code == 403, path
    assert client.post(f"{LIST}{team.pk}/change/", {"name": "x"}).status_code == 403
    assert b"/admin/gasutil/team/" not in client.get(QUEUE).content


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", {"connection", "leak", "other"}),
        ("mine", {"connection", "leak"}),
        ("{pk}", {"connection"}),
        ("0", set()),
    ],
)
def test_the_queue_is_narrowed_to_a_team(
    asked: str,
    shown: set[str],
    support: User,
    colleague: User,
    customer: User,
    connection: ServiceRequest,
    leak: ServiceRequest,
    console,
) -> None:
    team = make_team("Connections", [support], ["new_connection"])
    make_team("Tests", [colleague], ["safety_inspection", "gas_leak_inspection"])
    other = requests.submit(
        actor=Actor(customer, Channel.API), request_type="safety_inspection", description="x"
    )
    page = (
        console(support)
        .get(QUEUE, {"team": asked.format(pk=team.pk)} if asked else {})
        .content.decode()
    )
    rows = {"connection": connection, "leak": leak, "other": other}
    assert {name for name, row in rows.items() if row.reference in page} == shown


def test_there_is_no_filter_without_teams(
    support: User, connection: ServiceRequest, console
) -> None:
    assert b"My teams" not in console(support).get(QUEUE).content
