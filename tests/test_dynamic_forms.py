"""The questions of a type: each kind, the errors of answers and forms, and the schema."""

import datetime as dt
from collections.abc import Sequence
from math import isfinite
from typing import Any

import jsonschema_rs
import pytest
from django.conf import LazySettings
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from gasutil.dynamic_forms import check, component, definition_errors, display, form_of, schema
from gasutil.models import AnswerKind, RequestField, RequestType

FULL = settings(max_examples=150, deadline=None, derandomize=True)
Form = list[dict[str, Any]]
GREEN = [["red", "Red"], ["green", "Green"], ["blue", "Light blue"]]


def ask(kind: str, **about: Any) -> dict[str, Any]:
    """Return a question called `x`."""
    return {"name": "x", "label": "The X", "kind": kind} | about


def stored_answer(question: dict[str, Any], answer: Any) -> Any:
    """Return an answer as it is stored."""
    answers, errors = check([question], {"x": answer})
    assert errors == []
    return answers["x"]


def codes(form: Form, answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the errors of some answers: each field with a code."""
    return [(error.field, error.code) for error in check(form, answers)[1]]


def day(days: int) -> str:
    """Return a day some days from today."""
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


# --- The twelve kinds
# ---------------------------------------------------------------------------------------------
ACCEPTED: Sequence[tuple[dict[str, Any], Any, Any]] = [
    (ask("short_text"), "  Gas \n", "Gas"),
    (ask("short_text"), "", ""),
    (ask("short_text"), "é" * 200, "é" * 200),
    (ask("short_text", maximum=300), "a" * 300, "a" * 300),
    (ask("short_text", minimum=2, maximum=4), "ab", "ab"),
    (ask("short_text", minimum=2, maximum=4), " abcd ", "abcd"),
    (ask("short_text", pattern="[A-Z]{2}|x"), "AB", "AB"),
    (ask("short_text", pattern="[A-Z]{2}|x"), "x", "x"),
    (ask("short_text", is_required=True), "a", "a"),
    (ask("long_text"), "One.\nTwo.", "One.\nTwo."),
    (ask("long_text"), "a" * 4000, "a" * 4000),
    (ask("whole_number"), 0, 0),
    (ask("whole_number"), 2**53 - 1, 2**53 - 1),
    (ask("whole_number", minimum=-3, maximum=8), -3, -3),
    (ask("whole_number", minimum=-3, maximum=8), 8, 8),
    (ask("whole_number", minimum=0.5, maximum=2.5), 1, 1),
    (ask("whole_number", minimum=-2.5, maximum=-0.5), -2, -2),
    (ask("decimal"), 1.5, 1.5),
    (ask("decimal"), 2, 2.0),
    (ask("decimal", minimum=-0.5, maximum=0.5), -0.5, -0.5),
    (ask("yes_no"), True, True),
    (ask("yes_no"), False, False),
    (ask("one_of", choices=GREEN), "green", "green"),
    (ask("several_of", choices=GREEN), ["blue", "red"], ["blue", "red"]),
    (ask("several_of", choices=GREEN), [], []),
    (ask("several_of", choices=GREEN, minimum=2), ["blue", "red"], ["blue", "red"]),
    (ask("date"), "2026-11-23", "2026-11-23"),
    (ask("date"), " 2024-02-29 ", "2024-02-29"),
    (ask("date_time"), "2026-11-23T14:30:00Z", "2026-11-23T14:30:00Z"),
    (ask("date_time"), "2026-11-23T14:30:00+05:30", "2026-11-23T09:00:00Z"),
    (ask("date_time"), "2026-11-23T14:30-03:00", "2026-11-23T17:30:00Z"),
    (ask("phone"), "98765 43210", "+919876543210"),
    (ask("phone"), "+44 20 7946 0958", "+442079460958"),
    (ask("email"), " anshu@example.com ", "anshu@example.com"),
    (ask("meter_reading"), 0, 0.0),
    (ask("meter_reading"), 12345.678, 12345.678),
    (ask("meter_reading"), 99_999_999, 99_999_999.0),
    (ask("meter_reading", minimum=10, maximum=20), 10, 10.0),
    (ask("meter_reading", maximum=0), 0, 0.0),
]
REFUSED: Sequence[tuple[dict[str, Any], Any, str]] = [
    (ask("short_text"), "a" * 201, "string_too_long"),
    (ask("short_text"), 5, "string_type"),
    (ask("short_text"), "a\x00b", "null_characters_not_allowed"),
    (ask("short_text", is_required=True), " \t ", "string_too_short"),
    (ask("short_text", is_required=True, minimum=0), "", "string_too_short"),
    (ask("short_text", minimum=2), " a ", "string_too_short"),
    (ask("short_text", maximum=4), "abcde", "string_too_long"),
    (ask("short_text", pattern="[A-Z]{2}|x"), "ABx", "string_pattern_mismatch"),
    (ask("short_text", pattern="[A-Z]{2}|x"), "xx", "string_pattern_mismatch"),
    (ask("long_text"), "a" * 4001, "string_too_long"),
    (ask("long_text"), ["a"], "string_type"),
    (ask("whole_number"), 1.5, "int_type"),
    (ask("whole_number"), "1", "int_type"),
    (ask("whole_number"), True, "int_type"),
    (ask("whole_number"), 2**53, "less_than_equal"),
    (ask("whole_number"), -(10**400), "greater_than_equal"),
    (ask("whole_number", minimum=-3, maximum=8), -4, "greater_than_equal"),
    (ask("whole_number", minimum=-3, maximum=8), 9, "less_than_equal"),
    (ask("whole_number", minimum=0.5, maximum=2.5), 0, "greater_than_equal"),
    (ask("whole_number", minimum=0.5, maximum=2.5), 3, "less_than_equal"),
    (ask("whole_number", minimum=-2.5, maximum=-0.5), 0, "less_than_equal"),
    (ask("decimal"), "1.5", "float_type"),
    (ask("decimal"), True, "float_type"),
    (ask("decimal"), float("nan"), "finite_number"),
    (ask("decimal"), float("inf"), "finite_number"),
    (ask("decimal", minimum=-0.5, maximum=0.5), 0.51, "less_than_equal"),
    (ask("decimal", minimum=0), -0.001, "greater_than_equal"),
    (ask("yes_no"), "true", "bool_type"),
    (ask("yes_no"), 1, "bool_type"),
    (ask("one_of", choices=GREEN), "Green", "literal_error"),
    (ask("one_of", choices=GREEN), "", "literal_error"),
    (ask("one_of", choices=GREEN), ["green"], "literal_error"),
    (ask("several_of", choices=GREEN), "green", "list_type"),
    (ask("several_of", choices=GREEN), ["green", "pink"], "literal_error"),
    (ask("several_of", choices=GREEN), ["green", "green"], "unique"),
    (ask("several_of", choices=GREEN, is_required=True), [], "too_short"),
    (ask("several_of", choices=GREEN, is_required=True, minimum=0), [], "too_short"),
    (ask("several_of", choices=GREEN, minimum=2), ["red"], "too_short"),
    (ask("several_of", choices=GREEN, maximum=1), ["red", "blue"], "too_long"),
    (ask("date"), "2026-02-29", "invalid_date"),
    (ask("date"), "20261123", "invalid_date"),
    (ask("date"), "2026-1-3", "invalid_date"),
    (ask("date"), "2026-W48-1", "invalid_date"),
    (ask("date"), "23.11.2026", "invalid_date"),
    (ask("date"), "\u0662\u0660\u0662\u0666-11-23", "invalid_date"),
    (ask("date"), "2026-11-23T14:30:00Z", "invalid_date"),
    (ask("date"), 20261123, "string_type"),
    (ask("date"), "", "string_too_short"),
    (ask("date_time"), "2026-11-23T14:30:00", "invalid_time"),
    (ask("date_time"), "2026-11-23", "invalid_time"),
    (ask("date_time"), "now", "invalid_time"),
    (ask("date_time"), "0001-01-01T00:00:00+05:30", "invalid_time"),
    (ask("date_time"), 1_700_000_000, "string_type"),
    (ask("phone"), "not a number", "invalid_phone_number"),
    (ask("phone"), "123", "invalid_phone_number"),
    (ask("phone"), "", "string_too_short"),
    (ask("email"), "anshu@", "invalid"),
    (ask("email"), f"{'a' * 250}@example.com", "string_too_long"),
    (ask("meter_reading"), -1, "greater_than_equal"),
    (ask("meter_reading"), 100_000_000, "less_than_equal"),
    (ask("meter_reading"), "12345", "float_type"),
    (ask("meter_reading", maximum=0), 1, "less_than_equal"),
]


def test_each_kind_has_a_case() -> None:
    assert (
        {question["kind"] for question, *_ in ACCEPTED}
        == {question["kind"] for question, *_ in REFUSED}
        == set(AnswerKind.values)
    )


@pytest.mark.parametrize(("question", "answer", "as_kept"), ACCEPTED)
def test_it_accepts(question: dict[str, Any], answer: Any, as_kept: Any) -> None:
    result = stored_answer(question, answer)
    assert (result, type(result)) == (as_kept, type(as_kept))


@pytest.mark.parametrize(("question", "answer", "code"), REFUSED)
def test_it_rejects(question: dict[str, Any], answer: Any, code: str) -> None:
    assert codes([question], {"x": answer}) == [("x", code)]


@pytest.mark.parametrize("kind", ["date", "date_time"])
@pytest.mark.parametrize(
    ("days", "code"), [(-8, "too_early"), (-7, None), (0, None), (2, None), (3, "too_late")]
)
def test_days_are_bounded_from_today(kind: str, days: int, code: str | None) -> None:
    at = "" if kind == "date" else "T12:00:00" + timezone.localtime().isoformat()[-6:]
    result = codes([ask(kind, minimum=-7, maximum=2)], {"x": day(days) + at})
    assert result == ([] if code is None else [("x", code)])


def test_the_day_of_a_time_is_local(settings: LazySettings) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    late = f"{day(0)}T23:00:00Z"  # tomorrow in Kolkata
    assert codes([ask("date_time", maximum=0)], {"x": late}) == [("x", "too_late")]


# --- Questions
# ------------------------------------------------------------------------------------------------
def test_what_is_not_required_may_be_left_out() -> None:
    form = [ask(kind, choices=GREEN) | {"name": kind} for kind in AnswerKind.values]
    assert check(form, {}) == ({}, [])


def test_null_is_no_answer() -> None:
    form = [ask(kind, choices=GREEN) | {"name": kind} for kind in AnswerKind.values]
    assert check(form, dict.fromkeys(AnswerKind.values)) == ({}, [])
    needed = [question | {"is_required": True} for question in form]
    assert codes(needed, dict.fromkeys(AnswerKind.values)) == [
        (kind, "missing") for kind in AnswerKind.values
    ]


@pytest.mark.parametrize("kind", ["short_text", "long_text"])
def test_a_line_break_counts_once_however_it_is_written(kind: str) -> None:
    assert stored_answer(ask(kind, maximum=3), "a\r\nb") == "a\nb"
    assert codes([ask(kind, maximum=3)], {"x": "a\r\nbc"}) == [("x", "string_too_long")]


@pytest.mark.parametrize("kind", ["short_text", "long_text"])
@pytest.mark.parametrize("text", ["\u200b", "\u2800", "\u202e \ufe0f", "\u3164\n"])
def test_a_text_that_displays_nothing_is_empty(kind: str, text: str) -> None:
    assert stored_answer(ask(kind), text) == ""
    assert codes([ask(kind, is_required=True)], {"x": text}) == [("x", "string_too_short")]


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-23T14:30:00z",
        "2026-11-23t14:30:00Z",
        "2026-11-23T20:00:00 05:30",
        "2026-11-23 20:00:00 0530",
    ],
)
def test_a_time_is_read_as_it_is_commonly_written(written: str) -> None:
    assert stored_answer(ask("date_time"), written) == "2026-11-23T14:30:00Z"


def test_today_is_the_day_in_the_time_zone_of_the_operator(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the hours before UTC's midnight, India has begun the next day."""
    settings.TIME_ZONE = "Asia/Kolkata"
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 11, 25, 20, 0, tzinfo=dt.UTC))
    assert codes([ask("date", minimum=0, maximum=0)], {"x": "2026-11-26"}) == []
    assert codes([ask("date", minimum=0, maximum=0)], {"x": "2026-11-25"}) == [("x", "too_early")]


