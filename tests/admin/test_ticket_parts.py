"""The parts of the ticket page: headline, customer, files, composer, timeline."""

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from gasutil.access import Actor
from gasutil.models import CannedReply, Channel, RequestField, ServiceRequest, Status, User
from gasutil.models.identifiers import format_phone_number
from gasutil.workflow import attachments, engine, incidents, requests
from gasutil.workflow import catalogue as catalogue_verbs
from tests.support.console import Browser, log, ticket
from tests.support.documents import PDF
from tests.support.files import picture, png_part
from tests.support.people import make_team
from tests.support.request_types import make_type


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def file(customer: User, code: str = "new_connection", **about: Any) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer, Channel.API), request_type=code, **{"description": "x"} | about
    )


# --- The headline ---


def test_its_title_is_the_first_line_and_the_rest_follows(
    support: User, customer: User, console
) -> None:
    obj = file(customer, description="First line\nsecond line")
    page = console(support).get(ticket(obj)).content.decode()
    assert '<h1 id="about" dir="auto">First line</h1>' in page
    assert "First line<br>second line" in page


def test_its_clock_is_the_next_deadline(support: User, leak: ServiceRequest, console) -> None:
    client = console(support)
    assert client.get(ticket(leak)).context["clock"].label == "Acknowledged"
    requests.start(leak.pk, actor=Actor(support))
    assert client.get(ticket(leak)).context["clock"].label == "On site"
    requests.resolve(leak.pk, actor=Actor(support), notes="Valve closed")
    assert client.get(ticket(leak)).context["clock"].label == "Resolved"


def test_its_clock_stands_still_on_hold(support: User, connection: ServiceRequest, console) -> None:
    requests.hold(connection.pk, actor=Actor(support))
    assert "On hold" in console(support).get(ticket(connection)).context["clock"].text


def test_a_request_without_clocks_has_none(support: User, customer: User, console) -> None:
    make_type("plain")
    assert console(support).get(ticket(file(customer, "plain"))).context["clock"] is None


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ({"frail": True, "who": ["infant", "older"]}, ["Frail", "A baby, Somebody old"]),
        ({"frail": False, "who": []}, []),
        ({"who": ["older"], "rooms": 3}, ["Somebody old"]),
        ({}, []),
    ],
)
def test_special_care_shows_the_answers_of_marked_questions(
    answers: dict[str, Any], text: list[str], support: User, customer: User, console
) -> None:
    make_type(
        "survey",
        fields=[
            {"name": "frail", "kind": "yes_no", "marks_care": True},
            {
                "name": "who",
                "kind": "several_of",
                "choices": "infant: A baby\nolder: Somebody old",
                "marks_care": True,
            },
            {"name": "rooms", "kind": "whole_number"},
        ],
    )
    answer = console(support).get(ticket(file(customer, "survey", details=answers)))
    assert answer.context["care"] == text
    assert (b"Needs special care" in answer.content) == bool(text)


def test_marking_a_question_applies_to_older_requests(
    support: User, customer: User, console
) -> None:
    request_type = make_type("survey", fields=[{"name": "note", "kind": "short_text"}])
    obj = file(customer, "survey", details={"note": "My mother is 90"})
    assert console(support).get(ticket(obj)).context["care"] == []
    RequestField.objects.filter(request_type=request_type).update(marks_care=True)
    catalogue_verbs.publish(request_type.pk, actor=Actor(support))
    assert console(support).get(ticket(obj)).context["care"] == ["My mother is 90"]


def test_an_older_answer_to_a_marked_question_is_read_as_it_was_asked(
    support: User, customer: User, console
) -> None:
    request_type = make_type(
        "survey",
        fields=[{"name": "frail", "kind": "whole_number", "unit": "people", "marks_care": True}],
    )
    obj = file(customer, "survey", details={"frail": 3})
    RequestField.objects.filter(request_type=request_type).update(kind="date", unit="")
    catalogue_verbs.publish(request_type.pk, actor=Actor(support))
    assert console(support).get(ticket(obj)).context["care"] == ["3 people"]


def test_the_shipped_question_is_marked(support: User, customer: User, console) -> None:
    obj = file(customer, "gas_leak_inspection", details={"people_needing_care": ["infant"]})
    assert console(support).get(ticket(obj)).context["care"] == ["A baby or small child"]


def test_a_reclassified_one_shows_its_answers_under_their_own_labels(
    support: User, customer: User, console
) -> None:
    make_type("first", fields=[{"name": "when", "label": "Which day?", "kind": "date"}])
    make_type(
        "second",
        fields=[
            {"name": "when", "label": "How often?", "kind": "whole_number", "marks_care": True}
        ],
    )
    obj = file(customer, "first", details={"when": "2026-11-23"})
    requests.reclassify(obj.pk, actor=Actor(support), request_type="second")
    answer = console(support).get(ticket(obj))
    assert answer.context["details"] == [("Which day?", "23 Nov 2026")]
    assert answer.context["care"] == []
    assert b"Filed as another type" in answer.content
    assert b"Which day?" in console(support).get(ticket(obj, "peek")).content
    assert "changed the type" in [line.sentence for line in answer.context["lines"]]


