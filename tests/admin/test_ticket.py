"""The ticket page: its content, its buttons and its cost."""

import re

import pytest

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, Status, User
from gasutil.workflow import requests
from tests.support.console import ticket
from tests.support.hostile_input import NASTY
from tests.support.query_counts import assert_cost_is_constant, count_of

PALETTE = "s"  # Unfold's search of pages, on every page


def offered(page: str) -> list[str]:
    return re.findall(r'data-verb="(\w+)"', page)


def test_it_works(support: User, console, leak: ServiceRequest) -> None:
    page = console(support).get(ticket(leak)).content.decode()
    assert f'<h1 id="about" dir="auto">{leak.description}</h1>' in page
    assert f'data-copy="{leak.reference}"' in page
    assert page.count("<h1") == 1
    for text in (
        "Pending",
        "Emergency",
        leak.description,
        leak.address,
        'href="tel:+917890123456"',
        "mailto:customer@example.com",
        "filed the request",
    ):
        assert text in page, text
    assert leak.safety_instructions.partition("\n")[0] in page


def test_it_has_no_field_for_the_status(support: User, console, leak: ServiceRequest) -> None:
    page = console(support).get(ticket(leak)).content.decode()
    assert 'name="status"' not in page
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page))
    assert names - {PALETTE, "language", "next"} <= {
        "csrfmiddlewaretoken",
        "_form_submitted",
        "version",
        "assigned_to",
        "notes",
        "is_internal",
        "attachments",
        "q",
    }


@pytest.mark.parametrize(
    ("way", "first", "rest"),
    [
        ([], "start", {"hold", "resolve", "cancel", "record", "reclassify", "join"}),
        (["start"], "resolve", {"hold", "cancel", "record", "reclassify", "join"}),
        (["hold"], "resume", {"resolve", "cancel", "record", "reclassify", "join"}),
        (["resolve"], "reopen", set()),
        (["cancel"], "", set()),
    ],
)
def test_it_has_buttons_for_the_allowed_verbs(
    way: list[str], first: str, rest: set[str], support: User, console, connection: ServiceRequest
) -> None:
    for verb in way:
        requests.MOVES[verb](connection.pk, actor=Actor(support))
    answer = console(support).get(ticket(connection))
    step = answer.context["next_step"]
    assert (step["dialog"].verb if step else "") == first
    assert {item["dialog"].verb for item in answer.context["more"]} == rest | {
        "assign",
        "prioritise",
        "refer",
    }
    assert offered(answer.content.decode())


def test_an_emergency_goes_from_milestone_to_milestone_until_it_is_safe(
    support: User, console, leak: ServiceRequest
) -> None:
    client, actor, offered = console(support), Actor(support), []
    requests.start(leak.pk, actor=actor)
    for name in ("on_site", "made_safe", ""):
        step = client.get(ticket(leak)).context["next_step"]
        offered.append((step["dialog"].verb, step.get("milestone")))
        if name:
            requests.record_milestone(leak.pk, actor=actor, milestone=name)
    assert offered == [("record", "On site"), ("record", "Made safe"), ("resolve", None)]


def test_its_timeline_is_in_plain_words(
    support: User, colleague: User, console, connection: ServiceRequest
) -> None:
    actor = Actor(support, Channel.CONSOLE)
    requests.assign(connection.pk, actor=actor, assigned_to=colleague.pk)
    requests.prioritise(connection.pk, actor=actor, priority="high")
    requests.hold(connection.pk, actor=actor, notes="Ask the depot", is_internal=True)
    lines = console(support).get(ticket(connection)).context["lines"]
    assert [line.sentence for line in lines] == [
        "added a note",
        "put the request on hold",
        "changed the priority",
        "assigned the request",
        "filed the request",
    ]
    assert [
        (change.label, change.old, change.new) for line in lines for change in line.changes
    ] == [
        ("Status", "Pending", "On hold"),
        ("Priority", "Normal", "High"),
        ("Assignee", "Unassigned", str(colleague)),
    ]
    assert [line.is_internal for line in lines] == [True, False, False, False, False]
    assert lines[0].notes == "Ask the depot"
    assert "title=" in lines[0].when


def test_it_names_a_step_by_the_label_of_its_type(
    support: User, console, connection: ServiceRequest
) -> None:
    connection.milestones[1]["label"] = "Surveyor's visit"
    ServiceRequest.objects.filter(pk=connection.pk).update(milestones=connection.milestones)
    requests.record_milestone(
        connection.pk, actor=Actor(support), milestone=connection.milestones[1]["name"]
    )
    lines = console(support).get(ticket(connection)).context["lines"]
    assert lines[0].sentence == "recorded the step “Surveyor's visit”"


def test_its_cost_does_not_grow(
    support: User, colleague: User, customer: User, console, connection: ServiceRequest
) -> None:
    client = console(support)

    def grow(number: int) -> None:
        for _ in range(number):
            requests.assign(connection.pk, actor=Actor(support), assigned_to=colleague.pk)
            requests.assign(connection.pk, actor=Actor(colleague), assigned_to=support.pk)
            requests.comment(connection.pk, actor=Actor(customer, Channel.API), notes="Hello?")

    assert_cost_is_constant(
        lambda: client.get(ticket(connection)), grow, count_of("Hello?"), at_most=20, sizes=(1, 12)
    )


def test_what_people_type_stays_text(support: User, customer: User, console) -> None:
    actor = Actor(customer, Channel.API)
    obj = requests.submit(
        actor=actor, request_type="new_connection", description=NASTY, address=NASTY
    )
    ServiceRequest.objects.filter(pk=obj.pk).update(
        details={NASTY: NASTY, "rooms": [NASTY]}, safety_instructions=NASTY
    )
    User.objects.filter(pk=customer.pk).update(last_name=NASTY[:100], address=NASTY)
    requests.submit(actor=actor, request_type="new_connection", description=NASTY)
    requests.comment(obj.pk, actor=actor, notes=NASTY)
    page = console(support).get(ticket(obj)).content.decode()
    assert page.count("onerror=alert(1)&gt;") > 5
    for live in ("<img src=x", "<script>alert", "' x-init='alert"):
        assert live not in page, live


def test_it_has_no_inline_script(support: User, console, leak: ServiceRequest) -> None:
    assert not re.findall(
        r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", console(support).get(ticket(leak)).content.decode()
    )


def test_an_agent_sees_the_customers_other_requests(
    support: User, console, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = console(support)
    page = client.get(ticket(leak)).content.decode()
    assert connection.reference in page
    assert f"?customer__id__exact={leak.customer_id}" in page
    assert (
        client.get(
            f"/admin/gasutil/servicerequest/?customer__id__exact={leak.customer_id}"
        ).status_code
        == 200
    )


def test_a_closed_one_is_not_shown_as_an_emergency(
    support: User, console, leak: ServiceRequest
) -> None:
    requests.resolve(leak.pk, actor=Actor(support), notes="Valve closed")
    leak.refresh_from_db()
    assert leak.status == Status.RESOLVED
    assert "is-emergency" not in console(support).get(ticket(leak)).content.decode()