def test_what_is_required_must_be_there() -> None:
    form = [
        ask(kind, choices=GREEN, is_required=True) | {"name": kind} for kind in AnswerKind.values
    ]
    assert codes(form, {}) == [(kind, "missing") for kind in AnswerKind.values]


def test_unknown_answers_are_rejected() -> None:
    assert codes([ask("yes_no")], {"x": True, "y": 1, "__class__": 2}) == [
        ("y", "extra_forbidden"),
        ("__class__", "extra_forbidden"),
    ]


def test_it_reports_each_error_once_in_the_order_of_the_form() -> None:
    form = [
        ask("whole_number") | {"name": "rooms"},
        ask("several_of", choices=GREEN) | {"name": "colours"},
        ask("yes_no", is_required=True) | {"name": "sure"},
    ]
    result = codes(form, {"colours": ["pink", "black"], "rooms": "two", "z": 1})
    assert result == [
        ("rooms", "int_type"),
        ("colours", "literal_error"),
        ("sure", "missing"),
        ("z", "extra_forbidden"),
    ]


@pytest.mark.parametrize(
    "name", ["class", "import", "model_number", "x1", "type", "id", "name", "value", "date", "cls"]
)
def test_a_question_may_have_any_name_that_is_not_reserved(name: str) -> None:
    form = [ask("yes_no") | {"name": name}]
    assert definition_errors(form) == []
    assert check(form, {name: True}) == ({name: True}, [])
    assert list(schema(form)["properties"]) == [name]


