"""The verbs of webhooks: create, change, pause and delete them, and rotate their secrets."""

import contextlib
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil import access, sealing
from gasutil.access import REPRESENTATIVES, Actor, Role
from gasutil.errors import Conflict, FieldError, Invalid, NotFound
from gasutil.models import Delivery, DeliveryChannel, MachineScope, Webhook, WebhookState
from gasutil.models.history import signed
from gasutil.notify import deliveries
from gasutil.webhooks import addresses

STATE_FIELDS = (
    "state",
    "state_since",
    "state_reason",
    "failures",
    "given_up",
    "failing_since",
    "retry_at",
)
SEALED = ("sealed_secret", "former_sealed_secret")
OVERLAP = dt.timedelta(hours=24)  # how long a former secret still signs as well


def subscribe(*, actor: Actor, **fields: Any) -> tuple[Webhook, str]:
    """Create a webhook; return it with its secret, which is shown only once.

    Raises `NotAllowed` and `Invalid`.
    """
    require_webhook_permission(actor, "add")
    _require_reading(actor, with_request=bool(fields.get("with_request")))
    secret = sealing.new_secret()
    webhook = Webhook(sealed_secret=sealing.seal(secret), created_by=actor.user, **_checked(fields))
    _save(webhook, actor, gettext_noop("Created"))
    return webhook, secret


def configure(pk: int, *, actor: Actor, **fields: Any) -> Webhook:
    """Change the name, the URL or the events of a webhook.

    Raises `NotAllowed`, `NotFound` and `Invalid`.
    """
    require_webhook_permission(actor, "change")
    fields = _checked(fields)
    with transaction.atomic():
        webhook = _locked(pk)
        for name, value in fields.items():
            setattr(webhook, name, value)
        _require_reading(actor, with_request=webhook.with_request)
        _save(webhook, actor, gettext_noop("Changed"), update_fields=tuple(fields))
    return webhook


def rotate_secret(pk: int, *, actor: Actor) -> tuple[Webhook, str]:
    """Replace the secret; both sign for 24 hours.

    Return the new one, which is shown only once. Raises `NotAllowed` and `NotFound`.
    """
    require_webhook_permission(actor, "change")
    secret = sealing.new_secret()
    with transaction.atomic():
        webhook = _locked(pk)
        webhook.former_sealed_secret, webhook.former_until = (
            webhook.sealed_secret,
            timezone.now() + OVERLAP,
        )
        webhook.sealed_secret = sealing.seal(secret)
        _save(
            webhook,
            actor,
            gettext_noop("Secret rotated"),
            update_fields=("sealed_secret", "former_sealed_secret", "former_until"),
        )
    return webhook, secret


def pause(pk: int, *, actor: Actor) -> Webhook:
    """Pause a webhook; events are queued until it resumes.

    Raises `NotAllowed`, `NotFound` and `Conflict`.
    """
    require_webhook_permission(actor, "change")
    with transaction.atomic():
        webhook = _locked(pk)
        if not webhook.is_active:
            raise Conflict(_("%(webhook)s is already paused.") % {"webhook": webhook})
        return _set_state(webhook, WebhookState.PAUSED, actor, gettext_noop("Paused"))


def resume(pk: int, *, actor: Actor) -> Webhook:
    """Resume a webhook; queued events are sent first.

    Raises `NotAllowed`, `NotFound` and `Conflict`.
    """
    require_webhook_permission(actor, "change")
    with transaction.atomic():
        webhook = _locked(pk)
        if webhook.is_active:
            raise Conflict(_("%(webhook)s is not paused.") % {"webhook": webhook})
        deliveries.hurry(Delivery.objects.filter(webhook=webhook))
        return _set_state(webhook, WebhookState.ACTIVE, actor, gettext_noop("Resumed"))


