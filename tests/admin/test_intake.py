"""Requests for callers.

A GET only shows the page; one POST creates the request once, or shows each error at its field.
"""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from gasutil import deadlines
from gasutil.models import IdempotencyKey, RequestType, RequestUpdate, ServiceRequest, User
from tests.support.console import QUEUE
from tests.support.hostile_input import NASTY
from tests.support.request_types import make_type

NEW = f"{QUEUE}new/"
LEAK = "gas_leak_inspection"
SECOND = dt.timedelta(seconds=10)
ASKS: list[dict[str, Any]] = [
    {"name": "workers", "kind": "whole_number", "maximum": 9, "is_required": True},
    {"name": "digger", "kind": "yes_no"},
    {
        "name": "size",
        "kind": "one_of",
        "choices": "s: Small\nl: Large",
        "shown_if": "digger",
        "shown_if_value": "true",
        "is_required": True,
    },
    {"name": "surfaces", "kind": "several_of", "choices": "road: Road\npath: Path"},
    {"name": "at", "kind": "date_time"},
]


def about(customer: User, request_type: str = LEAK) -> dict[str, str]:
    return {"customer": str(customer.pk), "request_type": request_type}


def milestone(obj: ServiceRequest, name: str) -> deadlines.Milestone:
    return next(item for item in deadlines.milestones_of(obj) if item.name == name)


def call(customer: User | None, request_type: str = LEAK, **given: Any) -> dict[str, Any]:
    """Return the form as it is sent."""
    chosen = {"customer": str(customer.pk) if customer else "", "request_type": request_type}
    return chosen | {"once": "abc", "contact": "phone"} | given


def errors_of(response: Any) -> dict[str, list[str]]:
    form = response.context["form"]
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def test_a_caller_without_an_account_needs_no_email(support: User, console) -> None:
    client = console(support)
    page = client.get(NEW, {"q": "98765 43210", "request_type": LEAK})
    assert page.context["form"]["caller.phone_number"].value() == "98765 43210"
    sent = call(None, address="18 Baner Road", received="15") | {
        "caller.name": "Ravi Neighbour",
        "caller.phone_number": "+919876543210",
    }
    first, again = client.post(NEW, sent), client.post(NEW, sent)
    obj = ServiceRequest.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"{QUEUE}{obj.pk}/change/"
    assert (str(obj.customer), obj.customer.phone_number) == ("Ravi Neighbour", "+919876543210")
    assert (obj.assigned_to, obj.contact) == (support, "phone")
    assert obj.created_at - obj.received_at == pytest.approx(dt.timedelta(minutes=15), abs=SECOND)


def test_the_number_that_was_searched_is_that_of_a_new_caller(support: User, console) -> None:
    console(support).post(NEW, call(None, q="+91 98765 43210", address="18 Baner Road"))
    assert ServiceRequest.objects.get().customer.phone_number == "+919876543210"


def test_a_new_caller_of_another_type_says_who_they_are(support: User, console) -> None:
    sent = call(None, "new_connection", description="x", address="y")
    response = console(support).post(NEW, sent)
    assert set(errors_of(response)) == {"caller.name", "caller.phone_number"}
    assert "Nothing was created" in response.content.decode()
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("given", "minutes"),
    [({}, 0), ({"received": ""}, 0), ({"received": "5"}, 5), ({"received": "60"}, 60)],
)
def test_it_was_received_now_or_a_while_ago(
    given: dict[str, str], minutes: int, support: User, customer: User, console
) -> None:
    console(support).post(NEW, call(customer, **given))
    obj = ServiceRequest.objects.get()
    ago = obj.created_at - obj.received_at
    assert ago == pytest.approx(dt.timedelta(minutes=minutes), abs=SECOND)


def test_it_was_received_at_another_time_and_by_another_way(
    support: User, customer: User, console
) -> None:
    at = timezone.localtime() - dt.timedelta(hours=3)
    given = {"received": "at", "received_at": f"{at:%Y-%m-%dT%H:%M}", "contact": "letter"}
    console(support).post(NEW, call(customer) | given)
    obj = ServiceRequest.objects.get()
    assert (obj.received_at, obj.contact) == (at.replace(second=0, microsecond=0), "letter")


def test_it_shows_what_is_open(
    support: User, customer: User, leak: ServiceRequest, console
) -> None:
    client = console(support)
    assert leak.reference in client.get(NEW, {"q": customer.email}).content.decode()
    assert leak.reference in client.get(NEW, about(customer)).content.decode()
    near = client.get(f"{NEW}similar/", {"address": leak.address.lower()})
    assert leak.reference in near.content.decode()
    for address in ("Elsewhere 99, Far Away", "ab", ""):
        assert (
            leak.reference
            not in client.get(f"{NEW}similar/", {"address": address}).content.decode()
        ), address


def test_the_page_costs_few_queries(
    support: User, customer: User, leak: ServiceRequest, console, django_assert_max_num_queries
) -> None:
    client = console(support)
    with django_assert_max_num_queries(20):
        client.get(NEW, about(customer))
    with django_assert_max_num_queries(10):
        client.get(f"{NEW}callers/", {"q": "customer"})


