"""The API against its own document: valid and invalid calls that schemathesis makes."""

import os
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from gasutil.access import Actor
from gasutil.models import User
from gasutil.workflow import requests
from project.wsgi import application
from tests.support.api import token_of

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]
MODERATELY = settings(
    max_examples=int(os.environ.get("CONTRACT_EXAMPLES", "5")),  # of each call and caller
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

# A request that its schema allows is rejected for these alone: rules that no schema can have, or
# what is so just now.
BEYOND_A_SCHEMA = {
    *{
        "taken",
        "unknown_type",
        "not_a_representative",
        "required",
        "wrong_password",
        "invalid_token",
        "invalid_cursor",
        "extra_forbidden",
    },
    *{
        "invalid",
        "invalid_phone_number",
        "password_mismatch",
        "password_too_short",
        "password_too_common",
        "password_too_similar",
    },
    *{
        "too_early",
        "too_late",
        "not_asked",
        "missing",
        "unknown_milestone",
        "not_a_customer",
        "not_both",
        "in_the_future",
        "before_received",
        "too_long_ago",
        "unknown_request",
        "fixed_ordering",
        "invalid_figure",  # signed, from the URL of a count
        "wrong_code",
    },  # days from today, questions asked only if, each request's own, rows that do not exist
    *{
        "password_entirely_numeric",
        "null_characters_not_allowed",
        "int_type",
    },  # 1.0 is an integer to a schema, and none to the API
    "confusable",  # letters of two scripts in a username
    # Parts of a form that are texts to a schema, and have to be an object or a number in JSON
    *{
        "dict_type",
        "model_type",
        "float_type",
        "enum",
        "invalid_time",
    },  # null is an empty text in a form
}

LIMITS = (
    *(
        "LOGIN_LIMIT_PAIR",
        "LOGIN_LIMIT_ADDRESS",
        "REGISTER_LIMIT",
        "OLD_PASSWORD_LIMIT",
        "PASSWORD_RESET_LIMIT",
        "EMAIL_CHANGE_LIMIT",
        "SECOND_FACTOR_LIMIT",
        "PERSONAL_EXPORT_LIMIT",
    ),
    *("REQUEST_LIMIT", "COMMENT_LIMIT", "UPLOAD_LIMIT", "UPDATE_LIMIT"),
)


def served(environ: dict[str, Any], start_response: Any) -> Any:
    """Serve one call as a server does.

    A server knows the address of its caller, and closes what it has sent.
    """
    with closing(application({"REMOTE_ADDR": "127.0.0.1"} | environ, start_response)) as answer:
        return list(answer)


def is_emergency(answer: Any) -> bool:
    """Return whether a response shows an emergency that was just created."""
    return answer.status_code == 201 and bool(answer.json().get("is_emergency"))


def has_null_in_details(case: schemathesis.Case) -> bool:
    """Return whether a call sends null for an answer or for all of them.

    Null is the same as no answer, which the schema of a type does not say.
    """
    details = case.body.get("details", {}) if isinstance(case.body, dict) else {}
    return details is None or (isinstance(details, dict) and None in details.values())


def has_empty_part(case: schemathesis.Case) -> bool:
    """Return whether a form has an empty part.

    werkzeug's client writes no line break after one, so that it runs into the part after it.
    """
    is_form = case.media_type == "multipart/form-data" and isinstance(case.body, dict)
    return is_form and "" in case.body.values()


def has_unknown_version(case: schemathesis.Case) -> bool:
    """Return whether a read names a version longer than any of ours.

    RFC 9110: a condition that matches nothing is no error, and the object is sent whole.
    """
    return case.method == "GET" and len((case.headers or {}).get("If-None-Match", "")) > 255


@pytest.fixture
def document(customer: User, monkeypatch: pytest.MonkeyPatch) -> OpenApiSchema:
    """The document of a service desk with some requests in it.

    It has no limits on how often anything is tried.
    """
    for name in LIMITS:
        monkeypatch.setattr(django_settings, name, 0)
    for request_type in ("gas_leak_inspection", "new_connection"):
        requests.submit(actor=Actor(customer), request_type=request_type, description="x")
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served)


@pytest.mark.parametrize("who", ["customer", "support"])
def test_it_follows_its_document(
    who: str, document: OpenApiSchema, request: pytest.FixtureRequest, subtests: Any
) -> None:
    """Make the tests of every operation.

    `schema.parametrize()` does not run under pytest 9.2 yet.
    """
    user = request.getfixturevalue(who)

    def check(case: schemathesis.Case) -> None:
        headers = {"Authorization": f"Bearer {token_of(user)}"}
        answer = case.call(headers=headers)
        # An emergency is created whatever its values are.
        lenient = (
            [negative_data_rejection]
            if is_emergency(answer)
            or has_null_in_details(case)
            or has_empty_part(case)
            or has_unknown_version(case)
            or answer.status_code == 413  # the body is rejected before its values are read
            else []
        )
        case.validate_response(
            answer, headers=headers, excluded_checks=[positive_data_acceptance, *lenient]
        )
        if (
            answer.status_code == 422
            and case.meta is not None
            and case.meta.generation.mode.is_positive
        ):
            assert {error["code"] for error in answer.json()["errors"]} <= BEYOND_A_SCHEMA

    document = document.exclude(
        operation_id="stream_events"
    )  # without an end; tests/commands/test_stream.py reads it
    for made in get_all_tests(
        schema=document, test_func=check, settings=MODERATELY, given_kwargs={}
    ):
        operation, test = made.ok()
        with subtests.test(msg=operation.label):
            test()
