"""The verbs of webhooks: setting one up, its secrets, and whether it is told anything."""

import contextlib
import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.access import Actor
from gasutil.errors import Conflict, Fault, Invalid, NotAllowed, NotFound
from gasutil.models import Delivery, DeliveryChannel, Webhook, WebhookState
from gasutil.models.history import signed
from gasutil.notify import deliveries
from gasutil.webhooks import addresses, sealing

STANDING = ("state", "state_since", "state_reason", "failures", "given_up", "failing_since", "retry_at")
SEALED = ("sealed_secret", "former_sealed_secret")
OVERLAP = dt.timedelta(hours=24)  # how long a former secret still signs as well


def subscribe(*, actor: Actor, **fields: Any) -> tuple[Webhook, str]:
    """Have a URL told of events; return the webhook and its secret, which is never told again."""
    _require(actor, "add")
    secret = sealing.new_secret()
    webhook = Webhook(sealed_secret=sealing.seal(secret), created_by=actor.user, **_checked(fields))
    _save(webhook, actor, gettext_noop("Made"))
    return webhook, secret


def configure(pk: int, *, actor: Actor, **fields: Any) -> Webhook:
    """Change what a webhook is called, where it goes, and what it is told of."""
    _require(actor, "change")
    fields = _checked(fields)
    with transaction.atomic():
        webhook = _locked(pk)
        for name, value in fields.items():
            setattr(webhook, name, value)
        _save(webhook, actor, gettext_noop("Changed"), update_fields=tuple(fields))
    return webhook


def rotate_secret(pk: int, *, actor: Actor) -> tuple[Webhook, str]:
    """Sign with a new secret, and for a day with the one before it too; return the new one, which is never told again."""
    _require(actor, "change")
    secret = sealing.new_secret()
    with transaction.atomic():
        webhook = _locked(pk)
        webhook.former_sealed_secret, webhook.former_until = webhook.sealed_secret, timezone.now() + OVERLAP
        webhook.sealed_secret = sealing.seal(secret)
        _save(webhook, actor, gettext_noop("Secret rotated"), update_fields=("sealed_secret", "former_sealed_secret", "former_until"))
    return webhook, secret


def pause(pk: int, *, actor: Actor) -> Webhook:
    """Tell a webhook nothing for now; what happens meanwhile waits for it."""
    _require(actor, "change")
    with transaction.atomic():
        webhook = _locked(pk)
        if not webhook.is_active:
            raise Conflict(_("%(webhook)s is paused already.") % {"webhook": webhook})
        return _set_state(webhook, WebhookState.PAUSED, actor, gettext_noop("Paused"))


def resume(pk: int, *, actor: Actor) -> Webhook:
    """Tell a webhook again, with what has waited for it first."""
    _require(actor, "change")
    with transaction.atomic():
        webhook = _locked(pk)
        if webhook.is_active:
            raise Conflict(_("%(webhook)s is not paused.") % {"webhook": webhook})
        deliveries.hurry(Delivery.objects.filter(webhook=webhook))
        return _set_state(webhook, WebhookState.ACTIVE, actor, gettext_noop("Resumed"))


def test(pk: int, *, actor: Actor) -> Delivery:
    """Send a webhook an event that means nothing, once, even while it is paused."""
    _require(actor, "change")
    webhook = Webhook.objects.filter(pk=pk).first()
    if webhook is None:
        raise NotFound
    return deliveries.send(Delivery(channel=DeliveryChannel.WEBHOOK, webhook=webhook, address=webhook.url))


def unsubscribe(pk: int, *, actor: Actor) -> None:
    """Forget a webhook and its secrets; what it has been told stays in the log of deliveries."""
    _require(actor, "delete")
    with transaction.atomic():
        signed(_locked(pk), actor.user, gettext_noop("Removed")).delete()


def dead() -> "QuerySet[Webhook]":
    """Return the webhooks that were paused because nothing arrived."""
    return Webhook.objects.filter(state=WebhookState.DEAD)


def seal_anew() -> None:
    """Seal every secret with the server's present key, so that a former key can be given up."""
    with transaction.atomic():
        for webhook in Webhook.objects.select_for_update():
            with contextlib.suppress(sealing.Unreadable):
                kept = {name: sealing.reseal(getattr(webhook, name)) for name in SEALED if getattr(webhook, name)}
                Webhook.objects.filter(pk=webhook.pk).update(**kept)


def lookup_fault(url: str) -> str:
    """Return why a URL can't be taken as names stand now, or nothing. It asks the network: call it outside of transactions.

    Every delivery asks again, so the verbs themselves look only at what a URL says.
    """
    try:
        addresses.check(url)
    except addresses.Refused as error:
        return str(error)
    return ""


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields as they are kept; raise `Invalid`."""
    webhook, found = Webhook(**fields), []
    try:
        webhook.url = addresses.read(webhook.url).url if webhook.url else ""
    except addresses.Refused as error:
        found.append(Fault("url", "refused", str(error)))
    found += Fault.of_fields(webhook, *fields)
    if fields.get("events") == []:
        found.append(Fault("events", "required", _("Choose an event at least.")))
    if found:
        raise Invalid(found)
    return {name: getattr(webhook, name) for name in fields}


def _set_state(webhook: Webhook, state: WebhookState, actor: Actor, reason: str) -> Webhook:
    webhook.state, webhook.state_since, webhook.state_reason = state, timezone.now(), ""
    webhook.failures, webhook.given_up, webhook.failing_since, webhook.retry_at = 0, 0, None, None
    _save(webhook, actor, reason, update_fields=STANDING)
    return webhook


def _locked(pk: int) -> Webhook:
    webhook = Webhook.objects.select_for_update().filter(pk=pk).first()
    if webhook is None:
        raise NotFound
    return webhook


def _require(actor: Actor, action: str) -> None:
    if actor.user is None or not actor.user.has_perm(f"gasutil.{action}_webhook"):
        raise NotAllowed(_("Only somebody who manages webhooks can do this."))


def _save(webhook: Webhook, actor: Actor, reason: str, update_fields: tuple[str, ...] | None = None) -> None:
    signed(webhook, actor.user, reason).save(update_fields=update_fields)