SMELL = ask("yes_no") | {"name": "smell"}
STRENGTH = ask("one_of", choices=GREEN, shown_if="smell", shown_if_value="true") | {
    "name": "strength"
}
SIGNS = ask("several_of", choices=GREEN) | {"name": "signs"}
HUE = ask("short_text", shown_if="signs", shown_if_value="blue", is_required=True) | {"name": "hue"}
FOLLOW_UP: Form = [SMELL, STRENGTH | {"is_required": True}, SIGNS, HUE]


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({}, []),
        ({"smell": False}, []),
        ({"smell": True, "strength": "red"}, []),
        ({"smell": True}, [("strength", "missing")]),
        ({"smell": False, "strength": "red"}, [("strength", "not_asked")]),
        ({"strength": "red"}, [("strength", "not_asked")]),
        ({"smell": False, "strength": "pink"}, [("strength", "literal_error")]),
        ({"smell": "true", "strength": "red"}, [("smell", "bool_type")]),
        ({"signs": ["red"]}, []),
        ({"signs": ["red", "blue"]}, [("hue", "missing")]),
        ({"signs": ["red", "blue"], "hue": "sky"}, []),
        ({"signs": ["red", "blue"], "hue": " "}, [("hue", "string_too_short")]),
        ({"signs": [], "hue": "sky"}, [("hue", "not_asked")]),
        ({"smell": True, "hue": "sky"}, [("hue", "not_asked"), ("strength", "missing")]),
    ],
)
def test_a_question_can_depend_on_an_answer(
    answers: dict[str, Any], result: list[tuple[str, str]]
) -> None:
    assert codes(FOLLOW_UP, answers) == result


