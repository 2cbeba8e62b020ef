"""A new model becomes a resource by one short declaration and nothing else."""

from typing import Any

import pytest
from django.test import override_settings
from django.urls import include, path
from ninja import NinjaAPI

from gasutil import access
from gasutil.api.framework import errors
from gasutil.api.framework.api import Api
from gasutil.api.framework.build import build
from gasutil.api.framework.resource import Filter, Representation, Resource
from gasutil.models import User
from tests.example_app.models import Meter
from tests.support.problems import APPROVAL_REQUIRED, NO_TOKEN, NOT_FOUND, field_errors

METERS = Resource(
    path="meters/",
    noun="meter",
    representation=Representation(
        name="Meter", model=Meter, fields="id serial fuel reader read_at"
    ),
    filters=[Filter("fuel"), Filter("reader")],
    ordering={"id": "pk", "serial": "serial"},
)

api: NinjaAPI = Api(title="Meters", version="meters", urls_namespace="meters")
build(api, [METERS], {})
urlpatterns = [path("api/v1/", include([path("", api.urls)]))]
assert errors.PREFIX == "/api/v1/"


@pytest.fixture(autouse=True)
def routed() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def meters(customer: User) -> list[Meter]:
    """Three meters, of which the first two are the customer's."""
    made = [
        Meter.objects.create(serial=f"M-{n}", fuel="propane" if n == 1 else "natural")
        for n in range(3)
    ]
    for meter in made[:2]:
        access.make_owner(customer, meter)
    return made


def serials(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [row["serial"] for row in answer.json()["results"]]


def test_it_returns_the_declared_fields(api: Any, customer: User, meters: list[Meter]) -> None:
    shown = {
        "id": meters[0].pk,
        "serial": "M-0",
        "fuel": "natural",
        "reader": None,
        "read_at": None,
    }
    assert api(customer).get(f"meters/{meters[0].pk}/").json() == shown
    assert api(customer).get("meters/?ordering=id").json()["results"][0] == shown


def test_each_user_sees_what_guardian_allows(
    api: Any, customer: User, neighbour: User, support: User, meters: list[Meter]
) -> None:
    assert [serials(api(user).get("meters/")) for user in (customer, neighbour, support)] == [
        ["M-1", "M-0"],
        [],
        ["M-2", "M-1", "M-0"],
    ]
    hidden = api(customer).get(f"meters/{meters[2].pk}/")
    assert (hidden.status_code, hidden.json()) == (404, NOT_FOUND)


def test_it_is_guarded(api: Any, pending: User, meters: list[Meter]) -> None:
    for user, status, body in ((None, 401, NO_TOKEN), (pending, 403, APPROVAL_REQUIRED)):
        for place in ("meters/", f"meters/{meters[0].pk}/"):
            answer = api(user).get(place)
            assert (answer.status_code, answer.json()) == (status, body)


def test_it_is_paginated(api: Any, customer: User, meters: list[Meter]) -> None:
    first = api(customer).get("meters/?page_size=1")
    second = api(customer).get(first.json()["next"].removeprefix("http://testserver/api/v1/"))
    assert (serials(first), serials(second), second.json()["next"]) == (["M-1"], ["M-0"], None)


def test_it_is_filtered_and_ordered(api: Any, support: User, meters: list[Meter]) -> None:
    assert serials(api(support).get("meters/?fuel=natural&ordering=serial")) == ["M-0", "M-2"]
    assert serials(api(support).get("meters/?reader=none&ordering=-serial")) == [
        "M-2",
        "M-1",
        "M-0",
    ]
    assert field_errors(api(support).get("meters/?fuel=coal&serial=M-1&ordering=fuel")) == [
        ("fuel", "enum"),
        ("ordering", "literal_error"),
        ("serial", "extra_forbidden"),
    ]
    assert field_errors(api(support).get("meters/?serial=M-1")) == [("serial", "extra_forbidden")]


@pytest.mark.django_db
def test_it_is_typed_and_documented(api: Any) -> None:
    document = api(None).get("openapi.json").json()
    assert sorted(document["paths"]) == ["/api/v1/meters/", "/api/v1/meters/{id}/"]
    many, item = (operations["get"] for operations in document["paths"].values())
    assert (many["operationId"], item["operationId"]) == ("list_meters", "get_meter")
    assert [parameter["name"] for parameter in many["parameters"]] == [
        "fuel",
        "reader",
        "ordering",
        "cursor",
        "page_size",
    ]
    assert (sorted(many["responses"]), sorted(item["responses"])) == (
        ["200", "401", "403", "422", "503"],
        ["200", "304", "401", "403", "404", "422", "503"],
    )
    schemas = document["components"]["schemas"]
    assert list(schemas["Meter"]["properties"]) == ["id", "serial", "fuel", "reader", "read_at"]
    assert schemas["Fuel"]["enum"] == ["natural", "propane"]


def test_it_costs_the_same_for_one_row_and_for_many(
    api: Any, customer: User, meters: list[Meter], django_assert_num_queries: Any
) -> None:
    client = api(customer)
    for size, number in ((1, 1), (100, 2)):
        with django_assert_num_queries(2):
            response = client.get(f"meters/?page_size={size}")
        assert (response.status_code, len(response.json()["results"])) == (200, number)
