"""Webhooks in the console: who manages them, how a page shows a secret, and what is rejected."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from gasutil import sealing
from gasutil.access import Actor
from gasutil.errors import Conflict
from gasutil.models import (
    Delivery,
    DeliveryState,
    Event,
    RequestUpdate,
    ServiceRequest,
    User,
    Webhook,
    WebhookState,
)
from gasutil.notify import deliveries
from gasutil.webhooks import circuit_breaker
from gasutil.workflow import webhooks
from tests.support.hostile_input import NASTY
from tests.support.network import Names
from tests.support.query_counts import assert_cost_is_constant, count_of, listed

LIST = "/admin/gasutil/webhook/"
ADD = f"{LIST}add/"


def form(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Dispatch",
        "url": "https://hooks.example/desk",
        "events": ["request.created", "request.escalated"],
    } | changed


def page(webhook: Webhook, name: str = "change") -> str:
    return f"{LIST}{webhook.pk}/{name}/"


def act(client: Any, webhook: Webhook, verb: str, *, htmx: bool = True) -> Any:
    """Send the dialog of a verb."""
    address = reverse(f"admin:gasutil_webhook_{verb}", args=[webhook.pk])
    return client.post(
        address, {"_form_submitted": "on"}, headers={"HX-Request": "true"} if htmx else {}
    )


@pytest.fixture(autouse=True)
def known_names(names: Names) -> None:
    names(hooks_example=["93.184.216.34"], inner_example=["10.0.0.1"])


@pytest.fixture
def webhook(manager: User) -> Webhook:
    return webhooks.subscribe(actor=Actor(manager), **form(events=["request.created"]))[0]


def test_a_manager_sets_one_up_and_sees_its_secret_once(manager: User, console) -> None:
    client = console(manager)
    answer = client.post(ADD, form(with_internal="on"))
    assert answer.status_code == 200, answer.context["errors"]
    webhook = Webhook.objects.get()
    secret = sealing.unseal(webhook.sealed_secret)
    assert secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert (webhook.name, webhook.events, webhook.with_internal) == (
        "Dispatch",
        ["request.created", "request.escalated"],
        True,
    )
    for path in (LIST, page(webhook), page(webhook, "history"), "/admin/gasutil/servicerequest/"):
        shown = client.get(path)
        assert shown.status_code == 200, path
        for hidden in (secret.removeprefix("whsec_"), webhook.sealed_secret):
            assert hidden not in shown.content.decode(), path


@pytest.mark.parametrize("htmx", [True, False])
def test_a_rotated_secret_is_seen_once(
    htmx: bool, manager: User, console, webhook: Webhook
) -> None:
    client = console(manager)
    answer = act(client, webhook, "rotate_secret", htmx=htmx)
    webhook.refresh_from_db()
    secret = sealing.unseal(webhook.sealed_secret)
    assert answer.content.decode().count(secret) == 1
    assert "no-store" in answer.headers["Cache-Control"]
    again = client.get(page(webhook)).content.decode()
    assert secret not in again
    assert "The previous secret is also used until" in again


def test_an_error_of_rotating_appears_in_the_dialog(
    manager: User, console, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rotate(pk: int, *, actor: Actor) -> Any:
        raise Conflict("This webhook is being deleted.")

    monkeypatch.setattr(webhooks, "rotate_secret", rotate)
    response = act(console(manager), webhook, "rotate_secret")
    assert (
        response.status_code,
        "This webhook is being deleted." in response.content.decode(),
    ) == (200, True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": "http://hooks.example/"}, "url"),
        ({"url": "https://inner.example/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://root:x@hooks.example/"}, "url"),
        ({"url": ""}, "url"),
        ({"events": []}, "events"),
        ({"events": ["request.forgotten"]}, "events"),
        ({"name": ""}, "name"),
    ],
)
def test_it_rejects_invalid_values(
    changed: dict[str, Any], field: str, manager: User, console, webhook: Webhook
) -> None:
    client = console(manager)
    for path in (ADD, page(webhook)):
        answer = client.post(path, form(name="Another") | changed)
        assert list(answer.context["adminform"].form.errors) == [field], path
    assert list(Webhook.objects.values_list("name", "url")) == [
        ("Dispatch", "https://hooks.example/desk")
    ]


def test_a_name_is_taken_once(manager: User, console, webhook: Webhook) -> None:
    assert list(console(manager).post(ADD, form()).context["adminform"].form.errors) == ["name"]


def test_its_history_says_who_changed_what(manager: User, console, webhook: Webhook) -> None:
    client = console(manager)
    assert client.post(page(webhook), form(name="Field work")).status_code == 302
    act(client, webhook, "pause")
    shown = client.get(page(webhook, "history")).content.decode()
    for text in ("Field work", "Created, Escalated", "Paused", str(manager)):
        assert text in shown, text


def test_it_is_paused_and_resumed_by_posts_alone(manager: User, console, webhook: Webhook) -> None:
    client = console(manager)
    assert client.get(reverse("admin:gasutil_webhook_pause", args=[webhook.pk])).status_code == 200
    webhook.refresh_from_db()
    assert webhook.is_active
    assert act(client, webhook, "pause").headers["HX-Redirect"] == page(webhook)
    webhook.refresh_from_db()
    assert webhook.state == WebhookState.PAUSED
    shown = client.get(page(webhook)).content.decode()
    assert "This webhook is paused." in shown
    assert "is already paused" in act(client, webhook, "pause").content.decode()
    act(client, webhook, "resume")
    webhook.refresh_from_db()
    assert webhook.is_active


def test_a_forged_post_is_rejected(manager: User, console, webhook: Webhook) -> None:
    assert act(console(manager, enforce_csrf_checks=True), webhook, "pause").status_code == 403
    webhook.refresh_from_db()
    assert webhook.is_active


def test_agents_cannot_open_it(support: User, root: User, console, webhook: Webhook) -> None:
    client = console(support)
    for path in (LIST, ADD, page(webhook), page(webhook, "history")):
        assert client.get(path).status_code == 403, path
    assert client.post(ADD, form(name="Mine")).status_code == 403
    assert client.post(page(webhook), form(name="Mine")).status_code == 403
    for verb in ("pause", "resume", "rotate_secret", "send_test"):
        assert act(client, webhook, verb).status_code == 403, verb
    assert b"Webhooks" not in client.get("/admin/gasutil/servicerequest/").content
    webhook.refresh_from_db()
    assert (webhook.name, webhook.is_active, webhook.former_until) == ("Dispatch", True, None)
    for path in (LIST, ADD, page(webhook), page(webhook, "history")):
        assert console(root).get(path).status_code == 200, path


def test_an_address_that_names_none_is_not_found(manager: User, console) -> None:
    client = console(manager)
    for verb in ("pause", "resume", "rotate-secret", "test"):
        for pk in ("9", "x", "9" * 30):
            assert (
                client.post(f"{LIST}{pk}/{verb}/", {"_form_submitted": "on"}).status_code == 404
            ), (verb, pk)


def test_what_people_type_stays_text(manager: User, console, webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(
        name=NASTY[:100], state=WebhookState.DEAD, state_reason=NASTY[:300]
    )
    client = console(manager)
    for path in (LIST, page(webhook)):
        assert "<img src=x" not in client.get(path).content.decode(), path


def test_every_event_can_be_chosen(manager: User, console) -> None:
    assert console(manager).post(ADD, form(events=Event.values)).status_code == 200
    assert "All events" in console(manager).get(LIST).content.decode()


# --- Delivery log
# ----------------------------------------------------------------------------------------


@pytest.fixture
def delivery(webhook: Webhook, leak: ServiceRequest) -> Delivery:
    """A delivery that failed."""
    (row,) = RequestUpdate.objects.filter(id=leak.pk)
    deliveries.plan_notifications.call([row.pk])
    Delivery.objects.filter(webhook=webhook).update(
        state=DeliveryState.FAILED, last_error="It responded 500: <b>Oops</b>", attempts=2
    )
    return Delivery.objects.get(webhook=webhook)


def test_its_page_lists_its_deliveries(
    manager: User, console, webhook: Webhook, delivery: Delivery, leak: ServiceRequest
) -> None:
    shown = console(manager).get(page(webhook)).content.decode()
    for text in (
        "request.created",
        leak.reference,
        "2 attempts",
        "It responded 500: &lt;b&gt;Oops&lt;/b&gt;",
        "Send again",
    ):
        assert text in shown, text
    assert reverse("admin:gasutil_delivery_send_again", args=[delivery.pk]) in shown


def test_a_delivery_is_sent_again_from_there(
    manager: User, console, webhook: Webhook, delivery: Delivery
) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.GIVEN_UP)
    address = reverse("admin:gasutil_delivery_send_again", args=[delivery.pk])
    assert (
        console(manager)
        .post(address, {"_form_submitted": "on"}, headers={"HX-Request": "true"})
        .status_code
        == 200
    )
    again = Delivery.objects.get(pk=delivery.pk)
    assert (again.state, again.attempts, again.sendings, again.key) == (
        DeliveryState.WAITING,
        0,
        2,
        delivery.key,
    )


def test_the_log_of_deliveries_is_filtered_by_it(
    manager: User, console, webhook: Webhook, delivery: Delivery, leak: ServiceRequest
) -> None:
    client = console(manager)
    answer = client.get("/admin/gasutil/delivery/", {"webhook__id__exact": webhook.pk})
    assert [item.pk for item in answer.context["cl"].result_list] == [delivery.pk]
    assert "Dispatch" in answer.content.decode()
    assert (
        client.get("/admin/gasutil/delivery/").context["cl"].result_count > 1
    )  # the customer's mail


def test_a_ticket_names_the_webhook_and_not_its_url(
    support: User, console, webhook: Webhook, delivery: Delivery, leak: ServiceRequest
) -> None:
    shown = (
        console(support).get(f"/admin/gasutil/servicerequest/{leak.pk}/change/").content.decode()
    )
    assert "Webhook to Dispatch failed" in shown
    assert webhook.url not in shown


def test_a_test_is_sent_by_a_post(manager: User, console, webhook: Webhook) -> None:
    client = console(manager)
    assert act(client, webhook, "send_test").headers["HX-Redirect"] == page(webhook)
    (delivery,) = Delivery.objects.filter(webhook=webhook)
    assert (delivery.update, delivery.state) == (None, DeliveryState.WAITING)
    assert "webhook.test" in client.get(page(webhook)).content.decode()


def test_managers_are_warned_of_a_dead_one_and_agents_are_not(
    manager: User, support: User, console, webhook: Webhook
) -> None:
    circuit_breaker.die(webhook, timezone.now(), "It responded 410: the receiver was removed.")
    text = "A webhook is paused"
    assert text in console(manager).get("/admin/gasutil/servicerequest/").content.decode()
    assert text not in console(support).get("/admin/gasutil/servicerequest/").content.decode()
    shown = console(manager).get(page(webhook)).content.decode()
    assert (
        "This webhook was paused because it can&#x27;t be reached." in shown
        or "This webhook was paused because it can't be reached." in shown
    )
    assert "It responded 410: the receiver was removed." in shown


def test_the_deliveries_of_a_removed_one_stay(
    manager: User, console, webhook: Webhook, delivery: Delivery
) -> None:
    client = console(manager)
    assert client.post(page(webhook, "delete"), {"post": "yes"}).status_code == 302
    assert not Webhook.objects.exists()
    assert client.get("/admin/gasutil/delivery/").status_code == 200
    left = Delivery.objects.get(pk=delivery.pk)
    assert (left.webhook, left.address, left.recipient) == (None, webhook.url, "deleted webhook")
    assert Webhook.history.get(id=webhook.pk, history_type="-").history_user == manager


def test_the_cost_of_the_list_does_not_grow(manager: User, console, webhook: Webhook) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            name = f"Hook {Webhook.objects.count()}"
            webhooks.subscribe(actor=Actor(manager), **form(name=name, events=["request.created"]))

    assert_cost_is_constant(lambda: client.get(LIST), grow, listed, at_most=20, sizes=(1, 12))


def test_the_cost_of_a_page_does_not_grow(manager: User, console, webhook: Webhook) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            webhooks.test(webhook.pk, actor=Actor(manager))

    assert_cost_is_constant(
        lambda: client.get(page(webhook)),
        grow,
        count_of('class="webhook-line"'),
        at_most=20,
        sizes=(1, 8),
    )