def test_an_unexpected_answer_names_the_condition() -> None:
    (error,) = check(FOLLOW_UP, {"strength": "red"})[1]
    assert error.message == "Answer this only if the answer to “The X” is “Yes”."


# --- The schema agrees with the validator
# ------------------------------------------------------------------------- What it can't say, and
# the validator minds: blank ends, NUL, days from today, and whether a telephone number or an
# address could be one. What it says more strictly: a moment has seconds. 1.0 is an integer to a
# schema, and text here.
def agrees(form: Form, answers: dict[str, Any]) -> bool:
    """Return whether the schema and the validator agree on some answers."""
    valid = jsonschema_rs.Draft202012Validator(schema(form), validate_formats=True).is_valid(
        {
            name: answer for name, answer in answers.items() if answer is not None
        }  # null is no answer
    )
    return valid == (check(form, answers)[1] == [])


def is_exception(question: dict[str, Any], answer: Any) -> bool:
    if isinstance(answer, str):
        return (
            question["kind"] in ("phone", "email", "date_time")
            or answer != answer.strip()
            or "\x00" in answer
        )
    return isinstance(answer, float) and (
        not isfinite(answer) or (answer.is_integer() and question["kind"] == "whole_number")
    )


@pytest.mark.parametrize(
    ("question", "answer"), [(question, answer) for question, answer, _ in [*ACCEPTED, *REFUSED]]
)
def test_the_schema_agrees_on_each_kind(question: dict[str, Any], answer: Any) -> None:
    if not is_exception(question, answer) and abs(answer if isinstance(answer, int) else 0) < 1e300:
        assert agrees([question], {"x": answer})


