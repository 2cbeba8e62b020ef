"""Search by the name of the type: with other words, after a new name, and after a new type."""

from importlib import import_module

import pytest
from django.apps import apps

from gasutil.access import Actor
from gasutil.models import Channel, RequestType, SearchEntry, ServiceRequest, User
from gasutil.search.query import search_requests
from gasutil.workflow import requests
from tests.support.people import make_user


@pytest.fixture
def malhotra(db: None) -> User:
    return make_user("malhotra", first_name="Nisha", last_name="Malhotra")


def file(
    customer: User, description: str = "Smells in the kitchen", request_type: str = "new_connection"
) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer, Channel.API), request_type=request_type, description=description
    )


def found(user: User, text: str) -> list[int]:
    return sorted(
        search_requests(Actor(user), ServiceRequest.objects.all(), text).values_list(
            "pk", flat=True
        )
    )


def rename(code: str, name: str) -> None:
    RequestType.objects.filter(code=code).update(name=name)


def test_it_works(support: User, malhotra: User, customer: User) -> None:
    rename("new_connection", "Gas leak")
    obj = file(malhotra)
    file(customer)
    assert found(support, "leak Malhotra") == found(support, "malhotra gas LEAK") == [obj.pk]
    assert found(support, "leak kitchen nisha") == found(support, "lea nisha") == [obj.pk]
    assert found(support, "leak flooded") == []


def test_a_renamed_type_is_found_by_its_new_name_alone(support: User, malhotra: User) -> None:
    rename("new_connection", "Gas leak")
    obj = file(malhotra)
    rename("new_connection", "गैस रिसाव / Fuite à la cuisinière")
    for text in ("गैस रिसाव", "fuite cuisiniere", "FUITE Malhotra", '"fuite à la"'):
        assert found(support, text) == [obj.pk], text
    assert found(support, "leak") == []


def test_a_request_of_another_type_is_found_by_that(support: User, malhotra: User) -> None:
    rename("new_connection", "Hookup")
    rename("meter_replacement", "Swapping")
    obj = file(malhotra)
    assert (found(support, "hookup"), found(support, "swapping")) == ([obj.pk], [])
    requests.reclassify(obj.pk, actor=Actor(support), request_type="meter_replacement")
    assert (found(support, "hookup"), found(support, "swapping")) == ([], [obj.pk])


def test_one_type_is_not_taken_for_another_with_more_digits(support: User, malhotra: User) -> None:
    first = RequestType.objects.order_by("pk").get(code="new_connection")
    RequestType.objects.filter(code="meter_replacement").update(name="Swapping")
    other = RequestType.objects.create(
        pk=first.pk * 10 + 1, code="longer", name="Longlegs", version=1
    )
    file(malhotra)
    obj = file(malhotra, request_type=other.code)
    assert found(support, "longlegs") == [obj.pk]


def test_letters_and_the_inside_of_words_name_no_type(support: User, malhotra: User) -> None:
    rename("new_connection", "Complaint on leakage")
    file(malhotra, "Hums")
    assert found(support, "c") == found(support, "on") == found(support, "eakage") == []


def test_customers_find_their_requests_by_type(malhotra: User) -> None:
    rename("new_connection", "Hookup")
    obj = file(malhotra)
    assert found(malhotra, "hookup kitchen") == [obj.pk]


def test_entries_without_a_mark_get_one_at_the_upgrade(
    support: User, malhotra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration = import_module("gasutil.migrations.0039_search_texts")
    monkeypatch.setattr(migration, "BATCH_SIZE", 2)
    rename("new_connection", "Hookup")
    made = [file(malhotra).pk for _number in range(5)]
    before = list(SearchEntry.objects.order_by("pk").values_list("reference", flat=True))
    for entry in SearchEntry.objects.exclude(pk=made[0]):
        SearchEntry.objects.filter(pk=entry.pk).update(reference=entry.reference.rpartition(" ")[0])
    assert found(support, "hookup") == made[:1]
    for _run in range(2):
        migration.add_type_marks(apps, None)
        assert (
            list(SearchEntry.objects.order_by("pk").values_list("reference", flat=True)) == before
        )
    assert found(support, "hookup") == made