# --- The customer ---


def test_the_customer_can_be_called(
    support: User, customer: User, connection: ServiceRequest, console
) -> None:
    page = console(support).get(ticket(connection)).content.decode()
    assert 'href="tel:+917890123456"' in page
    assert "+91 78901 23456" in page
    assert "This email address is not confirmed" in page
    assert "First request of this customer" in page


def test_other_requests_are_counted(
    support: User, customer: User, neighbour: User, connection: ServiceRequest, console
) -> None:
    done = file(customer)
    requests.cancel(done.pk, actor=Actor(support))
    file(customer)
    file(neighbour)
    User.objects.filter(pk=customer.pk).update(email_confirmed=True)
    page = console(support).get(ticket(connection)).content.decode()
    assert "2 other requests, 1 open" in page
    assert "This email address is not confirmed" not in page


@pytest.mark.parametrize(
    ("number", "text"), [("+442079460958", "+44 20 7946 0958"), ("", ""), ("nothing", "nothing")]
)
def test_a_number_is_written_in_groups(number: str, text: str) -> None:
    assert format_phone_number(number) == text


# --- The composer ---


def send(client: Browser, obj: ServiceRequest, **fields: Any) -> Any:
    return client.verb(obj, "comment", version=obj.version, **fields)


def test_it_sends_a_reply_with_files_and_shows_it(
    support: User, connection: ServiceRequest, console
) -> None:
    client = console(support)
    answer = send(
        client,
        connection,
        notes="See here",
        attachments=[png_part(), png_part("bill.pdf", PDF, "application/pdf")],
    )
    assert re.fullmatch(rf"{ticket(connection)}\?at=(\d+)#update-\1", answer.headers["HX-Redirect"])
    assert [row[0] for row in log(connection)][1:] == [
        "request.commented",
        *["request.attachment_added"] * 2,
    ]
    page = client.get(ticket(connection)).content.decode()
    assert 'alt="meter.png"' in page
    assert "picture_as_pdf" in page
    assert (
        'accept="image/jpeg,image/png,image/webp,application/pdf,image/heic,image/heif,image/avif,.heic,.heif,.avif,.webp"'
        in page
    )


def test_an_image_is_shown_large_enough_to_read_it(
    support: User, customer: User, neighbour: User, connection: ServiceRequest, console
) -> None:
    photo = SimpleUploadedFile("meter.png", picture("PNG", (3000, 1500)), "image/png")
    row = attachments.attach(connection.pk, actor=Actor(customer, Channel.API), file=photo)
    address = reverse("admin:gasutil_attachment_preview", args=[row.pk])
    assert address in console(support).get(ticket(connection)).content.decode()
    answer = console(support).get(address)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert (
        answer.headers["Content-Security-Policy"]
        == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (2048, 1024)
    assert console(neighbour).get(address).status_code != 200


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"attachments": [png_part("a.exe", b"MZ")]}, "a.exe: This file can&#x27;t be read."),
        ({"attachments": [png_part("empty.png", b"")]}, "The submitted file is empty."),
        (
            {"attachments": [png_part()], "is_internal": "on"},
            "You can&#x27;t attach files to an internal note",
        ),
        ({"is_internal": "on"}, "Enter some text."),
    ],
)
def test_an_error_is_shown_in_the_composer(
    fields: dict[str, Any], why: str, support: User, connection: ServiceRequest, console
) -> None:
    answer = send(
        console(support),
        connection,
        **{"notes": "" if "attachments" not in fields else "My words"} | fields,
    )
    assert why in answer.content.decode()
    if "attachments" in fields:
        assert b"My words" in answer.content
    assert len(log(connection)) == 1


def test_it_keeps_the_text_and_shows_new_notes(
    support: User, customer: User, connection: ServiceRequest, console
) -> None:
    requests.comment(
        connection.pk, actor=Actor(customer, Channel.API), notes="It is solved, thank you"
    )
    answer = send(console(support), connection, notes="Where are you?")
    page = answer.content.decode()
    assert "This request changed while you were editing" in page
    assert "It is solved, thank you" in page
    assert "Where are you?" in page
    assert re.search(r'value=""[^>]*id="composer_public"[^>]* checked', page)


def test_drafts_belong_to_their_user_and_request(
    support: User, connection: ServiceRequest, console
) -> None:
    assert (
        f'data-draft="draft:{support.pk}:{connection.pk}"'
        in console(support).get(ticket(connection)).content.decode()
    )


# --- Editing ---


def test_a_version_that_never_was_is_stale_too(
    support: User, colleague: User, connection: ServiceRequest, console
) -> None:
    answer = console(support).verb(connection, "assign", assigned_to=colleague.pk, version=77)
    assert b"This request changed while you were editing" in answer.content
    assert answer.context["form"]["version"].value() == "1"


