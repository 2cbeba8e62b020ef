"""Deliveries on the ticket and for managers, and the users' choice of mails."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import FOR_STAFF, Channel, Delivery, Notice, ServiceRequest, User
from gasutil.notify import deliveries
from gasutil.workflow import engine, profiles, requests
from tests.support.console import Browser, ticket
from tests.support.hostile_input import NASTY
from tests.support.notices import notified, rows
from tests.support.people import make_support
from tests.support.query_counts import assert_cost_is_constant, count_of, listed

Console = Callable[..., Browser]
LIST = "/admin/gasutil/delivery/"
MINE = "/admin/my-notices/"


@pytest.fixture
def delivery(leak: ServiceRequest) -> Delivery:
    notified(leak)
    return Delivery.objects.get()


def set_state(item: Delivery, **fields: Any) -> None:
    Delivery.objects.filter(pk=item.pk).update(**fields)


def page_of(delivery: Delivery) -> str:
    return reverse("admin:gasutil_delivery_change", args=[delivery.pk])


# --- On the ticket
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "sentence", "is_bad"),
    [
        ({}, "Email to the customer queued", False),
        ({"state": "sent", "minutes": -2}, "Email to the customer sent 2 min ago", False),
        (
            {"state": "failed", "last_error": "451 Try later", "minutes": 9},
            "Email to the customer failed, next retry in 8 min: 451 Try later",
            True,
        ),
        (
            {"state": "given_up", "last_error": "550 Who?"},
            "Email to the customer failed permanently: 550 Who?",
            True,
        ),
        (
            {"state": "skipped", "last_error": "muted"},
            "Email to the customer not sent: The recipient turned off these emails.",
            False,
        ),
    ],
)  # fmt: skip
def test_a_line_shows_what_was_sent(
    fields: dict[str, Any],
    sentence: str,
    is_bad: bool,
    delivery: Delivery,
    leak: ServiceRequest,
    support: User,
    console: Console,
) -> None:
    at = timezone.now() + dt.timedelta(minutes=fields.pop("minutes", 0), seconds=-5)
    set_state(delivery, **{"sent_at": at, "next_at": at} | fields)
    page = console(support).get(ticket(leak)).content.decode()
    (item,) = re.findall(
        r'<ul class="sendings">\s*<li( class="is-bad")?>.*?</span>(.*?)</li>', page, re.DOTALL
    )
    assert (" ".join(re.sub(r"<[^>]+>", "", item[1]).split()), bool(item[0])) == (sentence, is_bad)


def test_recipients_with_the_same_result_share_a_line(
    leak: ServiceRequest, manager: User, support: User, console: Console
) -> None:
    boss = make_support("boss")
    boss.user_permissions.add(Permission.objects.get(codename="receive_escalations"))
    engine.escalate(leak.pk, leak.respond_by)
    notified(leak)
    page = console(support).get(ticket(leak)).content.decode()
    assert "Email to Manager Example, Boss Example queued" in page


def test_what_a_server_says_stays_text(
    delivery: Delivery, leak: ServiceRequest, support: User, console: Console
) -> None:
    set_state(delivery, state="given_up", last_error=NASTY)
    page = console(support).get(ticket(leak)).content.decode()
    assert "<img src=x" not in page
    assert "onerror=alert(1)&gt;" in page


def test_a_ticket_costs_no_more_with_many(
    support: User, customer: User, colleague: User, connection: ServiceRequest, console: Console
) -> None:
    client = console(support)

    def grow(number: int) -> None:
        for _ in range(number):
            requests.assign(connection.pk, actor=Actor(support), assigned_to=colleague.pk)
            requests.assign(connection.pk, actor=Actor(colleague), assigned_to=support.pk)
            requests.comment(connection.pk, actor=Actor(customer, Channel.API), notes="Hello?")
        deliveries.plan_notifications.func([row.pk for row in rows(connection)])

    assert_cost_is_constant(
        lambda: client.get(ticket(connection)), grow, count_of("Hello?"), at_most=20, sizes=(1, 16)
    )
    assert Delivery.objects.count() > 36


# --- For managers
# --------------------------------------------------------------------------------------------------
def test_managers_see_all_of_it(
    delivery: Delivery, leak: ServiceRequest, manager: User, console: Console
) -> None:
    set_state(delivery, state="given_up", last_error="550 Who?", attempts=1, next_at=None)
    page = console(manager).get(LIST).content.decode()
    for text in (
        leak.reference,
        "customer@example.com",
        "Your request has been received",
        "Failed",
        "550 Who?",
        f"#update-{delivery.update_id}",
    ):
        assert text in page, text
    assert f'href="{LIST}"' in page
    assert console(manager).get(page_of(delivery)).status_code == 200


@pytest.mark.parametrize("path", [LIST, LIST + "1/change/", LIST + "1/send-again/"])
def test_agents_see_none_of_it(
    path: str, delivery: Delivery, support: User, console: Console
) -> None:
    assert console(support).get(path.replace("1", str(delivery.pk))).status_code in (403, 302, 404)
    assert (
        f'href="{LIST}"'
        not in console(support).get("/admin/gasutil/servicerequest/").content.decode()
    )


def test_no_one_changes_it(delivery: Delivery, root: User, console: Console) -> None:
    assert console(root).post(page_of(delivery), {"state": "sent"}).status_code == 403
    assert console(root).get(LIST + "add/").status_code == 403
    assert console(root).post(f"{LIST}{delivery.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("state__exact=waiting", 1),
        ("state__exact=sent", 0),
        ("channel__exact=mail", 1),
        ("notice__exact=received", 1),
        ("q=customer@example.com", 1),
        ("q=CUSTOMER@example.com", 1),
        ("q=custom", 0),
        ("q=SR-AAA-AAA-AAA", 0),
        ("created_at_from=2020-01-01", 1),
    ],
)
def test_it_is_filtered_and_searched(
    query: str, number: int, delivery: Delivery, manager: User, console: Console
) -> None:
    assert len(console(manager).get(f"{LIST}?{query}").context["cl"].result_list) == number


def test_it_is_found_by_reference_and_by_person(
    delivery: Delivery, leak: ServiceRequest, customer: User, manager: User, console: Console
) -> None:
    for query in (f"q={leak.reference.lower()}", f"user__id__exact={customer.pk}"):
        assert len(console(manager).get(f"{LIST}?{query}").context["cl"].result_list) == 1


def test_its_cost_does_not_grow(
    connection: ServiceRequest, support: User, manager: User, console: Console
) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            requests.comment(connection.pk, actor=Actor(support), notes="Hello")
        deliveries.plan_notifications.func([row.pk for row in rows(connection)])

    assert_cost_is_constant(lambda: client.get(LIST), grow, listed, at_most=12)


def test_a_manager_sends_one_again(delivery: Delivery, manager: User, console: Console) -> None:
    set_state(delivery, state="given_up", last_error="550 Who?", attempts=1, next_at=None)
    client = console(manager)
    path = f"{LIST}{delivery.pk}/send-again/"
    assert client.get(path).status_code == 200
    assert Delivery.objects.get().state == "given_up"  # asking changes nothing
    answer = client.post(path, {"_form_submitted": "on"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == page_of(delivery)
    again = Delivery.objects.get()
    assert (again.state, again.sendings, again.resent_by) == ("waiting", 2, manager)


def test_a_manager_sends_several_again(
    delivery: Delivery, connection: ServiceRequest, manager: User, console: Console
) -> None:
    notified(connection)
    Delivery.objects.update(state="given_up")
    chosen = list(Delivery.objects.values_list("pk", flat=True))
    answer = console(manager).post(
        LIST, {"action": "send_these_again", "_selected_action": chosen}, follow=True
    )
    assert "2 messages queued to send again." in answer.content.decode()
    assert set(Delivery.objects.values_list("state", "sendings")) == {("waiting", 2)}


def test_no_more_are_sent_again_than_a_bulk_run_may_have(
    delivery: Delivery,
    connection: ServiceRequest,
    manager: User,
    console: Console,
    settings: Settings,
) -> None:
    notified(connection)
    settings.BULK_LIMIT = 1
    answer = console(manager).post(
        LIST,
        {"action": "send_these_again", "_selected_action": [delivery.pk], "select_across": "1"},
        follow=True,
    )
    assert "You can select at most 1 at once. Filter the list first." in answer.content.decode()
    assert set(Delivery.objects.values_list("sendings", flat=True)) == {1}


def test_sending_again_needs_the_permission(
    delivery: Delivery, support: User, console: Console
) -> None:
    support.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client = console(support)
    assert client.get(page_of(delivery)).status_code == 200
    client.post(
        f"{LIST}{delivery.pk}/send-again/",
        {"_form_submitted": "on"},
        headers={"HX-Request": "true"},
    )
    client.post(LIST, {"action": "send_these_again", "_selected_action": [delivery.pk]})
    assert Delivery.objects.get().sendings == 1


def test_it_has_to_be_posted_with_a_token(
    delivery: Delivery, manager: User, console: Console
) -> None:
    client = console(manager, enforce_csrf_checks=True)
    assert (
        client.post(f"{LIST}{delivery.pk}/send-again/", {"_form_submitted": "on"}).status_code
        == 403
    )


# --- One's own choice
# -----------------------------------------------------------------------------------------------
def ticked(page: str) -> int:
    return len(
        [
            box
            for box in re.findall(r"<input[^>]*>", page)
            if 'name="wanted"' in box and re.search(r"\schecked(?=[\s>])", box)
        ]
    )


def test_each_member_of_the_staff_chooses_their_own_mails(support: User, console: Console) -> None:
    client = console(support)
    page = client.get(MINE).content.decode()
    assert ticked(page) == len(FOR_STAFF)
    assert f'href="{MINE}"' in page
    assert (
        client.post(MINE, {"language": "hi", "wanted": ["customer_wrote"]}, follow=True).status_code
        == 200
    )
    chosen = User.objects.get(pk=support.pk)
    assert (chosen.language, chosen.muted_notices) == (
        "hi",
        ["assigned_to_you", "returned", "report"],
    )
    assert ticked(client.get(MINE).content.decode()) == 1


def test_what_is_not_on_the_page_stays_as_it_was(support: User, console: Console) -> None:
    User.objects.filter(pk=support.pk).update(muted_notices=["replied"])
    console(support).post(MINE, {"language": "en", "wanted": list(FOR_STAFF)})
    assert User.objects.get(pk=support.pk).muted_notices == ["replied"]


def test_invalid_values_are_rejected_with_a_message(support: User, console: Console) -> None:
    answer = console(support).post(MINE, {"language": "tlh", "wanted": ["received"]})
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()
    assert User.objects.get(pk=support.pk).language == "en"


def test_customers_have_no_such_page(customer: User, console: Console) -> None:
    assert console(customer).get(MINE).status_code == 302


def test_an_account_shows_what_is_turned_off(
    customer: User, manager: User, console: Console
) -> None:
    User.objects.filter(pk=customer.pk).update(muted_notices=["replied", "on_hold"])
    page = console(manager).get(f"/admin/gasutil/user/{customer.pk}/change/").content.decode()
    assert "New message about your request, Your request is on hold" in page
    assert "English" in page
    assert not re.findall(r'id="id_(?:language|muted_notices)"', page)  # theirs alone to choose


def test_its_history_shows_what_was_turned_off(
    customer: User, manager: User, console: Console
) -> None:
    profiles.mute(customer.pk, Notice.ON_HOLD)
    profiles.update_profile(actor=Actor(customer), muted_notices=[])
    page = console(manager).get(f"/admin/gasutil/user/{customer.pk}/history/").content.decode()
    assert "Your request is on hold" in page