QUESTIONS = [question for question, *_ in [*ACCEPTED, *REFUSED]]
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet="abxAB19 -é", max_size=8),
    st.sampled_from(["red", "green", "2026-11-23", "2026-02-30", "a" * 200, "a" * 201]),
    st.lists(st.sampled_from(["red", "green", "blue", "pink", 1]), max_size=4),
    st.dictionaries(st.just("a"), st.integers(), max_size=1),
)


@given(question=st.sampled_from(QUESTIONS), answer=ANYTHING)
@FULL
def test_the_schema_agrees_on_anything(question: dict[str, Any], answer: Any) -> None:
    if not is_exception(question, answer):
        assert agrees([question], {"x": answer})


@given(
    answers=st.fixed_dictionaries(
        {},
        optional={
            "smell": st.sampled_from([True, False, "true", None]),
            "strength": st.sampled_from(["red", "pink"]),
            "signs": st.lists(st.sampled_from(["red", "blue"]), max_size=2),
            "hue": st.sampled_from(["sky", "", 1]),
            "other": st.just(1),
        },
    )
)
@FULL
def test_the_schema_agrees_on_what_is_asked(answers: dict[str, Any]) -> None:
    assert agrees(FOLLOW_UP, answers)


@pytest.mark.parametrize(
    ("question", "answer", "valid"),
    [
        (ask("short_text", maximum=2), " ab ", True),
        (ask("short_text", pattern="a"), " a ", True),
        (ask("short_text"), "a\x00", False),
        (ask("phone"), "1234", False),
        (ask("date", maximum=0), "2999-01-01", False),
        (ask("date_time"), "2026-11-23T14:30Z", True),
        (ask("whole_number"), 1.0, False),
    ],
)
def test_known_differences_are_listed(question: dict[str, Any], answer: Any, valid: bool) -> None:
    assert (codes([question], {"x": answer}) == []) is valid
    assert not agrees([question], {"x": answer})


def test_every_shipped_type_has_a_sound_schema(db: None) -> None:
    for kind in RequestType.objects.all():
        result = schema(kind.form, kind.name)
        jsonschema_rs.meta.validate(result)
        assert result["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert (result["title"], result["type"], result["additionalProperties"]) == (
            kind.name,
            "object",
            False,
        )
        assert agrees(kind.form, {})
        assert agrees(kind.form, {"nothing": "that is asked"})


def test_the_schema_says_what_people_need_to_know() -> None:
    form = [
        ask(
            "whole_number",
            minimum=1,
            maximum=8,
            unit="burners",
            help="On the hob.",
            is_required=True,
        ),
        ask("one_of", choices=GREEN, shown_if="x", shown_if_value="2") | {"name": "y"},
        ask("date", minimum=-30, maximum=0) | {"name": "since"},
    ]
    result = schema(form)
    assert result["properties"] == {
        "x": {
            "type": "integer",
            "minimum": 1,
            "maximum": 8,
            "title": "The X (burners)",
            "description": "On the hob.",
        },
        "y": {
            "type": "string",
            "title": "The X",
            "oneOf": [
                {"const": "red", "title": "Red"},
                {"const": "green", "title": "Green"},
                {"const": "blue", "title": "Light blue"},
            ],
        },
        "since": {
            "type": "string",
            "format": "date",
            "minLength": 1,
            "maxLength": 254,
            "title": "The X",
        },
    }
    assert result["required"] == ["x"]