def test_both_versions_are_shown_field_by_field(
    support: User, colleague: User, connection: ServiceRequest, console
) -> None:
    requests.update(
        connection.pk, actor=Actor(colleague), assigned_to=colleague.pk, priority="high"
    )
    answer = console(support).verb(
        connection, "assign", assigned_to=support.pk, version=1, notes="Mine"
    )
    result = answer.context["form"].conflict
    assert [
        (difference.label, difference.then, difference.now, difference.who, difference.mine)
        for difference in result.differences
    ] == [
        ("Priority", "Normal", "High", str(colleague), ""),
        ("Assignee", "Unassigned", str(colleague), str(colleague), str(support)),
    ]
    assert b"When you opened it" in answer.content
    again = answer.context["form"]["version"].value()
    assert (
        console(support)
        .verb(connection, "assign", assigned_to=support.pk, version=again, notes="Mine")
        .headers["HX-Redirect"]
    )


def test_it_reclassifies_by_its_dialog(support: User, connection: ServiceRequest, console) -> None:
    client = console(support)
    assert b"Disputed bill" in client.get(ticket(connection, "reclassify")).content
    assert client.verb(connection, "reclassify", request_type="billing_dispute", version=1).headers[
        "HX-Redirect"
    ]
    assert (
        b"Select a valid choice" in client.verb(connection, "reclassify", request_type="no").content
    )
    connection.refresh_from_db()
    assert connection.request_type_id == "billing_dispute"


def test_resolving_can_open_the_next_and_remembers_it(
    support: User, connection: ServiceRequest, leak: ServiceRequest, console
) -> None:
    client = console(support)
    answer = client.verb(connection, "resolve", notes="Done", then_take="on")
    assert answer.headers["HX-Redirect"] == ticket(leak)
    leak.refresh_from_db()
    assert leak.assigned_to == support
    assert re.search(
        r'name="then_take"[^>]*checked', client.get(ticket(leak, "resolve")).content.decode()
    )
    assert (
        client.verb(leak, "resolve", notes="Closed the valve", then_take="on").headers[
            "HX-Redirect"
        ]
        == "/admin/gasutil/servicerequest/"
    )


# --- The timeline ---


def test_repeated_rows_of_the_system_are_folded(support: User, customer: User, console) -> None:
    now = timezone.now()
    obj = requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="gas_leak_inspection",
        description="x",
        now=now - dt.timedelta(hours=3),
    )
    for minutes in range(170, 0, -10):
        engine.escalate(obj.pk, now=now - dt.timedelta(minutes=minutes))
    requests.comment(obj.pk, actor=Actor(support), notes="Sorry")
    answer = console(support).get(ticket(obj))
    assert len(answer.context["lines"]) > 10
    assert [line.sentence for line in answer.context["folds"]] == [
        "sent a message",
        "escalated the request",
        "filed the request",
    ]
    assert b"earlier system entr" in answer.content
    assert answer.content.decode().count('id="update-') == len(answer.context["lines"])


def test_files_that_come_together_are_folded(
    customer: User, support: User, connection: ServiceRequest, console
) -> None:
    requests.reply(
        connection.pk,
        actor=Actor(customer, Channel.API),
        attachments=[png_part(), png_part(), png_part()],
    )
    requests.reply(connection.pk, actor=Actor(support), attachments=[png_part()])
    answer = console(support).get(ticket(connection))
    assert [len(line.earlier) for line in answer.context["folds"]] == [0, 2, 0]
    assert b"and 2 more files" in answer.content


# --- What it costs ---


def test_everything_at_once_costs_no_more(
    support: User,
    colleague: User,
    manager: User,
    customer: User,
    leak: ServiceRequest,
    console,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_team("Leaks", [support], ["gas_leak_inspection"])
    CannedReply.objects.create(title="x", text="x")
    User.objects.filter(pk=customer.pk).update(email_confirmed=True)
    alike = [file(customer, "gas_leak_inspection") for _ in range(8)]
    make_type("quarrel", effect="dispute")
    file(customer, "quarrel")
    requests.reply(
        leak.pk, actor=Actor(customer, Channel.API), attachments=[png_part() for _ in range(5)]
    )
    requests.reclassify(
        alike[0].pk, actor=Actor(support), request_type="third_party_damage", notes="A digger"
    )
    for _ in range(10):
        requests.assign(leak.pk, actor=Actor(support), assigned_to=colleague.pk)
        requests.assign(leak.pk, actor=Actor(colleague), assigned_to=support.pk)
    incident = incidents.gather(
        leak.pk, actor=Actor(support), incident=None, title="Street", reports=[alike[1].pk]
    )
    assert incident is not None
    ServiceRequest.objects.filter(pk=leak.pk).update(details={"people_needing_care": ["infant"]})
    for user in (support, manager):
        client = console(user)
        for obj in (leak, alike[0]):
            with django_assert_max_num_queries(20):
                assert client.get(ticket(obj)).status_code == 200
    assert leak.status == Status.PENDING
