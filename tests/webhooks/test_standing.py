"""Webhooks that are paused.

They pause for a while after failures in a row, and permanently after a day or several deliveries
that were given up.
"""

import datetime as dt

import pytest
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import User, Webhook, WebhookState
from gasutil.webhooks import circuit_breaker
from gasutil.workflow import webhooks

NOW = timezone.now()
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def webhook(manager: User) -> Webhook:
    return webhooks.subscribe(
        actor=Actor(manager),
        name="Dispatch",
        url="https://hooks.example/",
        events=["request.created"],
    )[0]


def test_one_or_two_failures_delay_nothing(webhook: Webhook) -> None:
    for _ in range(2):
        circuit_breaker.failed(webhook, NOW, "It responded 500.")
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since, webhook.is_active) == (2, NOW, True)
    assert circuit_breaker.take_turn(webhook, NOW) is None


def test_after_three_in_a_row_one_tries_and_the_rest_wait(webhook: Webhook) -> None:
    for _ in range(3):
        circuit_breaker.failed(webhook, NOW, "It responded 500.")
    webhook.refresh_from_db()
    assert circuit_breaker.take_turn(webhook, NOW) == NOW + MINUTE / 2
    later = NOW + MINUTE
    assert [circuit_breaker.take_turn(webhook, later) is None for _ in range(3)] == [
        True,
        False,
        False,
    ]
    circuit_breaker.failed(webhook, later, "It responded 500.")
    webhook.refresh_from_db()
    assert webhook.retry_at == later + 2 * MINUTE
    for _ in range(20):
        circuit_breaker.failed(webhook, later, "It responded 500.")
    webhook.refresh_from_db()
    assert webhook.retry_at == later + 30 * MINUTE
    circuit_breaker.succeeded(webhook, later)
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since, webhook.retry_at, webhook.succeeded_at) == (
        0,
        None,
        None,
        later,
    )
    assert circuit_breaker.take_turn(webhook, later) is None


def test_it_is_dead_after_a_day_without_a_success(webhook: Webhook) -> None:
    circuit_breaker.failed(webhook, NOW, "It responded 500.")
    circuit_breaker.failed(webhook, NOW + dt.timedelta(hours=23), "It responded 500.")
    webhook.refresh_from_db()
    assert webhook.is_active
    circuit_breaker.failed(webhook, NOW + dt.timedelta(hours=24), "It did not respond in time.")
    webhook.refresh_from_db()
    assert (webhook.state, webhook.state_reason) == (
        WebhookState.DEAD,
        "Nothing has arrived for a day. It did not respond in time.",
    )
    last = webhook.history.latest()
    assert (last.history_change_reason, last.history_user) == ("Paused automatically", None)


def test_a_success_within_the_day_keeps_it_alive(webhook: Webhook) -> None:
    for hour in range(48):
        at = NOW + dt.timedelta(hours=hour)
        (
            circuit_breaker.succeeded(webhook, at)
            if hour == 20
            else circuit_breaker.failed(webhook, at, "It responded 500.")
        )
        webhook.refresh_from_db()
        assert webhook.is_active == (hour < 21 + 24), hour


def test_it_is_dead_after_five_deliveries_given_up(webhook: Webhook) -> None:
    for _ in range(4):
        circuit_breaker.gave_up(webhook, NOW, "It responded 500.")
    circuit_breaker.succeeded(webhook, NOW)
    for _ in range(5):
        webhook.refresh_from_db()
        assert webhook.is_active
        circuit_breaker.gave_up(webhook, NOW, "It responded 500.")
    webhook.refresh_from_db()
    assert (webhook.state, webhook.state_reason) == (
        WebhookState.DEAD,
        "5 deliveries have been given up. It responded 500.",
    )


def test_a_pause_by_a_manager_stays(webhook: Webhook, manager: User) -> None:
    webhooks.pause(webhook.pk, actor=Actor(manager))
    circuit_breaker.die(webhook, NOW, "It is gone.")
    webhook.refresh_from_db()
    assert (webhook.state, webhook.state_reason) == (WebhookState.PAUSED, "")


def test_resuming_resets_the_failures(webhook: Webhook, manager: User) -> None:
    for hours in (0, 1, 25):
        circuit_breaker.failed(webhook, NOW + dt.timedelta(hours=hours), "It responded 500.")
    webhooks.resume(webhook.pk, actor=Actor(manager))
    webhook.refresh_from_db()
    assert (webhook.state, webhook.state_reason, webhook.failures, webhook.failing_since) == (
        WebhookState.ACTIVE,
        "",
        0,
        None,
    )
    assert circuit_breaker.take_turn(webhook, NOW) is None
