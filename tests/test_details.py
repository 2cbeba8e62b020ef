"""What a type asks: each kind of question, its bounds and conditions, and that schema and validator say the same."""

import datetime as dt
from typing import Any

import jsonschema_rs
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from gasutil.details import check, form_faults, in_words, schema
from gasutil.models import Kind, RequestType

CHOICES = [["gas", "Gas"], ["water", "Water"], ["power", "Power"]]
TODAY = timezone.localdate()


def day(days: int) -> str:
    return (TODAY + dt.timedelta(days=days)).isoformat()


def question(kind: str, **more: Any) -> dict[str, Any]:
    choices = {"choices": CHOICES} if kind in ("one_of", "several_of") else {}
    return {"name": "answer", "label": "Answer?", "kind": kind} | choices | more


def faults(form: list[dict[str, Any]], answers: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in check(form, answers)[1]]


SOUND = [
    ("short_text", {}, ["", "x", "x" * 200, "ünï", "two\nlines"]),
    ("short_text", {"is_required": True, "maximum": 3}, ["x", "xxx"]),
    ("short_text", {"pattern": "[A-Z]{2}[0-9]+"}, ["AB1", "XY12345"]),
    ("long_text", {}, ["x" * 4000]),
    ("whole_number", {}, [0, -7, 2**53 - 1]),
    ("whole_number", {"minimum": 1, "maximum": 5}, [1, 5]),
    ("decimal", {"minimum": 0.5, "maximum": 1.5}, [0.5, 1, 1.5]),
    ("meter_reading", {}, [0, 418.6, 99_999_999]),
    ("yes_no", {}, [True, False]),
    ("one_of", {}, ["gas", "power"]),
    ("several_of", {}, [[], ["gas"], ["water", "gas"]]),
    ("several_of", {"is_required": True, "maximum": 2}, [["gas"], ["gas", "water"]]),
    ("date", {"minimum": -1, "maximum": 1}, [day(-1), day(0), day(1)]),
    ("date_time", {}, ["2026-11-23T14:30:00Z", "2026-11-23T14:30:00+05:30"]),
    ("phone", {}, ["+917890123456", "7890123456"]),
    ("email", {}, ["a.b+c@example.co.in"]),
]
UNSOUND = [
    ("short_text", {}, ["x" * 201, 7, None, ["x"], "a\x00b"], "short"),
    ("short_text", {"is_required": True}, ["", "  "], "blank"),
    ("short_text", {"pattern": "[A-Z]{2}[0-9]+"}, ["ab1", "xAB1y"], "pattern"),
    ("long_text", {}, ["x" * 4001], "long"),
    ("whole_number", {}, [1.5, "1", True, 2**53, None], "whole"),
    ("whole_number", {"minimum": 1, "maximum": 5}, [0, 6], "bounds"),
    ("decimal", {"minimum": 0.5, "maximum": 1.5}, [0.4, 1.6, "1", True], "decimal"),
    ("meter_reading", {}, [-1, 100_000_000, "12"], "meter"),
    ("yes_no", {}, [1, "true", None], "yes_no"),
    ("one_of", {}, ["gasoline", "", 1, ["gas"]], "one_of"),
    ("several_of", {}, ["gas", ["gas", "gas"], ["gasoline"]], "several"),
    ("several_of", {"is_required": True, "maximum": 2}, [[], ["gas", "water", "power"]], "number"),
    ("date", {"minimum": -1, "maximum": 1}, [day(-2), day(2), "23.11.2026", "20261123", "2026-02-30", 20261123], "date"),
    ("date_time", {}, ["2026-11-23T14:30:00", "2026-11-23", "now", "99999-01-01T00:00:00Z"], "moment"),
    ("phone", {}, ["12", "telephone", ""], "phone"),
    ("email", {}, ["a@", "@example.com", ""], "email"),
]


@pytest.mark.parametrize(("kind", "more", "answers"), SOUND)
def test_it_takes(kind: str, more: dict[str, Any], answers: list[Any]) -> None:
    for answer in answers:
        assert faults([question(kind, **more)], {"answer": answer}) == [], answer


@pytest.mark.parametrize(("kind", "more", "answers", "why"), UNSOUND)
def test_it_refuses(kind: str, more: dict[str, Any], answers: list[Any], why: str) -> None:
    for answer in answers:
        found = faults([question(kind, **more)], {"answer": answer})
        assert [field for field, _ in found] == ["answer"], (why, answer)


def test_the_tables_above_have_every_kind() -> None:
    assert {kind for kind, *_ in SOUND} == {kind for kind, *_ in UNSOUND} == set(Kind.values)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("short_text", "  x ", "x"),
        ("phone", "78901 23456", "+917890123456"),
        ("date_time", "2026-11-23T14:30:00+05:30", "2026-11-23T09:00:00Z"),
        ("several_of", ["water", "gas"], ["water", "gas"]),
    ],
)
def test_it_keeps_answers_in_one_form(kind: str, given: Any, kept: Any) -> None:
    assert check([question(kind)], {"answer": given}) == ({"answer": kept}, [])


def test_it_tells_every_fault_at_once_and_what_nobody_asked() -> None:
    form = [
        question("whole_number", name="a", is_required=True),
        question("one_of", name="b"),
        question("yes_no", name="c", is_required=True),
    ]
    assert faults(form, {"a": "x", "b": "coal", "d": 1}) == [
        ("a", "int_type"),
        ("b", "literal_error"),
        ("c", "missing"),
        ("d", "extra_forbidden"),
    ]


def test_what_is_left_out_is_left_out() -> None:
    assert check([question("whole_number"), question("date", name="other")], {"answer": 1}) == ({"answer": 1}, [])