def test_the_key_is_only_for_those_who_may(support: User, console) -> None:
    client = console(support)
    assert f'data-new="{NEW}"' in client.get(QUEUE).content.decode()
    Group.objects.get(name="Support").permissions.remove(
        Permission.objects.get(codename="submit_for_customer")
    )
    assert "data-new=" not in client.get(QUEUE).content.decode()
    assert client.get(f"{NEW}similar/", {"address": "18 Baner Road"}).status_code == 404
    assert client.get(f"{NEW}callers/", {"q": "customer"}).status_code == 404


def test_it_works(support: User, customer: User, console) -> None:
    client = console(support)
    assert "New request" in client.get(QUEUE).content.decode()
    for text in ("customer exam", "07890123456", "+91 78901-23456", "CUSTOMER@example.com"):
        response = client.get(f"{NEW}callers/", {"q": text})
        assert customer in response.context["found"], text
        assert "+91 78901 23456" in response.content.decode()
    for text in ("support", "7890", ""):
        assert client.get(f"{NEW}callers/", {"q": text}).context["found"] == [], text
    page = client.get(NEW, about(customer))
    assert page.context["form"]["address"].value() == customer.address

    form = call(customer, description="It smells of gas", address="")
    response = client.post(NEW, form)
    obj = ServiceRequest.objects.get()
    assert response.headers["Location"] == f"{QUEUE}{obj.pk}/change/"
    assert (obj.customer, obj.address) == (customer, customer.address)
    created, taken = RequestUpdate.objects.order_by("history_id")
    assert (created.history_user, created.channel, created.contact) == (support, "console", "phone")
    assert (taken.assigned_to, milestone(obj, "acknowledged").met_at) == (
        support,
        taken.history_date,
    )
    assert client.get(response.headers["Location"]).status_code == 200
    assert client.post(NEW, form).headers["Location"] == response.headers["Location"]
    assert "already created" in client.get(response.headers["Location"]).content.decode()
    assert ServiceRequest.objects.count() == 1


def test_the_only_customer_with_the_number_is_chosen(
    support: User, customer: User, console
) -> None:
    client = console(support)
    by_number = client.get(f"{NEW}callers/", {"q": "7890123456"})
    assert by_number.context["chosen_customer"] == str(customer.pk)
    by_name = client.get(f"{NEW}callers/", {"q": "customer"})
    assert by_name.context["chosen_customer"] == ""


def test_the_leak_comes_first_and_every_type_has_a_key(support: User, console) -> None:
    types = console(support).get(NEW).context["types"]
    assert [(types[0]["row"].code, types[0]["key"])] == [(LEAK, "1")]
    assert len({row["key"] for row in types}) == len(types)


def test_questions_are_chips_and_dangers_are_marked(support: User, console) -> None:
    page = console(support).get(NEW, {"request_type": LEAK})
    asked = {item.question.name: item for item in page.context["form"].asked_questions}
    unwell = [(chip.value, chip.key, chip.is_danger) for chip in asked["people_unwell"].chips]
    assert unwell == [("true", "1", True), ("false", "2", False), ("", "0", False)]
    assert [chip.value for chip in asked["signs"].chips if chip.is_danger] == ["co_alarm", "fire"]
    assert 'type="checkbox"' in page.content.decode()


def test_the_spoken_text_is_in_each_language(support: User, console) -> None:
    page = console(support).get(NEW, {"request_type": LEAK})
    assert [one["code"] for one in page.context["spoken"]][:2] == ["en", "hi"]
    text = page.content.decode()
    assert "Do not touch any switch, plug or bell." in text
    assert "किसी स्विच, प्लग या घंटी को न छुएँ।" in text


def test_without_script_a_step_shows_the_form_again(support: User, customer: User, console) -> None:
    client = console(support)
    typed = call(None, "new_connection", step="find", q="7890123456", description="Please")
    page = client.post(NEW, typed)
    assert page.context["chosen_customer"] == str(customer.pk)
    assert page.context["form"]["description"].value() == "Please"
    assert page.context["form"]["once"].value() == "abc"
    assert page.context["form"].errors == {}
    signs = call(customer, step="type") | {"details.signs": ["fire", "hissing"]}
    asked = client.post(NEW, signs).context["form"].asked_questions
    chosen = [chip.value for item in asked for chip in item.chips if chip.is_chosen and chip.value]
    assert chosen == ["hissing", "fire"]
    assert not ServiceRequest.objects.exists()


def test_the_same_details_from_a_page_that_was_loaded_again_are_no_second_request(
    support: User, customer: User, console
) -> None:
    client = console(support)
    first, again = (client.post(NEW, call(customer, once=once)) for once in ("1", "2"))
    assert first.headers["Location"] == again.headers["Location"]
    IdempotencyKey.objects.update(created_at=timezone.now() - dt.timedelta(minutes=11))
    client.post(NEW, call(customer, once="3"))
    assert ServiceRequest.objects.count() == 2


