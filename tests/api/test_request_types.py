import json
from typing import Any

import pytest
from django.conf import settings

from gasutil.models import RequestType, User
from tests.support.api import Api
from tests.support.problems import NOT_FOUND, field_errors

SHIPPED = json.loads(
    (settings.BASE_DIR / "fixtures" / "catalogue.json").read_text(encoding="utf-8")
)["request_types"]


def test_it_shows_the_catalogue_to_anyone(anyone: Api, db: None) -> None:
    answer = anyone.get("request-types/?page_size=100")
    assert answer.status_code == 200
    assert [row["code"] for row in answer.json()["results"]] == [row["code"] for row in SHIPPED]


def test_it_shows_what_a_reporter_has_to_know(anyone: Api, db: None) -> None:
    leak = next(row for row in SHIPPED if row["code"] == "gas_leak_inspection")
    shown = anyone.get("request-types/gas_leak_inspection/").json()
    for name in ("code", "name", "description", "is_emergency", "priority", "safety_instructions"):
        assert shown[name] == leak[name]
    assert (shown["is_emergency"], shown["priority"], bool(shown["safety_instructions"])) == (
        True,
        "emergency",
        True,
    )


def test_it_shows_one_as_the_list_does(anyone: Api, db: None) -> None:
    for row in anyone.get("request-types/").json()["results"]:
        answer = anyone.get(f"request-types/{row['code']}/")
        assert (answer.status_code, answer.json().items() >= row.items()) == (200, True)


def test_it_hides_what_is_inactive(anyone: Api, db: None) -> None:
    RequestType.objects.filter(code="new_connection").update(is_active=False)
    assert "new_connection" not in [
        row["code"] for row in anyone.get("request-types/?page_size=100").json()["results"]
    ]
    answer = anyone.get("request-types/new_connection/")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("code", ["nothing_like_it", "NEW_CONNECTION", "1", "new-connection"])
def test_a_missing_object_is_not_found(code: str, anyone: Api, db: None) -> None:
    answer = anyone.get(f"request-types/{code}/")
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_it_returns_the_same_with_a_token(
    api: Any, anyone: Api, customer: User, support: User
) -> None:
    answers = [
        client.get("request-types/").json() for client in (anyone, api(customer), api(support))
    ]
    assert answers[0] == answers[1] == answers[2]


def test_an_expired_token_is_ignored(anyone: Api, db: None) -> None:
    assert anyone.get("request-types/", Authorization="Bearer spent").status_code == 200


def test_it_has_no_such_parameter(anyone: Api, db: None) -> None:
    assert field_errors(anyone.get("request-types/?active=true")) == [("active", "extra_forbidden")]
