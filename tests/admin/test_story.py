"""The whole story of a request, on one page to print."""

import segno

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import requests
from gasutil_verify.proofs import verify_proof
from tests.support.console import ticket
from tests.support.hostile_input import NASTY
from tests.support.proof import log_key, publish
from tests.support.query_counts import assert_cost_is_constant, count_of


def test_it_shows_everything_in_order(
    manager: User, support: User, customer: User, leak: ServiceRequest, console
) -> None:
    actor = Actor(support, Channel.CONSOLE)
    requests.start(leak.pk, actor=actor, notes="On our way")
    requests.comment(leak.pk, actor=actor, notes="Between us", is_internal=True)
    requests.comment(leak.pk, actor=Actor(customer, Channel.API), notes="Thank you")
    requests.record_milestone(leak.pk, actor=actor, milestone="on_site")
    answer = console(manager).get(ticket(leak, "story"))
    page = answer.content.decode()
    assert [line.sentence for line in answer.context["lines"]] == [
        "filed the request", "started work", "added a note", "sent a message",
        "recorded the step “On site”",
    ]  # fmt: skip
    for text in (
        leak.reference,
        leak.description,
        "On our way",
        "Between us",
        "Internal note",
        "Thank you",
        "<del>Pending</del>",
        "Made safe",
        "5 history entries",
    ):
        assert text in page, text


def test_it_has_its_proof_as_a_file_and_on_paper(
    manager: User, support: User, leak: ServiceRequest, console
) -> None:
    requests.comment(leak.pk, actor=Actor(support), notes="Key is with no. 7", is_internal=True)
    assert "Nothing is signed yet." in console(manager).get(ticket(leak, "story")).content.decode()
    checkpoint = publish()
    requests.comment(leak.pk, actor=Actor(support), notes="On our way")
    page = console(manager).get(ticket(leak, "story")).content.decode()
    link = f"http://127.0.0.1:8000/api/v1/requests/{leak.pk}/proof/"
    code = segno.make(link, error="m").svg_inline(scale=3, dark="#000", light="#fff")
    for text in ("2 of these 3 entries", checkpoint.text, ticket(leak, "proof"), link, code):
        assert text in page, text
    publish()
    file = console(manager).get(ticket(leak, "proof"))
    assert file.headers["Content-Disposition"].endswith(f"{leak.reference}.proof.json")
    rows = verify_proof(file.content, log_key()).rows
    assert [row.values["notes"] for row in rows] == ["", "Key is with no. 7", "On our way"]


def test_what_people_type_stays_text(manager: User, customer: User, console) -> None:
    obj = requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="new_connection",
        description=NASTY,
        address=NASTY,
    )
    requests.comment(obj.pk, actor=Actor(customer, Channel.API), notes=NASTY)
    page = console(manager).get(ticket(obj, "story")).content.decode()
    for live in ("<img src=x", "<script>alert", "' x-init='alert"):
        assert live not in page, live


def test_it_needs_the_permission_for_the_change_history(
    manager: User, support: User, customer: User, leak: ServiceRequest, console
) -> None:
    assert console(support).get(ticket(leak, "story")).status_code == 403
    assert console(customer).get(ticket(leak, "story")).status_code == 302
    assert console(support).get(ticket(leak, "proof")).status_code == 403
    assert console(customer).get(ticket(leak, "proof")).status_code == 302
    assert ticket(leak, "story") not in console(support).get(ticket(leak)).content.decode()
    assert ticket(leak, "story") in console(manager).get(ticket(leak)).content.decode()


def test_its_cost_does_not_grow(
    manager: User, support: User, connection: ServiceRequest, console
) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            requests.comment(connection.pk, actor=Actor(support), notes="A word")

    assert_cost_is_constant(
        lambda: client.get(ticket(connection, "story")), grow, count_of("A word"), at_most=16
    )
