"""Finding requests by what people know of them: the first kind of thing that answers counts, and staff alone finds people."""

import pytest

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.search import find
from gasutil.workflow import requests
from tests.conftest import make_user


def file(customer: User, description: str, address: str = "") -> ServiceRequest:
    return requests.submit(actor=Actor(customer, Channel.API), request_type="new_connection", description=description, address=address)


@pytest.fixture
def priya(db: None) -> User:
    return make_user("priya", first_name="Priya", last_name="Sharma", phone_number="+919820012345", address="B-14, Lotus Residency")


@pytest.fixture
def rahul(db: None) -> User:
    return make_user("rahul", first_name="Rahul", last_name="Verma", phone_number="+917020099999", address="Sharma Lane 3")


def found(actor: User, text: str) -> tuple[str, list[int]]:
    result = find(Actor(actor), ServiceRequest.objects.all(), text)
    return result.kind, sorted(result.rows.values_list("pk", flat=True))


def test_it_takes_the_first_kind_that_answers(support: User, priya: User, rahul: User) -> None:
    hers, his = file(priya, "The meter of 98200 hums"), file(rahul, "Ask Priya about the valve")
    expected = {
        hers.reference: ("reference", [hers.pk]),
        hers.reference.lower().replace("-", ""): ("reference", [hers.pk]),
        "+91 98200 12345": ("phone", [hers.pk]),
        "098200-12345": ("phone", [hers.pk]),
        "12345": ("phone", [hers.pk]),
        "sharma": ("name", [hers.pk]),
        "Sharma Priya": ("name", [hers.pk]),
        "rahul@exam": ("name", [his.pk]),
        "sharma lane": ("address", [his.pk]),
        "lotus": ("address", [hers.pk]),
        "98200": ("description", [hers.pk]),
        "the valve": ("description", [his.pk]),
        "no such thing": ("description", []),
        '"priya"': ("text", [his.pk]),
        '"sharma"': ("text", [his.pk]),
    }
    assert {text: found(support, text) for text in expected} == expected


def test_customers_find_nobody_by_number_or_name(priya: User, rahul: User) -> None:
    hers, his = file(priya, "Hums"), file(rahul, "Ask Priya")
    assert found(rahul, "9820012345") == ("description", [])
    assert found(rahul, "priya") == ("description", [his.pk])
    assert found(rahul, hers.address) == ("address", [hers.pk])


def test_the_api_searches_alike_and_shows_customers_their_own(api, support: User, priya: User, rahul: User) -> None:
    hers, his = file(priya, "Hums"), file(rahul, "Hums as well")

    def ids(user: User, text: str) -> list[int]:
        return [one["id"] for one in api(user).get(f"requests/?q={text}").json()["results"]]

    assert ids(support, "9820012345") == [hers.pk]
    assert ids(support, "hums") == [his.pk, hers.pk]
    told = file(rahul, "A leak near Lotus Residency")
    assert ids(support, "lotus") == [told.pk, hers.pk]  # in an address and in a description alike
    assert ids(priya, "hums") == [hers.pk]
    assert ids(priya, "7020099999") == []


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", '"', '""', "+", "((", "0000000", "a" * 200])
def test_odd_texts_find_nothing(text: str, support: User, priya: User) -> None:
    file(priya, "Hums")
    assert found(support, text)[1] == []
