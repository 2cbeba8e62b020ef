"""The calls of webhooks: their verbs, with the network lookups before and the secrets after."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from gasutil.access import Actor
from gasutil.api.framework.pagination import Key, read_page
from gasutil.errors import FieldError, Invalid, NotFound
from gasutil.models import Delivery, Webhook, WebhookState
from gasutil.workflow import webhooks

SETTABLE = ("name", "url", "events", "with_internal", "with_request")
DELIVERY_FIELDS = {
    "id": "id",
    "event": "update__event",
    "service_request": "service_request_id",
    "update": "update_id",
    "state": "state",
    "attempts": "attempts",
    "last_error": "last_error",
    "created_at": "created_at",
    "sent_at": "sent_at",
    "next_at": "next_at",
}


def create_webhook(*, actor: Actor, **fields: Any) -> Webhook:
    """Create a webhook; the response has its secret, which is shown only once."""
    webhooks.require_webhook_permission(actor, "add")
    _check_host(fields)
    return _with_secret(*webhooks.subscribe(actor=actor, **fields))


def update_webhook(pk: int, *, actor: Actor, state: str = "", **fields: Any) -> Webhook:
    """Change a webhook, or pause and resume it by its `state`."""
    webhook = _find(pk, actor, "change")
    _check_host(fields)
    if fields:
        webhook = webhooks.configure(pk, actor=actor, **fields)
    if state and (state == WebhookState.ACTIVE) is not webhook.is_active:
        move = webhooks.resume if state == WebhookState.ACTIVE else webhooks.pause
        webhook = move(pk, actor=actor)
    return webhook


def rotate_webhook_secret(pk: int, *, actor: Actor) -> Webhook:
    """Replace the secret of a webhook; both sign for 24 hours. The response has the new one."""
    return _with_secret(*webhooks.rotate_secret(pk, actor=actor))


def test_webhook(pk: int, *, actor: Actor) -> dict[str, Any]:
    """Send a test event to a webhook, once, even while it is paused."""
    delivery = webhooks.test(pk, actor=actor)
    return {name: _value(delivery, path) for name, path in DELIVERY_FIELDS.items()}


def deliveries(
    pk: int, *, actor: Actor, request: HttpRequest, cursor: str, page_size: int
) -> dict[str, Any]:
    """List what was sent to a webhook, the newest first."""
    _find(pk, actor, "view")
    page = read_page(
        Delivery.objects.filter(webhook=pk),
        list(DELIVERY_FIELDS.values()),
        key=Key("pk", "pk", descending=True),
        ordering="-id",
        cursor=cursor,
        size=page_size,
    )
    rows = [dict(zip(DELIVERY_FIELDS, row, strict=True)) for row in page.rows]
    return {"results": rows, **page.links(request)}


def _find(pk: int, actor: Actor, action: str) -> Webhook:
    webhooks.require_webhook_permission(actor, action)
    webhook = Webhook.objects.filter(pk=pk).first()
    if webhook is None:
        raise NotFound
    return webhook


def errors_with_lookup(data: Mapping[str, Any]) -> list[FieldError]:
    """Return the validation errors of a webhook, its host looked up."""
    fields = {name: value for name, value in data.items() if name in SETTABLE and value is not None}
    errors = webhooks.webhook_errors(fields)
    return errors + [
        error for error in _host_errors(fields) if "url" not in {e.field for e in errors}
    ]


def _check_host(fields: Mapping[str, Any]) -> None:
    """Raise `Invalid` for a URL whose host can't be used now; its spelling is the verb's matter."""
    if errors := _host_errors(fields):
        raise Invalid(errors)


def _host_errors(fields: Mapping[str, Any]) -> list[FieldError]:
    error = webhooks.lookup_error(fields["url"]) if fields.get("url") else ""
    return [FieldError("url", "refused", error)] if error else []


def _with_secret(webhook: Webhook, secret: str) -> Webhook:
    webhook.secret = secret  # type: ignore[attr-defined]  # for this response only
    return webhook


def _value(delivery: Delivery, path: str) -> Any:
    return None if path == "update__event" else getattr(delivery, path)