def test_a_form_that_was_used_with_other_details_asks_first(
    support: User, customer: User, neighbour: User, console
) -> None:
    client = console(support)
    client.post(NEW, call(customer, description="First"))
    first = ServiceRequest.objects.get()
    page = client.post(NEW, call(neighbour, description="Second"))
    assert first.reference in page.content.decode()
    once = page.context["form"]["once"].value()
    assert once != "abc"
    assert f'value="{once}"' in page.content.decode()
    client.post(NEW, call(neighbour, description="Second", once=once))
    assert ServiceRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"customer": "999999"}, "customer"),
        ({"customer": "x"}, "customer"),
        ({"request_type": ""}, "request_type"),
        ({"request_type": "none"}, "request_type"),
        ({"received": "at", "received_at": "yesterday"}, "received_at"),
        ({"received": "7"}, "received"),
        ({"contact": "pigeon"}, "contact"),
        ({"once": ""}, "once"),
    ],
)
def test_what_is_wrong_appears_on_the_page(
    given: dict[str, str], field: str, support: User, customer: User, console
) -> None:
    response = console(support).post(NEW, call(customer, address="My own street 7") | given)
    assert set(errors_of(response)) == {field}
    assert "My own street 7" in response.content.decode()
    assert not ServiceRequest.objects.exists()


def test_an_inactive_type_cannot_be_chosen(support: User, customer: User, console) -> None:
    RequestType.objects.filter(code="new_connection").update(is_active=False)
    response = console(support).post(NEW, call(customer, "new_connection", description="x"))
    assert set(errors_of(response)) == {"request_type"}


def test_scripts_are_redirected_and_learn_of_an_ended_session(
    support: User, customer: User, console
) -> None:
    client, script = console(support), {"HX-Request": "true"}
    wrong = client.post(NEW, call(customer, request_type=""), headers=script)
    assert (wrong.status_code, "HX-Redirect" in wrong.headers) == (200, False)
    right = client.post(NEW, call(customer), headers=script)
    obj = ServiceRequest.objects.get()
    assert right.headers["HX-Redirect"] == f"{QUEUE}{obj.pk}/change/"
    client.logout()
    ended = client.post(NEW, call(customer, once="other"), headers=script)
    assert (ended.status_code, "You have been logged out" in ended.content.decode()) == (401, True)
    assert ServiceRequest.objects.count() == 1


def test_too_many_changes_are_rejected_on_the_page_but_no_emergency(
    support: User, customer: User, console, settings: Any
) -> None:
    settings.UPDATE_LIMIT = 1
    client = console(support)
    client.post(NEW, call(customer, "new_connection", description="x", once="1"))
    refused = client.post(NEW, call(customer, "new_connection", description="Kept", once="2"))
    assert set(errors_of(refused)) == {"__all__"}
    assert "Kept" in refused.content.decode()
    client.post(NEW, call(customer, once="3"))
    assert ServiceRequest.objects.count() == 2


def test_it_asks_what_the_type_asks(support: User, customer: User, console) -> None:
    make_type("works", fields=ASKS)
    client = console(support)
    given = {"description": "x", "details.workers": "12", "details.digger": "true"}
    wrong = client.post(NEW, call(customer, "works") | given)
    assert set(errors_of(wrong)) == {"details.workers", "details.size"}
    right = {
        "description": "x",
        "details.workers": "4",
        "details.digger": "false",
        "details.size": "l",  # hidden by now, and so not shown
        "details.surfaces": ["road", "path"],
        "details.at": "2026-12-01T09:30",
    }
    client.post(NEW, call(customer, "works") | right)
    assert ServiceRequest.objects.get().details == {
        "workers": 4,
        "digger": False,
        "surfaces": ["road", "path"],
        "at": "2026-12-01T04:00:00Z",
    }


def test_it_requires_the_permission(support: User, customer: User, console) -> None:
    support.groups.clear()
    client = console(support)
    assert client.get(NEW).status_code == 404
    assert client.post(NEW, call(customer)).status_code == 404
    assert f'href="{NEW}"' not in client.get(QUEUE).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"customer": "999999999"},
        {"customer": "x"},
        {"customer": "9" * 40},
        {"request_type": "none"},
        {"q": "\x00"},
    ],
)
def test_no_query_is_a_server_error(
    query: dict[str, str], support: User, customer: User, console
) -> None:
    client = console(support)
    assert client.get(NEW, query).status_code in (200, 404)
    assert client.get(NEW, about(customer) | query).status_code in (200, 404)


def test_nothing_is_filed_by_get_or_without_a_token(support: User, customer: User, console) -> None:
    console(support).get(NEW, about(customer) | {"description": "x", "once": "a"})
    strict = console(support, enforce_csrf_checks=True)
    assert strict.post(NEW, call(customer)).status_code == 403
    assert not ServiceRequest.objects.exists()


def test_what_people_type_stays_text(support: User, customer: User, console) -> None:
    User.objects.filter(pk=customer.pk).update(last_name=NASTY[:100], address=NASTY)
    client = console(support)
    for query in ({"q": NASTY}, {"q": "customer"}, {"customer": customer.pk}, about(customer)):
        page = client.get(NEW, query).content.decode()
        for live in ("<img src=x", "<script>alert", "' x-init='alert"):
            assert live not in page, (query, live)