def test(pk: int, *, actor: Actor) -> Delivery:
    """Send a test event to a webhook, once, even while it is paused."""
    require_webhook_permission(actor, "change")
    webhook = Webhook.objects.filter(pk=pk).first()
    if webhook is None:
        raise NotFound
    return deliveries.send_new(
        Delivery(channel=DeliveryChannel.WEBHOOK, webhook=webhook, address=webhook.url)
    )


def unsubscribe(pk: int, *, actor: Actor) -> None:
    """Delete a webhook and its secrets; the log of its deliveries remains.

    Raises `NotAllowed` and `NotFound`.
    """
    require_webhook_permission(actor, "delete")
    with transaction.atomic():
        signed(_locked(pk), actor.user, gettext_noop("Removed"), actor.machine).delete()


def dead() -> "QuerySet[Webhook]":
    """Return the webhooks that were paused because nothing arrived."""
    return Webhook.objects.filter(state=WebhookState.DEAD)


def seal_anew() -> None:
    """Seal every secret with the server's present key, so that a former key can be given up."""
    with transaction.atomic():
        for webhook in Webhook.objects.select_for_update():
            with contextlib.suppress(sealing.UnreadableSecret):
                stored = {
                    name: sealing.reseal(getattr(webhook, name))
                    for name in SEALED
                    if getattr(webhook, name)
                }
                Webhook.objects.filter(pk=webhook.pk).update(**stored)


def lookup_error(url: str) -> str:
    """Return why a URL can't be taken as names stand now, or nothing.

    It asks the network: call it outside of transactions.

    Every delivery asks again, so the verbs themselves look only at what a URL says.
    """
    try:
        addresses.check_url(url)
    except addresses.Refused as error:
        return str(error)
    return ""


def webhook_errors(fields: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of the fields of a webhook."""
    return _read(fields)[1]


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as they are stored; raise `Invalid`."""
    webhook, errors = _read(fields)
    if errors:
        raise Invalid(errors)
    return {name: getattr(webhook, name) for name in fields}


def _read(fields: Mapping[str, Any]) -> tuple[Webhook, list[FieldError]]:
    """Return a webhook with these fields as they are stored, and their errors."""
    webhook, errors = Webhook(**fields), []
    try:
        webhook.url = addresses.parse_url(webhook.url).url if webhook.url else ""
    except addresses.Refused as error:
        errors.append(FieldError("url", "refused", str(error)))
    errors += FieldError.of_fields(webhook, *fields)
    if fields.get("events") == []:
        errors.append(FieldError("events", "required", _("Choose at least one event.")))
    return webhook, errors


def _set_state(webhook: Webhook, state: WebhookState, actor: Actor, reason: str) -> Webhook:
    webhook.state, webhook.state_since, webhook.state_reason = state, timezone.now(), ""
    webhook.failures, webhook.given_up, webhook.failing_since, webhook.retry_at = 0, 0, None, None
    _save(webhook, actor, reason, update_fields=STATE_FIELDS)
    return webhook


def _locked(pk: int) -> Webhook:
    webhook = Webhook.objects.select_for_update().filter(pk=pk).first()
    if webhook is None:
        raise NotFound
    return webhook


def require_webhook_permission(actor: Actor, action: str) -> None:
    """Raise `PermissionRequired` unless the actor may add, change, delete or view webhooks."""
    access.require(actor, REPRESENTATIVES | {Role.MACHINE})
    access.require_permission(
        actor, f"gasutil.{action}_webhook", _("You need permission to manage webhooks.")
    )


def _require_reading(actor: Actor, *, with_request: bool) -> None:
    """Raise `InsufficientScope` for a machine account that would read requests by a webhook."""
    if with_request:
        access.require_scope(actor, MachineScope.REQUESTS_READ)


def _save(
    webhook: Webhook, actor: Actor, reason: str, update_fields: tuple[str, ...] | None = None
) -> None:
    try:
        with transaction.atomic():
            signed(webhook, actor.user, reason, actor.machine).save(update_fields=update_fields)
    except IntegrityError as error:
        text = _("Another webhook has this name.")
        raise Invalid([FieldError("name", "taken", text)]) from error
