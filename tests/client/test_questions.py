"""The questions of a type, as the app asks them from the schema in the catalogue."""

from typing import Any

import pytest

from gasutil.dynamic_forms import schema
from gasutil.models import AnswerKind
from gasutil_client.cli.questions import Question, Unreadable, questions, read_all

FORM: list[dict[str, Any]] = [
    {
        "name": "tenure",
        "label": "Do you own it?",
        "kind": AnswerKind.ONE_OF,
        "choices": [["owner", "I own it"], ["tenant", "I rent it"]],
        "is_required": True,
    },
    {
        "name": "consent",
        "label": "Does the owner agree?",
        "kind": AnswerKind.YES_NO,
        "shown_if": "tenure",
        "shown_if_value": "tenant",
        "is_required": True,
    },
    {
        "name": "letter",
        "label": "The letter's number",
        "kind": AnswerKind.SHORT_TEXT,
        "shown_if": "consent",
        "shown_if_value": "true",
        "pattern": "[A-Z]{2}-[0-9]+",
    },
    {
        "name": "uses",
        "label": "What for?",
        "kind": AnswerKind.SEVERAL_OF,
        "choices": [["stove", "Stove"], ["heating", "Heating"]],
    },
    {
        "name": "use",
        "label": "How much?",
        "kind": AnswerKind.DECIMAL,
        "unit": "m³",
        "minimum": 0,
        "maximum": 100,
    },
    {
        "name": "rooms",
        "label": "Rooms",
        "kind": AnswerKind.WHOLE_NUMBER,
        "minimum": 1,
        "maximum": 20,
    },
    {"name": "wanted_on", "label": "When?", "kind": AnswerKind.DATE},
]
SCHEMA = schema(FORM)


def asked(**answers: Any) -> dict[str, bool]:
    return {question.name: question.is_required for question in questions(SCHEMA, answers)}


def one(name: str) -> Question:
    return Question(name, SCHEMA["properties"][name], is_required=False)


@pytest.mark.parametrize(
    ("answers", "conditional"),
    [
        ({}, {}),
        ({"tenure": "owner"}, {}),
        ({"tenure": "tenant"}, {"consent": True}),
        ({"tenure": "tenant", "consent": False}, {"consent": True}),
        ({"tenure": "tenant", "consent": True}, {"consent": True, "letter": False}),
    ],
)
def test_questions_depend_on_answers(answers: dict[str, Any], conditional: dict[str, bool]) -> None:
    always = {"tenure": True, "uses": False, "use": False, "rooms": False, "wanted_on": False}
    assert asked(**answers) == always | conditional


def test_an_answer_counts_for_the_questions_after_it() -> None:
    answers: dict[str, Any] = {}
    names = []
    for question in questions(SCHEMA, answers):
        names.append(question.name)
        answers |= {"tenure": {"tenure": "tenant"}, "consent": {"consent": True}}.get(
            question.name, {}
        )
    assert names[:4] == ["tenure", "consent", "letter", "uses"]


def test_other_forms_of_a_condition_are_understood() -> None:
    plain = {"properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}}
    assert [question.is_required for question in questions(plain, {"a": 1})] == [False, True]
    whole = {
        "properties": {"a": {}, "b": {}},
        "if": {"required": ["a"]},
        "then": {"required": ["b"]},
        "else": {"properties": {"b": False}},
    }
    assert [question.name for question in questions(whole, {})] == ["a"]
    assert [question.is_required for question in questions(whole, {"a": 1})] == [False, True]


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("tenure", "tenant", "tenant"),
        ("tenure", " 2 ", "tenant"),
        ("consent", "Yes", True),
        ("consent", "n", False),
        ("letter", "AB-12", "AB-12"),
        ("uses", "2, stove", ["heating", "stove"]),
        ("use", "12,5", 12.5),
        ("rooms", "3", 3),
        ("wanted_on", "2026-11-23", "2026-11-23"),
    ],
)
def test_a_text_is_read_as_the_value_that_it_means(name: str, text: str, answer: Any) -> None:
    assert one(name).read(text) == answer


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("tenure", "3", "“3” is not one of the choices: owner, tenant."),
        ("tenure", "", "This question is required."),
        ("consent", "perhaps", "Answer yes or no."),
        ("letter", "12", "This is not in the expected format."),
        ("use", "much", "“much” is not a number."),
        ("use", "101", "101.0 is greater than the maximum of 100."),
        ("rooms", "2.5", "“2.5” is not a whole number."),
    ],
)
def test_an_invalid_answer_is_an_error(name: str, text: str, message: str) -> None:
    with pytest.raises(Unreadable) as result:
        one(name).read(text)
    assert str(result.value) == message


def test_a_question_has_a_text() -> None:
    assert one("consent").help == ""
    assert Question("a", {"description": "By post."}, is_required=False).help == "By post."
    assert Question("a", {"enum": ["x"]}, is_required=False).choices == {"x": "x"}
    assert (one("use").title, one("use").hint, one("uses").choices) == (
        "How much? (m³)",
        "a number",
        {"stove": "Stove", "heating": "Heating"},
    )


def test_answers_are_given_by_name() -> None:
    assert read_all(SCHEMA, {"rooms": "3", "uses": "stove"}) == {"rooms": 3, "uses": ["stove"]}
    with pytest.raises(Unreadable, match="No such question: 'room'"):
        read_all(SCHEMA, {"room": "3"})
    with pytest.raises(Unreadable, match="rooms: “x” is not a whole number"):
        read_all(SCHEMA, {"rooms": "x"})