ASKED_IF = [
    question("several_of", name="what"),
    question("short_text", name="which", is_required=True, shown_if="what", shown_if_value="gas"),
    question("yes_no", name="sure"),
    question("short_text", name="why", shown_if="sure", shown_if_value="false"),
]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, []),
        ({"what": ["water"]}, []),
        ({"what": ["water", "gas"], "which": "Town gas"}, []),
        ({"what": ["water", "gas"]}, [("which", "missing")]),
        ({"which": "Town gas"}, [("which", "not_asked")]),
        ({"what": ["water"], "which": "Town gas"}, [("which", "not_asked")]),
        ({"sure": False, "why": "x"}, []),
        ({"sure": False}, []),
        ({"sure": True, "why": "x"}, [("why", "not_asked")]),
    ],
)
def test_it_asks_only_where_another_answer_says_so(answers: dict[str, Any], expected: list[Any]) -> None:
    assert faults(ASKED_IF, answers) == expected
    assert jsonschema_rs.Draft202012Validator(schema(ASKED_IF)).is_valid(answers) is (expected == [])


# --- The schema ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("kind", "more", "answers"), SOUND)
def test_the_schema_takes_what_the_validator_takes(kind: str, more: dict[str, Any], answers: list[Any]) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema([question(kind, **more)]))
    assert [answer for answer in answers if not validator.is_valid({"answer": answer})] == []


@pytest.mark.parametrize(("kind", "more", "answers", "why"), [row for row in UNSOUND if row[3] not in ("date", "moment", "phone", "email")])
def test_the_schema_refuses_what_the_validator_refuses(kind: str, more: dict[str, Any], answers: list[Any], why: str) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema([question(kind, **more)]))
    assert [answer for answer in answers if validator.is_valid({"answer": answer}) and answer != "a\x00b"] == []


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c", "d"]), st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["gas", "x", ""])
    )
)
def test_schema_and_validator_agree(answers: dict[str, Any]) -> None:
    form = [
        question("whole_number", name="a", minimum=0, maximum=5),
        question("one_of", name="b", is_required=True),
        question("yes_no", name="c"),
    ]
    assert jsonschema_rs.Draft202012Validator(schema(form)).is_valid(answers) is (faults(form, answers) == [])


def test_the_schema_of_every_shipped_type_is_one(catalogue: None) -> None:
    kinds = list(RequestType.objects.all())
    assert len(kinds) == 13
    for kind in kinds:
        found = schema(kind.form)
        jsonschema_rs.meta.validate(found)
        assert (found["type"], found["additionalProperties"]) == ("object", False)
        assert list(found["properties"]) == [one["name"] for one in kind.form]


def test_it_says_what_an_app_needs_for_its_form() -> None:
    shown = schema([question("one_of", help="Of the house", is_required=True)])
    assert shown["required"] == ["answer"]
    assert shown["properties"]["answer"] == {
        "type": "string",
        "enum": ["gas", "water", "power"],
        "title": "Answer?",
        "description": "Of the house",
        "x-labels": {"gas": "Gas", "water": "Water", "power": "Power"},
    }


# --- The form itself ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ([question("yes_no")], []),
        ([question("yes_no"), question("yes_no")], [(1, "name", "unique")]),
        ([question("yes_no", name="model_dump")], [(0, "name", "reserved")]),
        ([question("one_of", choices=[["a", "A"]])], [(0, "choices", "required")]),
        ([question("one_of", choices=[["a", "A"], ["a", "B"]])], [(0, "choices", "unique")]),
        ([question("decimal", minimum=2, maximum=1)], [(0, "maximum", "less_than_minimum")]),
        ([question("short_text", minimum=-1)], [(0, "minimum", "negative")]),
        ([question("short_text", pattern="[")], [(0, "pattern", "invalid")]),
        ([question("yes_no", shown_if="other", shown_if_value="x")], [(0, "shown_if", "unknown_field")]),
        ([question("yes_no", name="b", shown_if="answer", shown_if_value="true"), question("yes_no")], [(0, "shown_if", "unknown_field")]),
        (
            [question("yes_no"), question("yes_no", name="b", shown_if="answer", shown_if_value="yes")],
            [(1, "shown_if_value", "unknown_value")],
        ),
        ([question("one_of"), question("yes_no", name="b", shown_if="answer", shown_if_value="gas")], []),
    ],
)
def test_it_tells_what_is_wrong_with_a_form(form: list[dict[str, Any]], expected: list[tuple[int, str, str]]) -> None:
    assert [(place, fault.field, fault.code) for place, fault in form_faults(form)] == expected


@pytest.mark.parametrize(
    ("kind", "more", "answer", "said"),
    [
        ("yes_no", {}, False, "No"),
        ("one_of", {}, "gas", "Gas"),
        ("several_of", {}, ["gas", "power"], "Gas, Power"),
        ("decimal", {"unit": "m"}, 12.5, "12.5 m"),
        ("whole_number", {}, 4, "4"),
        ("meter_reading", {}, 418.6, "418.6 m³"),
        ("meter_reading", {}, 12345678.0, "12345678 m³"),
        ("date", {}, "2026-11-23", "23 Nov 2026"),
        ("date_time", {}, "2026-11-23T14:30:00Z", "23 Nov 2026, 14:30"),
    ],
)
def test_it_says_answers_as_people_do(kind: str, more: dict[str, Any], answer: Any, said: str) -> None:
    assert in_words([question(kind, **more)], {"answer": answer}) == [("Answer?", said)]


def test_it_says_what_was_never_asked_by_its_name() -> None:
    assert in_words([question("yes_no")], {"old_field": 7, "answer": True}) == [("Answer?", "Yes"), ("Old field", "7")]
