"""The editor of request types: saving, publishing, errors by row, and who may use it."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.urls import reverse

from gasutil.access import SYSTEM, Actor
from gasutil.models import RequestField, RequestType, User
from gasutil.workflow import catalogue as verbs
from tests.support.query_counts import assert_cost_is_constant, count_of
from tests.support.type_editor import LIST, edited, page, rows

ADD = f"{LIST}add/"
FIELD: dict[str, Any] = {"label": "", "name": "", "kind": "short_text", "position": ""}
SEVEN = [
    {
        "name": "room", "label": "Which room?", "kind": "short_text",
        "is_required": "on", "maximum": "40", "pattern": "[A-Z].*",
    },
    {"name": "story", "label": "What happened?", "kind": "long_text", "help": "In your own words"},
    {
        "name": "flames", "label": "How many burners?", "kind": "whole_number",
        "minimum": "1", "maximum": "8", "unit": "burners",
    },
    {"name": "smell", "label": "Do you smell gas?", "kind": "yes_no"},
    {
        "name": "strength", "label": "Strength", "kind": "one_of",
        "choices": "weak: Weak\nstrong: Strong", "shown_if": "smell", "shown_if_value": "true",
    },
    {"name": "since", "label": "Since when?", "kind": "date", "minimum": "-30", "maximum": "0"},
    {"name": "reading", "label": "Meter reading", "kind": "meter_reading"},
]  # fmt: skip
LIMITS = [
    {"name": "acknowledged", "label": "Acknowledged", "minutes": "5"},
    {"name": "on_site", "label": "On site", "minutes": "60", "source": "Ours"},
]


def new(
    fields: Sequence[dict[str, Any]] = (), limits: Sequence[dict[str, Any]] = (), **changed: Any
) -> dict[str, Any]:
    """Return the form of a new type."""
    text = {
        "name": "No supply",
        "code": "no_supply_at_all",
        "priority": "high",
        "is_active": "on",
    } | changed
    return text | rows("fields", [FIELD | row for row in fields]) | rows("milestones", limits)


def form_errors(answer: Any, prefix: str) -> dict[int, dict[str, list[str]]]:
    """Return what a page says is wrong, by the row and the field."""
    assert answer.status_code == 200
    formset = next(
        item.formset
        for item in answer.context["inline_admin_formsets"]
        if item.formset.prefix == prefix
    )
    return {number: dict(errors) for number, errors in enumerate(formset.errors) if errors}


@pytest.fixture
def request_type(manager: User, console) -> RequestType:
    """A type with seven kinds of fields and two limits, as a manager has just added it."""
    answer = console(manager).post(ADD, new(SEVEN, LIMITS))
    assert answer.status_code == 302, answer.context["errors"]
    return RequestType.objects.get(code="no_supply_at_all")


def test_it_publishes_what_a_manager_adds(manager: User, request_type: RequestType) -> None:
    assert request_type.version == 1
    assert [(item["name"], item["kind"]) for item in request_type.form] == [
        (row["name"], row["kind"]) for row in SEVEN
    ]
    assert request_type.form[4]["choices"] == [["weak", "Weak"], ["strong", "Strong"]]
    assert request_type.limits[1] == {
        "name": "on_site",
        "label": "On site",
        "minutes": 60,
        "in_business_hours": False,
    }
    assert [row.history_user for row in request_type.history.all()] == [manager]
    assert request_type.milestones.get(name="on_site").source == "Ours"


def test_a_type_can_have_no_questions(manager: User, console) -> None:
    assert console(manager).post(ADD, new()).status_code == 302
    assert RequestType.objects.get(code="no_supply_at_all").form == []


def test_a_code_cannot_be_changed(manager: User, request_type: RequestType, console) -> None:
    assert (
        console(manager)
        .post(page(request_type), edited(request_type, name="No gas", code="other"))
        .status_code
        == 302
    )
    request_type.refresh_from_db()
    assert (request_type.name, request_type.code) == ("No gas", "no_supply_at_all")


@pytest.mark.parametrize(
    ("changed", "version"),
    [
        ({"name": "No gas"}, 1),
        ({"milestones__0__source": "The law"}, 1),
        ({"fields__0__label": "Which of the rooms?"}, 2),
        ({"milestones__1__minutes": "45"}, 2),
        ({"safety_instructions": "Go outside."}, 2),
    ],
)
def test_a_change_of_questions_texts_or_limits_makes_a_version(
    changed: dict[str, str], version: int, manager: User, request_type: RequestType, console
) -> None:
    answer = console(manager).post(page(request_type), edited(request_type, **changed), follow=True)
    text = " ".join(str(message) for message in answer.context["messages"])
    assert f"ersion {version}" in text
    request_type.refresh_from_db()
    assert request_type.version == version
    assert request_type.history.count() == 2
    assert request_type.history.latest().history_user == manager


def test_rows_are_in_the_order_of_dragging_and_new_ones_last(
    manager: User, request_type: RequestType, console
) -> None:
    places = {f"fields__{number}__position": 6 - number for number in range(4)}
    places |= {f"fields__{number}__position": number - 4 for number in range(4, 7)}
    places |= {"fields__4__shown_if": "", "fields__4__shown_if_value": ""}
    fields = edited(request_type, **places) | {
        "fields-TOTAL_FORMS": 8,
        "fields-7-position": "",
        "fields-7-kind": "yes_no",
    }
    fields |= {"fields-7-label": "Any more?", "fields-7-name": "more"}
    answer = console(manager).post(page(request_type), fields)
    assert answer.status_code == 302, form_errors(answer, "fields")
    request_type.refresh_from_db()
    assert [item["name"] for item in request_type.form] == [
        "strength",
        "since",
        "reading",
        "smell",
        "flames",
        "story",
        "room",
        "more",
    ]


def test_the_name_of_a_removed_row_can_be_used_again(
    manager: User, request_type: RequestType, console
) -> None:
    fields = edited(
        request_type, fields__0__DELETE="on", fields__1__name="since", fields__5__name="story"
    )
    fields |= {
        "fields-TOTAL_FORMS": 9,
        "fields-7-label": "Room",
        "fields-7-name": "room",
        "fields-7-kind": "short_text",
    }
    fields |= {
        "fields-8-label": "",
        "fields-8-name": "",
        "fields-8-kind": "short_text",
        "fields-8-position": "8",
    }
    answer = console(manager).post(page(request_type), fields)
    assert answer.status_code == 302, form_errors(answer, "fields")
    request_type.refresh_from_db()
    assert [item["name"] for item in request_type.form] == [
        "since",
        "flames",
        "smell",
        "strength",
        "story",
        "reading",
        "room",
    ]
    assert request_type.form[-1] == {"name": "room", "label": "Room", "kind": "short_text"}


def test_values_that_a_kind_does_not_use_are_not_stored(
    manager: User, request_type: RequestType, console
) -> None:
    console(manager).post(
        page(request_type),
        edited(
            request_type, fields__0__kind="phone", fields__3__unit="m", fields__3__choices="a\nb"
        ),
    )
    request_type.refresh_from_db()
    assert request_type.form[0] == {
        "name": "room",
        "label": "Which room?",
        "kind": "phone",
        "is_required": True,
    }
    assert request_type.form[3] == {"name": "smell", "label": "Do you smell gas?", "kind": "yes_no"}


@pytest.mark.parametrize(
    ("changed", "row", "field"),
    [
        ({"fields__1__name": "room"}, 1, "name"),
        ({"fields__1__name": "Room!"}, 1, "name"),
        ({"fields__1__name": "model_dump"}, 1, "name"),
        ({"fields__1__label": ""}, 1, "label"),
        ({"fields__4__choices": "weak"}, 4, "choices"),
        ({"fields__4__shown_if": "nothing"}, 4, "shown_if"),
        ({"fields__4__shown_if_value": "perhaps"}, 4, "shown_if_value"),
        ({"fields__3__position": 6, "fields__6__position": 3}, 4, "shown_if"),
        ({"fields__2__minimum": "9"}, 2, "maximum"),
        ({"fields__0__pattern": "("}, 0, "pattern"),
        ({"fields__0__pattern": "", "fields__0__minimum": "-5"}, 0, "minimum"),
    ],
)
def test_an_error_is_shown_at_its_row(
    changed: dict[str, Any], row: int, field: str, manager: User, request_type: RequestType, console
) -> None:
    answer = console(manager).post(page(request_type), edited(request_type, **changed))
    assert {number: list(errors) for number, errors in form_errors(answer, "fields").items()} == {
        row: [field]
    }
    request_type.refresh_from_db()
    assert (request_type.version, request_type.history.count()) == (1, 1)
    assert request_type.fields.get(name="room").pattern == "[A-Z].*"


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        ({"milestones__1__name": "acknowledged"}, 1),
        ({"milestones__0__name": "resolved"}, 0),
        ({"milestones__0__position": 1, "milestones__1__position": 0}, 0),
        ({"milestones__1__minutes": "0"}, 1),
    ],
)
def test_an_error_of_a_limit_is_shown_at_its_row(
    changed: dict[str, Any], row: int, manager: User, request_type: RequestType, console
) -> None:
    answer = console(manager).post(page(request_type), edited(request_type, **changed))
    assert list(form_errors(answer, "milestones")) == [row]
    assert RequestType.objects.get(pk=request_type.pk).version == 1


# --- The preview ---


def test_the_preview_shows_what_is_not_saved(
    manager: User, request_type: RequestType, console
) -> None:
    fields = edited(
        request_type,
        name="<b>Cold</b>",
        fields__0__label="Where <i>is</i> it?",
        fields__1__DELETE="on",
    )
    shown = console(manager).post(page(request_type, "preview"), fields).content.decode()
    assert "Where &lt;i&gt;is&lt;/i&gt; it?" in shown
    assert "&lt;b&gt;Cold&lt;/b&gt;" in shown
    assert "What happened?" not in shown
    assert "Only if “Do you smell gas?” is “Yes”" in shown
    assert "m³" in shown
    request_type.refresh_from_db()
    assert (request_type.name, request_type.version, request_type.fields.count()) == (
        "No supply",
        1,
        7,
    )


def test_the_preview_shows_the_schema_of_a_new_type(manager: User, console) -> None:
    answer = console(manager).post(f"{ADD}preview/", new(SEVEN, LIMITS))
    schema = json.loads(answer.context["schema"])
    assert list(schema["properties"]) == [row["name"] for row in SEVEN]
    assert schema["title"] == "No supply"
    assert schema["required"] == ["room"]
    assert not RequestType.objects.filter(code="no_supply_at_all").exists()


def test_the_preview_shows_errors(manager: User, console) -> None:
    broken = [
        {"label": "Room", "name": "room", "pattern": "("},
        {"label": "", "name": "x"},
        {"label": "Lone", "name": "lone", "kind": "one_of"},
    ]
    answer = console(manager).post(
        f"{ADD}preview/", new(broken, [{"name": "x", "label": "", "minutes": "a"}], name="")
    )
    assert answer.status_code == 200
    where = [problem.where for problem in answer.context["problems"]]
    assert where == [
        "Name",
        "Room: Pattern",
        "Field 2: Label",
        "Lone: Choices",
        "Milestone 1: Label",
        "Milestone 1: Minutes",
    ]


def test_the_preview_takes_a_post_with_a_token(
    manager: User, request_type: RequestType, console
) -> None:
    assert console(manager).get(page(request_type, "preview")).status_code == 405
    assert (
        console(manager, enforce_csrf_checks=True)
        .post(page(request_type, "preview"), edited(request_type))
        .status_code
        == 403
    )
    assert console(manager).post(f"{LIST}0/preview/", edited(request_type)).status_code == 404


# --- Versions ---


def test_the_history_says_who_changed_which_limit_and_question(
    manager: User, request_type: RequestType, console
) -> None:
    client = console(manager)
    fields = edited(
        request_type,
        milestones__1__minutes="45",
        fields__4__is_required="on",
        fields__0__DELETE="on",
        safety_instructions="Go out.",
    )
    fields |= {
        "fields-TOTAL_FORMS": 8,
        "fields-7-label": "Which floor?",
        "fields-7-name": "floor",
        "fields-7-kind": "short_text",
    }
    assert client.post(page(request_type), fields).status_code == 302
    client.post(page(request_type, "approve-safety"), {"_form_submitted": "on"})
    shown = client.get(page(request_type, "history")).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
    for words in (
        "On site: 60 min arrow_right_alt 45 min",
        "Field “Which floor?” added",
        "Field “Which room?” removed",
        "“Strength”: required: No arrow_right_alt Yes",
        "Safety instructions — Go out.",
        f"Safety text: not approved arrow_right_alt approved by {manager}",
        "Version: 1 arrow_right_alt 2",
    ):
        assert words in text, words
    assert text.count("created this") == 1
    assert text.count("changed this") == 2
    assert "&#x27;name&#x27;" not in shown
    assert '{"' not in text


# --- Safety texts ---


def test_a_manager_approves_a_safety_text(manager: User, console) -> None:
    client = console(manager)
    request_type = verbs.to_approve().get(code="gas_leak_inspection")
    assert str(request_type).encode() in client.get(LIST).content
    assert b"Approve safety text" in client.get(page(request_type)).content
    answer = client.post(
        page(request_type, "approve-safety"),
        {"_form_submitted": "on"},
        headers={"HX-Request": "true"},
    )
    assert answer.headers["HX-Redirect"] == page(request_type)
    request_type.refresh_from_db()
    assert (request_type.safety_approved_by, request_type.needs_approval) == (manager, False)
    assert request_type not in verbs.to_approve()
    shown = client.get(page(request_type)).content.decode()
    assert "Approve safety text" not in shown
    assert f"Approved by {manager}" in shown
    assert (
        b"no safety text that needs"
        in client.post(page(request_type, "approve-safety"), {"_form_submitted": "on"}).content
    )


def test_approval_takes_a_post_with_a_token(manager: User, console) -> None:
    request_type = RequestType.objects.get(code="gas_leak_inspection")
    client = console(manager, enforce_csrf_checks=True)
    assert (
        client.get(page(request_type, "approve-safety"), {"_form_submitted": "on"}).status_code
        == 200
    )
    assert (
        client.post(page(request_type, "approve-safety"), {"_form_submitted": "on"}).status_code
        == 403
    )
    request_type.refresh_from_db()
    assert request_type.needs_approval


def test_the_banner_disappears_with_the_last_approval(manager: User, console) -> None:
    client = console(manager)
    assert b"safety texts are not approved" in client.get(LIST).content
    for request_type in verbs.to_approve():
        verbs.approve_safety(request_type.pk, actor=Actor(manager))
    assert b"safety texts are not approved" not in client.get(LIST).content


# --- Who may not ---


def test_agents_edit_no_type(support: User, console) -> None:
    client = console(support)
    request_type = RequestType.objects.get(code="gas_leak_inspection")
    for name in ("change", "history", "approve-safety"):
        assert client.get(page(request_type, name)).status_code == 403, name
    for path in (
        page(request_type),
        page(request_type, "preview"),
        page(request_type, "approve-safety"),
        ADD,
        f"{ADD}preview/",
    ):
        assert client.post(path, new(SEVEN) | {"_form_submitted": "on"}).status_code == 403, path
    assert RequestType.objects.get(pk=request_type.pk).needs_approval


@pytest.mark.parametrize("pk", ["0", "abc"])
def test_a_type_that_is_not_there_is_no_error(pk: str, manager: User, console) -> None:
    client = console(manager)
    assert client.get(f"{LIST}{pk}/change/").status_code == 302
    for name in ("preview", "approve-safety"):
        assert client.post(f"{LIST}{pk}/{name}/", {"_form_submitted": "on"}).status_code == 404, (
            name
        )


def test_no_one_deletes_a_type(root: User, console) -> None:
    request_type = RequestType.objects.first()
    assert request_type is not None
    assert console(root).post(page(request_type, "delete"), {"post": "yes"}).status_code == 403


def test_the_shipped_types_are_saved_as_they_are(manager: User, console) -> None:
    """The shipped types have nothing that the editor would lose."""
    client = console(manager)
    for request_type in RequestType.objects.all():
        answer = client.post(page(request_type), edited(request_type))
        assert answer.status_code == 302, (
            request_type.code,
            form_errors(answer, "fields"),
            form_errors(answer, "milestones"),
        )
        after = RequestType.objects.get(pk=request_type.pk)
        assert (after.version, after.form, after.limits) == (
            request_type.version,
            request_type.form,
            request_type.limits,
        ), request_type.code


def test_its_cost_does_not_grow_with_the_questions(
    manager: User, request_type: RequestType, console
) -> None:
    verbs.publish(request_type.pk, actor=SYSTEM)
    client = console(manager)
    path = reverse("admin:gasutil_requesttype_change", args=[request_type.pk])

    def grow(number: int) -> None:
        for _ in range(number):
            position = request_type.fields.count()
            name = f"question_{position}"
            RequestField.objects.create(
                request_type=request_type, name=name, label=name, position=position
            )

    assert_cost_is_constant(
        lambda: client.get(path), grow, count_of('value="question_'), at_most=22, sizes=(1, 12)
    )
