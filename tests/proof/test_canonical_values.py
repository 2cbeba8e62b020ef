"""Values that canonical JSON has no form for are rejected when they are written."""

import base64
import json

import pytest
import rfc8785
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from gasutil.access import Actor
from gasutil.dynamic_forms import answers, written
from gasutil.models import AnswerKind, MilestoneLimit, RequestField, RequestUpdate, ServiceRequest
from gasutil.proof.proofs import proof_of
from tests.support.proof import publish

BEYOND = 2**53
RAW = [str(BEYOND), str(-BEYOND), "1" + 30 * "0", "NaN", "-Infinity", "1e400", r'"\ud83d"']
FORM = [
    {"name": f"q{number}", "label": kind, "kind": kind, "choices": [["a", "A"], ["b", "B"]]}
    for number, kind in enumerate(AnswerKind.values)
]
NUMBERS = st.integers() | st.integers(BEYOND - 2, BEYOND + 2) | st.floats()
TEXTS = st.text(st.characters(codec=None))  # lone surrogates too
VALUES = NUMBERS | TEXTS | st.booleans() | st.none() | st.lists(NUMBERS | TEXTS, max_size=2)
ANSWERS = st.fixed_dictionaries({}, optional={question["name"]: VALUES for question in FORM})


def written_as(kind, text):
    return {"whole_number": written.whole_number, "decimal": written.decimal}.get(kind, str)(text)


@settings(deadline=None, max_examples=400)
@given(ANSWERS)
def test_what_is_accepted_has_a_canonical_form(given_answers):
    stored, errors = answers.check(FORM, given_answers)
    if not errors:
        rfc8785.dumps(stored)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(FORM), TEXTS | NUMBERS.map(str) | st.from_regex(r"\d{15,20}"))
def test_so_has_what_the_row_of_an_import_contains(question, text):
    stored, errors = answers.check(FORM, {question["name"]: written_as(question["kind"], text)})
    if not errors:
        rfc8785.dumps(stored)


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize("name", ["description", "details"])
def test_the_api_rejects_it(api, customer, raw, name):
    value = raw if name == "description" else f'{{"connection_for": {raw}}}'
    body = f'{{"request_type": "new_connection", "{name}": {value}}}'
    response = api(customer).post("requests/", body.encode(), content_type="application/json")
    assert response.status_code in (400, 422)
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("raw", RAW)
def test_an_emergency_stores_it_as_text(api, customer, raw):
    body = (
        '{"request_type": "gas_leak_inspection", "description": "Gas", "address": "Hill Road 4",'
        f' "details": {{"where": {raw}}}}}'
    )
    response = api(customer).post("requests/", body.encode(), content_type="application/json")
    assert response.status_code == 201
    publish()
    obj = ServiceRequest.objects.get()
    rfc8785.dumps(obj.details)
    [first, *_] = proof_of(Actor(customer), obj)["rows"]
    disclosed = first["disclosures"]["details"]
    content = json.loads(base64.urlsafe_b64decode(disclosed + "=" * (-len(disclosed) % 4)))
    assert content[1:] == ["details", obj.details]


@pytest.mark.parametrize("bound", [float("nan"), float("inf")])
def test_a_bound_of_a_question_is_a_number(bound):
    with pytest.raises(ValidationError):
        RequestField(kind=AnswerKind.DECIMAL, minimum=bound).clean_fields()


def test_the_time_of_a_milestone_is_limited():
    with pytest.raises(ValidationError):
        MilestoneLimit(minutes=BEYOND).clean_fields(exclude=["request_type", "milestone"])


def test_the_columns_of_rows_are_whole_numbers_of_the_database(leak):
    assert RequestUpdate.objects.get().version < BEYOND
