"""The front page.

It has figures that link to the queue, urgent requests, the user's own, and escalations.
"""

import datetime as dt
import json
import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.models.heartbeats import ESCALATION, WORKER, Heartbeat
from gasutil.workflow import engine, requests
from tests.support.console import QUEUE, file, ticket
from tests.support.hostile_input import NASTY
from tests.support.query_counts import assert_cost_is_constant, count_of

FRONT = "/admin/"


def page(client: Any) -> str:
    answer = client.get(FRONT)
    assert answer.status_code == 200
    return answer.content.decode()


def section(html: str, name: str) -> str:
    """Return one part of the page, by its id."""
    return html.split(f'id="front-{name}"', 1)[1].split("</section>", 1)[0]


def leak_of(customer: User, **ago: float) -> ServiceRequest:
    now = timezone.now() - dt.timedelta(**ago)
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="gas_leak_inspection",
        description="Gas",
        now=now,
    )


def test_its_figures_link_to_what_they_count(support: User, customer: User, console) -> None:
    leak_of(customer, minutes=9)
    mine = file(customer, 3)[0]
    requests.assign(mine.pk, actor=Actor(support), assigned_to=support.pk)
    cards = re.findall(
        r'class="card [^"]*" href="([^"]+)">.*?card-number">(\d+)<',
        page(console(support)),
        re.DOTALL,
    )
    shown = [(url, int(number)) for url, number in cards]
    assert shown == [
        (f"{QUEUE}?view=emergencies", 1),
        (f"{QUEUE}?view=overdue", 1),
        (f"{QUEUE}?view=unassigned", 3),
        (f"{QUEUE}?view=mine", 1),
    ]


def test_it_lists_urgent_and_own_requests(support: User, customer: User, console) -> None:
    calm, mine = file(customer, 2)
    leak = leak_of(customer)
    requests.assign(mine.pk, actor=Actor(support), assigned_to=support.pk)
    html = page(console(support))
    urgent = section(html, "urgent")
    assert re.findall(r"SR-[\w-]+", urgent)[0] == leak.reference
    assert "Emergency" in urgent
    assert "data-due=" in urgent
    assert mine.reference in section(html, "mine")
    assert calm.reference not in section(html, "mine")


def test_it_shows_escalations_and_who_acknowledged_them(
    support: User, customer: User, console
) -> None:
    unanswered, answered = leak_of(customer, minutes=7), leak_of(customer, minutes=8)
    for item in (unanswered, answered):
        engine.escalate(item.pk)
    requests.record_milestone(answered.pk, actor=Actor(support), milestone="acknowledged")
    parts = section(page(console(support)), "escalated").split("<li")[1:]
    result = {
        item.reference: part
        for part in parts
        for item in (unanswered, answered)
        if item.reference in part
    }
    assert ticket(unanswered) in result[unanswered.reference]
    assert "unanswered" in result[unanswered.reference]
    assert "rings" in result[unanswered.reference]
    assert "acknowledged" in result[answered.reference]
    assert "rings" not in result[answered.reference]


def test_its_charts_have_descriptions(support: User, customer: User, console) -> None:
    leak = leak_of(customer)
    requests.resolve(leak.pk, actor=Actor(support), notes="Done")
    html = page(console(support))
    data = json.loads(unescape(re.findall(r'data-value="([^"]+)"', html)[0]))
    assert [sum(dataset["data"]) for dataset in data["datasets"]] == [1, 1]
    assert len(data["labels"]) == 14
    assert 'aria-label="1 opened and 1 resolved in 14 days"' in html
    assert "Show as a table" in html
    assert "100 %" in html


def test_managers_see_the_load_of_each_representative(
    support: User, manager: User, customer: User, console
) -> None:
    (item,) = file(customer, 1)
    requests.assign(item.pk, actor=Actor(manager), assigned_to=support.pk)
    assert str(support) in section(page(console(manager)), "people")
    assert "front-people" not in page(console(support))


def test_an_empty_desk_shows_the_next_steps(support: User, console) -> None:
    html = page(console(support))
    assert "No open requests." in html
    assert "Take next" in html
    assert "No deadlines were missed." in html
    assert "No requests were resolved in this period." in html


def test_it_warns_when_a_background_process_does_not_run(support: User, console) -> None:
    client = console(support)
    silent = {"Escalation has not run": ESCALATION, "The background worker has not run": WORKER}
    assert all(text in page(client) for text in silent)
    for name in silent.values():
        Heartbeat.objects.beat(name)
    assert not any(text in page(client) for text in silent)
    Heartbeat.objects.filter(name=WORKER).update(beat_at=timezone.now() - dt.timedelta(minutes=3))
    assert [text in page(client) for text in silent] == [False, True]


def test_its_cost_does_not_grow(manager: User, customer: User, console) -> None:
    client = console(manager)
    engine.escalate(leak_of(customer, minutes=7).pk)

    def grow(number: int) -> None:
        for obj in file(customer, number):
            requests.assign(obj.pk, actor=Actor(manager), assigned_to=manager.pk)
        engine.escalate(leak_of(customer, minutes=7).pk)

    assert_cost_is_constant(
        lambda: client.get(FRONT), grow, count_of('data-pk="'), at_most=14, sizes=(3, 40)
    )


def test_what_people_type_stays_text(support: User, customer: User, console) -> None:
    User.objects.filter(pk=customer.pk).update(first_name=NASTY[:100])
    file(customer, 1, description=NASTY)
    html = page(console(support))
    assert "<img src=x" not in html
    assert "<script>alert" not in html
    assert "' x-init='alert" not in html


@pytest.mark.parametrize("who", ["customer", "pending"])
def test_no_one_else_sees_it(who: str, request: pytest.FixtureRequest, console) -> None:
    assert console(request.getfixturevalue(who)).get(FRONT).status_code == 302
