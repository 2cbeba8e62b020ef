"""The verbs of webhooks: who may use them, what they store, and their history."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from gasutil import sealing
from gasutil.access import SYSTEM, Actor
from gasutil.errors import Conflict, Invalid, NotAllowed, NotFound
from gasutil.models import Channel, User, Webhook, WebhookState
from gasutil.workflow import webhooks

ABOUT: dict[str, Any] = {
    "name": "Dispatch",
    "url": "https://hooks.example/desk",
    "events": ["request.created"],
    "with_internal": False,
}


def subscribe(user: User, **changed: Any) -> tuple[Webhook, str]:
    return webhooks.subscribe(actor=Actor(user, Channel.CONSOLE), **ABOUT | changed)


def test_it_works(manager: User) -> None:
    webhook, secret = subscribe(manager, url="HTTPS://Hooks.example/desk")
    webhook.refresh_from_db()
    assert (webhook.url, webhook.state, webhook.created_by) == (
        "https://hooks.example/desk",
        WebhookState.ACTIVE,
        manager,
    )
    assert sealing.unseal(webhook.sealed_secret) == secret
    assert [row.history_user for row in webhook.history.all()] == [manager]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"url": "http://hooks.example/"}, ["url"]),
        ({"url": ""}, ["url"]),
        ({"events": []}, ["events"]),
        ({"events": ["request.forgotten"]}, ["events"]),
        ({"events": "request.created"}, ["events"]),
        ({"name": ""}, ["name"]),
        ({"name": "", "url": "ftp://x/"}, ["url", "name"]),
    ],
)
def test_it_rejects_invalid_values(
    changed: dict[str, Any], fields: list[str], manager: User
) -> None:
    with pytest.raises(Invalid) as refused:
        subscribe(manager, **changed)
    assert [error.field for error in refused.value.errors] == fields
    webhook, _ = subscribe(manager)
    with pytest.raises(Invalid):
        webhooks.configure(webhook.pk, actor=Actor(manager), **changed)
    assert Webhook.objects.count() == 1


def test_configuring_changes_what_is_given_and_nothing_else(manager: User) -> None:
    webhook, secret = subscribe(manager)
    webhooks.configure(webhook.pk, actor=Actor(manager), with_internal=True)
    webhook.refresh_from_db()
    assert (webhook.name, webhook.with_internal, sealing.unseal(webhook.sealed_secret)) == (
        "Dispatch",
        True,
        secret,
    )


def test_both_secrets_are_in_force_for_a_day_after_a_rotation(manager: User) -> None:
    webhook, first = subscribe(manager)
    _, second = webhooks.rotate_secret(webhook.pk, actor=Actor(manager))
    webhook.refresh_from_db()

    def in_force(after: dt.timedelta) -> list[str]:
        return [sealing.unseal(sealed) for sealed in webhook.sealed_secrets(timezone.now() + after)]

    assert in_force(dt.timedelta(hours=23)) == [second, first]
    assert in_force(dt.timedelta(hours=25)) == [second]
    _, third = webhooks.rotate_secret(webhook.pk, actor=Actor(manager))
    webhook.refresh_from_db()
    assert in_force(dt.timedelta()) == [third, second]


def test_it_is_paused_and_resumed(manager: User) -> None:
    webhook, _ = subscribe(manager)
    assert webhooks.pause(webhook.pk, actor=Actor(manager)).state == WebhookState.PAUSED
    with pytest.raises(Conflict):
        webhooks.pause(webhook.pk, actor=Actor(manager))
    assert webhooks.resume(webhook.pk, actor=Actor(manager)).state == WebhookState.ACTIVE
    with pytest.raises(Conflict):
        webhooks.resume(webhook.pk, actor=Actor(manager))
    assert [row.history_change_reason for row in webhook.history.order_by("pk")] == [
        "Created",
        "Paused",
        "Resumed",
    ]


def test_no_secret_is_in_a_history(manager: User) -> None:
    webhook, first = subscribe(manager)
    _, second = webhooks.rotate_secret(webhook.pk, actor=Actor(manager))
    webhook.refresh_from_db()
    stored = repr(list(webhook.history.values()))
    for secret in (first, second, webhook.sealed_secret, webhook.former_sealed_secret):
        assert secret.removeprefix("whsec_") not in stored


def test_only_users_who_manage_webhooks_may(manager: User, support: User, customer: User) -> None:
    webhook, _ = subscribe(manager)
    for actor in (Actor(support), Actor(customer), Actor(None), SYSTEM):
        with pytest.raises(NotAllowed):
            webhooks.subscribe(actor=actor, **ABOUT)
        with pytest.raises(NotAllowed):
            webhooks.configure(webhook.pk, actor=actor, name="Mine")
        for verb in (webhooks.rotate_secret, webhooks.pause, webhooks.resume):
            with pytest.raises(NotAllowed):
                verb(webhook.pk, actor=actor)
    with pytest.raises(NotFound):
        webhooks.pause(webhook.pk + 1, actor=Actor(manager))


def test_a_former_server_key_can_be_removed_after_sealing_again(manager: User, settings) -> None:
    webhook, first = subscribe(manager)
    _, second = webhooks.rotate_secret(webhook.pk, actor=Actor(manager))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 8
    call_command("tidy", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    webhook.refresh_from_db()
    assert [sealing.unseal(sealed) for sealed in webhook.sealed_secrets(timezone.now())] == [
        second,
        first,
    ]


def test_a_removed_one_leaves_its_history_and_no_secret(manager: User, support: User) -> None:
    webhook, _ = subscribe(manager)
    pk = webhook.pk
    with pytest.raises(NotAllowed):
        webhooks.unsubscribe(pk, actor=Actor(support))
    webhooks.unsubscribe(pk, actor=Actor(manager))
    assert not Webhook.objects.exists()
    last = Webhook.history.filter(id=pk).order_by("-history_id")[0]
    assert (last.history_type, last.history_user, last.history_change_reason) == (
        "-",
        manager,
        "Removed",
    )