def test_the_schema_has_standard_keywords_only(db: None) -> None:
    standard = {"type", "title", "description", "minimum", "maximum", "minLength", "maxLength"}
    standard |= {"pattern", "format", "oneOf", "items", "minItems", "maxItems", "uniqueItems"}
    for request_type in RequestType.objects.all():
        helps = {question["name"]: question.get("help") for question in request_type.form}
        for name, field in schema(request_type.form)["properties"].items():
            assert field.keys() <= standard
            assert field.get("format") in (None, "date", "date-time", "email")
            assert field.get("description") == helps[name]
            for choice in field.get("items", field).get("oneOf", ()):
                assert choice.keys() == {"const", "title"}


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("+917890123456", True),
        ("+91 78901-23456", True),
        ("(022) 2345 6789", True),
        ("98200/11440", True),
        ("nonsense", False),
        ("+", False),
        ("call me", False),
        ("1 2 3", False),
    ],
)
def test_the_schema_validates_a_phone_number_by_its_pattern(number: str, valid: bool) -> None:
    form = [ask("phone")]
    assert jsonschema_rs.is_valid(schema(form), {"x": number}) is valid
    assert (codes(form, {"x": number}) == []) is valid


def test_a_component_has_enums_for_choices() -> None:
    properties = component(
        [ask("one_of", choices=GREEN), ask("several_of", choices=GREEN) | {"name": "y"}], "Hues"
    )["properties"]
    assert properties["x"]["enum"] == properties["y"]["items"]["enum"] == ["red", "green", "blue"]


def test_a_component_has_no_words_that_generators_do_not_know() -> None:
    result = component(FOLLOW_UP, "SmellDetails")
    assert result.keys().isdisjoint({"$schema", "allOf", "if", "then", "else"})
    assert result["title"] == "SmellDetails"
    assert all(
        "title" not in item and item["description"].startswith("The X")
        for item in result["properties"].values()
    )
    assert "allOf" in schema(FOLLOW_UP, "SmellDetails")["then"]
    assert schema(FOLLOW_UP, "SmellDetails")["properties"]["smell"]["title"] == "The X"


# --- Faults of a form
# ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "result"),
    [
        ([], []),
        (FOLLOW_UP, []),
        ([ask("yes_no"), ask("yes_no")], [(1, "name", "unique")]),
        ([ask("yes_no") | {"name": "copy"}], [(0, "name", "reserved")]),
        ([ask("yes_no") | {"name": "model_config"}], [(0, "name", "reserved")]),
        ([ask("yes_no") | {"name": "self"}], [(0, "name", "reserved")]),
        ([ask("one_of")], [(0, "choices", "required")]),
        ([ask("several_of", choices=[["a", "A"]])], [(0, "choices", "required")]),
        ([ask("one_of", choices=[["a", "A"], ["a", "B"]])], [(0, "choices", "unique")]),
        ([ask("whole_number", minimum=2, maximum=1)], [(0, "maximum", "less_than_minimum")]),
        ([ask("short_text", minimum=-1)], [(0, "minimum", "negative")]),
        ([ask("several_of", choices=GREEN, maximum=-1)], [(0, "maximum", "negative")]),
        ([ask("whole_number", minimum=-5)], []),
        ([ask("date", minimum=-5, maximum=-1)], []),
        ([ask("short_text", pattern="[A-Z")], [(0, "pattern", "invalid")]),
        ([ask("short_text", pattern="(a)\\1")], [(0, "pattern", "invalid")]),
        ([ask("short_text", pattern="a)|(b")], [(0, "pattern", "invalid")]),
        ([ask("short_text", minimum=300)], [(0, "minimum", "unreachable")]),
        ([ask("long_text", minimum=5000)], [(0, "minimum", "unreachable")]),
        ([ask("several_of", choices=GREEN, minimum=4)], [(0, "minimum", "unreachable")]),
        ([ask("meter_reading", minimum=1e9)], [(0, "minimum", "unreachable")]),
        ([ask("meter_reading", maximum=-1)], [(0, "maximum", "unreachable")]),
        ([ask("whole_number", minimum=1e17)], [(0, "minimum", "unreachable")]),
        ([ask("short_text", maximum=1e300)], [(0, "maximum", "invalid")]),
        ([ask("whole_number", minimum=0.2, maximum=0.8)], [(0, "minimum", "unreachable")]),
        ([STRENGTH], [(0, "shown_if", "unknown_field")]),
        ([STRENGTH, SMELL], [(0, "shown_if", "unknown_field")]),
        ([ask("yes_no", shown_if="x", shown_if_value="true")], [(0, "shown_if", "unknown_field")]),
        ([SMELL, STRENGTH | {"shown_if_value": "yes"}], [(1, "shown_if_value", "unknown_value")]),
        ([SIGNS, HUE | {"shown_if_value": "pink"}], [(1, "shown_if_value", "unknown_value")]),
        (
            [ask("whole_number"), STRENGTH | {"shown_if": "x", "shown_if_value": "1"}],
            [(1, "shown_if_value", "unknown_value")],
        ),
    ],
)
def test_it_names_the_errors_of_a_form(form: Form, result: list[tuple[int, str, str]]) -> None:
    assert [
        (position, error.field, error.code) for position, error in definition_errors(form)
    ] == result


