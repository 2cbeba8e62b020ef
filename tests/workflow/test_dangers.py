"""Answers that mean danger: the mark of a request, its place in lists, and later changes."""

from typing import Any

import pytest
from django.utils import translation

from gasutil.access import Actor
from gasutil.dynamic_forms import dangers
from gasutil.errors import Invalid
from gasutil.models import Channel, Priority, RequestField, RequestType, ServiceRequest, User
from gasutil.workflow import catalogue, danger_marks, requests
from tests.support.request_types import make_type

LEAK = "gas_leak_inspection"


def file(customer: User, code: str, **about: Any) -> ServiceRequest:
    return requests.submit(
        actor=Actor(customer, Channel.API), request_type=code, **{"description": "x"} | about
    )


def read(obj: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=obj.pk)


def test_it_works(customer: User) -> None:
    answers = {"people_unwell": True, "everyone_out": False, "signs": ["hissing", "fire"]}
    leak = read(file(customer, LEAK, details=answers))
    assert leak.has_danger
    assert dangers(leak) == [
        "Fire or an explosion",
        "Is everybody out of the building? No",
        "Is anybody dizzy, sick, hurt or unconscious? Yes",
    ]


@pytest.mark.parametrize(
    "answers",
    [{}, {"people_unwell": False, "everyone_out": True, "signs": ["hissing"]}],
    ids=["none", "harmless"],
)
def test_other_answers_are_no_danger(answers: dict[str, Any], customer: User) -> None:
    leak = read(file(customer, LEAK, details=answers))
    assert (leak.has_danger, dangers(leak)) == (False, [])


def test_requests_with_danger_are_the_first_emergencies(customer: User, support: User) -> None:
    longest = file(customer, LEAK)
    danger = file(customer, LEAK, details={"people_unwell": True})
    high = file(customer, "no_supply")
    taken = [requests.take_next(actor=Actor(support)) for _ in range(3)]
    assert taken == [danger, longest, high]


def path(url: str) -> str:
    return url.partition("/api/v1/")[2]


def test_the_api_orders_them_first_among_emergencies(
    customer: User, support: User, api: Any
) -> None:
    others = [file(customer, LEAK).pk for _ in range(2)]
    danger = file(customer, LEAK, details={"people_unwell": True}).pk
    last = file(customer, "new_connection").pk
    pages = [api(support).get("requests/?ordering=-priority&page_size=1").json()]
    while pages[-1]["next"]:
        pages.append(api(support).get(path(pages[-1]["next"])).json())
    ids = [row["id"] for page in pages for row in page["results"]]
    assert ids == [danger, *reversed(others), last]
    back = api(support).get(path(pages[-2]["previous"])).json()
    assert [row["id"] for row in back["results"]] == [others[1]]


def test_an_urgent_priority_of_another_request_does_not_pass_an_emergency(
    customer: User, support: User
) -> None:
    make_type("visit", fields=[{"name": "ill", "kind": "yes_no", "danger_answers": "true"}])
    leak, visit = file(customer, LEAK), file(customer, "visit", details={"ill": True})
    assert read(visit).has_danger
    requests.prioritise(visit.pk, actor=Actor(support), priority=Priority.HIGH)
    assert requests.take_next(actor=Actor(support)) == leak


def mark(request_type: RequestType, answers: str) -> None:
    RequestField.objects.filter(request_type=request_type, name="smell").update(
        danger_answers=answers
    )
    catalogue.publish(request_type.pk, actor=Actor(User.objects.get(username="manager")))


def test_marks_that_change_apply_to_open_requests(customer: User, manager: User) -> None:
    question = {"name": "smell", "kind": "one_of", "choices": "weak: Weak\nstrong: Strong"}
    request_type = make_type("odour", fields=[question])
    strong, weak, closed = (
        file(customer, "odour", details={"smell": smell}) for smell in ("strong", "weak", "strong")
    )
    requests.resolve(closed.pk, actor=Actor(manager))
    mark(request_type, "strong")
    assert [read(obj).has_danger for obj in (strong, weak, closed)] == [True, False, False]
    requests.reopen(closed.pk, actor=Actor(manager))
    assert read(closed).has_danger
    mark(request_type, "")
    assert [read(obj).has_danger for obj in (strong, weak, closed)] == [False] * 3


def test_many_requests_are_marked_in_the_background(
    customer: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_type = make_type("odour", fields=[{"name": "smell", "kind": "yes_no"}])
    rows = [file(customer, "odour", details={"smell": True}) for _ in range(3)]
    monkeypatch.setattr(danger_marks, "BATCH_SIZE", 2)
    mark(request_type, "true")
    danger_marks.update_type_later.call(request_type.pk)
    assert all(read(obj).has_danger for obj in rows)


def test_requests_of_an_earlier_release_are_marked(customer: User) -> None:
    leak = file(customer, LEAK, details={"people_unwell": True})
    ServiceRequest.objects.filter(pk=leak.pk).update(has_danger=False)
    danger_marks.update_all_types()
    assert read(leak).has_danger


def test_a_reclassified_request_keeps_the_dangers_of_its_answers(
    customer: User, support: User
) -> None:
    obj = file(customer, LEAK, details={"people_unwell": True})
    requests.reclassify(
        obj.pk, actor=Actor(support), request_type="third_party_damage", notes="A digger"
    )
    assert dangers(read(obj)) == ["Is anybody dizzy, sick, hurt or unconscious? Yes"]


def test_a_danger_must_be_an_answer_of_the_question(customer: User, manager: User) -> None:
    question = {"name": "smell", "kind": "one_of", "choices": "weak: Weak\nstrong: Strong"}
    request_type = make_type("odour", fields=[question])
    with pytest.raises(Invalid) as error:
        mark(request_type, "very strong")
    assert [(field_error.field, field_error.code) for field_error in error.value.errors] == [
        ("danger_answers", "unknown_value")
    ]


@pytest.mark.parametrize(("wanted", "shown"), [("en", "en"), ("hi", "hi")])
def test_the_request_stores_which_safety_text_was_shown(
    wanted: str, shown: str, customer: User
) -> None:
    with translation.override(wanted):
        leak = read(file(customer, LEAK))
    version = RequestType.objects.get(code=LEAK).version
    assert (leak.safety_type, leak.safety_version, leak.safety_language) == (LEAK, version, shown)


def test_an_emergency_without_a_text_stores_that_of_a_leak(customer: User, support: User) -> None:
    make_type("visit")
    visit = file(customer, "visit")
    assert (visit.safety_type, visit.safety_version, visit.safety_language) == ("", None, "")
    requests.prioritise(visit.pk, actor=Actor(support), priority=Priority.EMERGENCY)
    assert (read(visit).safety_type, read(visit).safety_language) == (LEAK, "en")
