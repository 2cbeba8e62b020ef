"""Requests that look like duplicates."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gasutil import duplicates
from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import incidents, requests

HERE = "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095"


def file(
    customer: User,
    address: str = HERE,
    *,
    request_type: str = "gas_leak_inspection",
    hours: float = 0,
    **given: Any,
) -> ServiceRequest:
    now = timezone.now() - dt.timedelta(hours=hours)
    return requests.submit(
        actor=Actor(customer, Channel.API),
        request_type=request_type,
        description="x",
        address=address,
        now=now,
        **given,
    )


@pytest.mark.parametrize(
    ("address", "is_alike"),
    [
        (HERE, True),
        ("302 SUNRISE APTS, Koramangala Bengaluru 560095", True),
        ("Bengaluru - 560095, Koramangala, Sunrise Apartments, Flat 302", True),
        ("Flat 504, Sunrise Apartments, Koramangala, Bengaluru - 560095", True),
        ("Flat 302, Sunset Residency, Koramangala, Bengaluru - 560095", False),
        ("Flat 11, Lake View Towers, Indiranagar, Bengaluru - 560038", False),
        ("44, Lake View, Pune - 411001", False),
    ],
)
def test_it_finds_the_same_address_and_one_nearby(
    address: str, is_alike: bool, customer: User, neighbour: User, support: User
) -> None:
    obj, other = file(customer), file(neighbour, address)
    assert duplicates.likely(Actor(support), obj) == ([other] if is_alike else [])


@pytest.mark.parametrize(("hours", "is_found"), [(0, True), (47.9, True), (48.1, False)])
def test_it_looks_two_days_back_and_ahead(
    hours: float, is_found: bool, customer: User, neighbour: User, support: User
) -> None:
    obj, other = file(customer), file(neighbour, hours=hours)
    assert (duplicates.likely(Actor(support), obj) == [other]) is is_found
    assert (duplicates.likely(Actor(support), other) == [obj]) is is_found


def test_another_type_is_no_duplicate(customer: User, neighbour: User, support: User) -> None:
    obj = file(customer)
    file(neighbour, request_type="new_connection")
    assert duplicates.likely(Actor(support), obj) == []


def test_it_leaves_out_cancelled_and_joined_requests(
    customer: User, neighbour: User, support: User, colleague: User
) -> None:
    obj, joined, cancelled, elsewhere = (file(customer) for _ in range(4))
    incidents.gather(obj.pk, actor=Actor(support), title="A leak", reports=[joined.pk])
    incidents.gather(elsewhere.pk, actor=Actor(support), title="Another")
    requests.cancel(cancelled.pk, actor=Actor(support), notes="Reported twice")
    obj.refresh_from_db()
    assert duplicates.likely(Actor(support), obj) == [elsewhere]


def test_the_most_alike_comes_first(customer: User, neighbour: User, support: User) -> None:
    obj = file(customer)
    near, same = file(neighbour, HERE.replace("302", "504")), file(neighbour, HERE)
    assert duplicates.likely(Actor(support), obj) == [same, near]


def test_customers_see_no_requests_of_others(customer: User, neighbour: User) -> None:
    obj, mine = file(customer), file(customer)
    file(neighbour)
    assert duplicates.likely(Actor(customer), obj) == [mine]


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        (HERE.lower(), True),
        ("flat 302, sunrise", True),  # while it is typed
        ("302", False),
        ("Koramangala", False),
        ("Flat 11, Lake View Towers, Indiranagar, Bengaluru - 560038", False),
        ("% _ ' \\ \"", False),
    ],
)
def test_open_requests_are_found_by_an_address_or_its_beginning(
    typed: str, is_found: bool, customer: User, support: User
) -> None:
    obj = file(customer)
    assert duplicates.open_near(Actor(support), typed) == ([obj] if is_found else [])


def test_an_old_open_request_is_found_behind_many_new_ones(
    customer: User, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "MAX_COMPARED", 2)
    monkeypatch.setattr(duplicates, "SAMPLED_ROWS", 3)
    old = file(customer, hours=24 * 90)
    for number in range(3):
        file(customer, f"Shop {number}, Lake View, Pune - 411001")
    assert duplicates.open_near(Actor(support), HERE) == [old]


def test_common_words_are_found_among_the_newest(
    customer: User, support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "SAMPLED_ROWS", 3)
    monkeypatch.setattr(duplicates, "MAX_OF_RARE_WORD", 0)
    monkeypatch.setattr(duplicates, "MAX_SUGGESTED", 2)
    rows = [file(customer, "Sunrise Apartments, Bengaluru") for _number in range(4)]
    found = duplicates.open_near(Actor(support), "Sunrise Apartments, Bengaluru")
    assert found == rows[:1:-1]


def test_closed_requests_are_not_open(customer: User, support: User) -> None:
    requests.cancel(file(customer).pk, actor=Actor(support), notes="Reported twice")
    assert duplicates.open_near(Actor(support), HERE) == []


def test_it_costs_two_queries_however_many_there_are(
    customer: User, support: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    obj, *_ = [file(customer) for _ in range(12)]
    with django_assert_max_num_queries(2):
        assert len(duplicates.likely(Actor(support), obj)) == duplicates.MAX_SUGGESTED