def test_a_form_is_made_of_rows_without_what_is_empty() -> None:
    rows = [
        RequestField(name="smell", label="Smell?", kind=AnswerKind.YES_NO, is_required=True),
        RequestField(
            name="room",
            label="Room",
            kind=AnswerKind.ONE_OF,
            choices="a: Attic: upstairs\n\nb\n c :\n",
            shown_if="smell",
            shown_if_value="true",
        ),
        RequestField(name="rooms", label="Rooms", kind=AnswerKind.WHOLE_NUMBER, minimum=0.0),
    ]
    assert form_of(rows) == [
        {"name": "smell", "label": "Smell?", "kind": "yes_no", "is_required": True},
        {
            "name": "room",
            "label": "Room",
            "kind": "one_of",
            "choices": [["a", "Attic: upstairs"], ["b", "b"], ["c", "c"]],
            "shown_if": "smell",
            "shown_if_value": "true",
        },
        {"name": "rooms", "label": "Rooms", "kind": "whole_number", "minimum": 0.0},
    ]


# --- In plain words
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("question", "answer", "text"),
    [
        (ask("yes_no"), True, "Yes"),
        (ask("yes_no"), False, "No"),
        (ask("one_of", choices=GREEN), "blue", "Light blue"),
        (ask("one_of", choices=GREEN), "pink", "pink"),
        (ask("several_of", choices=GREEN), ["blue", "red", "pink"], "Light blue, Red, pink"),
        (ask("several_of", choices=GREEN), [], ""),
        (ask("whole_number", unit="burners"), 4, "4 burners"),
        (ask("decimal"), 2.0, "2"),
        (ask("decimal", unit="bar"), 0.25, "0.25 bar"),
        (ask("meter_reading"), 1234.5, "1234.5 m³"),
        (ask("meter_reading"), 12345.678, "12345.678 m³"),
        (ask("meter_reading"), 123456.7, "123456.7 m³"),
        (ask("meter_reading"), 99_999_999.0, "99999999 m³"),
        (ask("meter_reading", unit="ft³"), 7.0, "7 ft³"),
        (ask("short_text"), "Hall", "Hall"),
    ],
)
def test_an_answer_is_shown_in_plain_words(
    question: dict[str, Any], answer: Any, text: str
) -> None:
    assert display([question], {"x": answer}) == [("The X", text)]


def test_answers_are_in_the_order_of_the_form_and_others_last() -> None:
    answers = {"was_asked": 1, "strength": "red", "smell": True, "an_old_one": "b"}
    assert display(FOLLOW_UP, answers) == [
        ("The X", "Yes"),
        ("The X", "Red"),
        ("An old one", "b"),
        ("Was asked", "1"),
    ]
