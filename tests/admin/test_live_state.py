"""The alarms that every page shows, and the number by which a page detects missed alarms."""

from typing import Any

from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import QUEUE, ticket
from tests.support.query_counts import cost_of

LIVE = f"{QUEUE}live/"


def alarms(client: Any) -> list[str]:
    response = client.get(LIVE)
    assert response.status_code == 200
    return [alarm["url"] for alarm in response.json()["alarms"]]


def test_an_emergency_is_shown_until_someone_acknowledges_it(
    support: User, colleague: User, console: Any, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = console(support)
    assert alarms(client) == [ticket(leak)]
    requests.assign(leak.pk, actor=Actor(support), assigned_to=colleague.pk)  # may not be there
    assert alarms(client) == [ticket(leak)]
    assert f"{colleague} has not acknowledged it." in client.get(LIVE).json()["alarms"][0]["html"]
    requests.record_milestone(leak.pk, actor=Actor(colleague), milestone="acknowledged")
    assert alarms(client) == []


def test_it_is_another_alarm_after_a_reopening(
    support: User, customer: User, console: Any, leak: ServiceRequest
) -> None:
    client = console(support)
    (before,) = client.get(LIVE).json()["alarms"]
    requests.take(leak.pk, actor=Actor(support))
    requests.finish(leak.pk, actor=Actor(support), outcome="made_safe")
    assert alarms(client) == []
    requests.comment(leak.pk, actor=Actor(customer), notes="It smells again")
    (after,) = client.get(LIVE).json()["alarms"]
    assert before["key"] != after["key"]
    assert ("Reopened" in before["html"], "Reopened" in after["html"]) == (False, True)


def test_it_names_the_type_and_the_street(
    support: User, console: Any, leak: ServiceRequest
) -> None:
    ServiceRequest.objects.filter(pk=leak.pk).update(address="7 Shanti Nagar\nPune <b>")
    (alarm,) = console(support).get(LIVE).json()["alarms"]
    assert (alarm["title"], alarm["text"]) == (leak.request_type.name, "7 Shanti Nagar")
    assert "7 Shanti Nagar" in alarm["html"]


def test_requests_lowered_or_cancelled_are_no_alarm(
    support: User, console: Any, leak: ServiceRequest
) -> None:
    requests.cancel(leak.pk, actor=Actor(support), notes="A drill of the fire brigade")
    assert alarms(console(support)) == []


def test_three_are_shown_and_all_are_counted(
    support: User, customer: User, console: Any, leak: ServiceRequest
) -> None:
    options = {"actor": Actor(customer), "request_type": leak.request_type_id}
    for number in range(4):
        requests.submit(description=f"Leak {number}", **options)
    state = console(support).get(LIVE).json()
    assert (len(state["alarms"]), state["number"], state["unverified"]) == (3, 5, 0)


def test_unverified_reports_are_counted_apart(
    support: User, customer: User, console: Any, leak: ServiceRequest, settings: Any
) -> None:
    settings.EMERGENCY_LIMIT = 1
    options = {"actor": Actor(customer), "request_type": leak.request_type_id}
    for number in range(2):
        requests.submit(description=f"Leak {number}", **options)
    client = console(support)
    before = client.get(LIVE).json()
    number = ServiceRequest.objects.filter(is_unverified=True).count()
    assert (number > 0, before["number"], before["unverified"]) == (True, 3 - number, number)


def test_it_has_the_number_of_the_last_update(
    support: User, console: Any, connection: ServiceRequest
) -> None:
    last = RequestUpdate.objects.latest("history_id").history_id
    assert console(support).get(LIVE).json()["latest"] == last


def test_it_costs_a_few_queries_and_is_for_staff(
    support: User, customer: User, console: Any, leak: ServiceRequest
) -> None:
    client = console(support)
    client.get(LIVE)
    assert cost_of(lambda: client.get(LIVE))[0] <= 6
    assert console(customer).get(LIVE).status_code == 302


def test_take_assigns_and_acknowledges(support: User, console: Any, leak: ServiceRequest) -> None:
    response = console(support).post(ticket(leak, "take"))
    assert response.json() == {
        "message": f"{leak.reference} assigned to you.",
        "url": ticket(leak),
    }
    assert alarms(console(support)) == []
    assert console(support).get(ticket(leak, "take")).status_code == 405


def test_take_names_the_colleague_who_was_faster(
    support: User, colleague: User, console: Any, leak: ServiceRequest
) -> None:
    requests.take(leak.pk, actor=Actor(colleague))
    response = console(support).post(ticket(leak, "take"))
    assert (response.status_code, response.json()) == (
        409,
        {"message": f"{colleague} has already taken {leak.reference}."},
    )


def test_it_names_the_dangers(support: User, customer: User, console: Any) -> None:
    requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="It hisses",
        details={"signs": ["hissing", "fire"]},
    )
    (alarm,) = console(support).get(LIVE).json()["alarms"]
    assert "Fire or an explosion" in alarm["html"]
    assert alarm["text"].endswith("Fire or an explosion")
