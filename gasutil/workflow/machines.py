"""The verbs of machine accounts: create, change and revoke them, and rotate their keys."""

import datetime as dt
from collections.abc import Collection, Mapping
from ipaddress import ip_network
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil import access
from gasutil.access import REPRESENTATIVES, Actor, is_representative
from gasutil.errors import Conflict, FieldError, Invalid, NotFound
from gasutil.identity import machine_keys
from gasutil.models import MachineAccount, MachineKey, MachineScope
from gasutil.models.history import signed
from gasutil.workflow import intake

KEY_OVERLAP = dt.timedelta(hours=24)  # how long a former key is valid beside the new one
MAX_LIFE = dt.timedelta(days=2 * 366)
# What a person needs to give a scope away.
SCOPE_PERMISSIONS: Mapping[str, str] = {
    MachineScope.REQUESTS_WORK: access.WORK,
    MachineScope.INTAKE_CREATE: intake.SUBMIT_FOR_CUSTOMER,
    MachineScope.WEBHOOKS_MANAGE: "gasutil.change_webhook",
}


def create_machine(
    *, actor: Actor, now: dt.datetime | None = None, **fields: Any
) -> tuple[MachineAccount, str]:
    """Create a machine account; return it with its key, which is shown only once.

    Raises `NotAllowed` and `Invalid`.
    """
    _require(actor, "add")
    now = now or timezone.now()
    checked = check_fields(MachineAccount(), fields, now, actor=actor)
    account = MachineAccount(created_by=actor.user, created_at=now, **checked)
    with transaction.atomic():
        signed(account, actor.user, gettext_noop("Created")).save()
        return account, _add_key(account, now)


def change_machine(
    pk: int, *, actor: Actor, now: dt.datetime | None = None, **fields: Any
) -> MachineAccount:
    """Change a machine account. What it may no longer do ends at once.

    Raises `NotAllowed`, `NotFound`, `Conflict` and `Invalid`.
    """
    _require(actor, "change")
    with transaction.atomic():
        account = _locked(pk)
        checked = check_fields(account, fields, now or timezone.now(), actor=actor)
        for name, value in checked.items():
            setattr(account, name, value)
        signed(account, actor.user, gettext_noop("Changed")).save()
    return account


def rotate(pk: int, *, actor: Actor, now: dt.datetime | None = None) -> tuple[MachineAccount, str]:
    """Give a machine account a new key, which is shown only once.

    The key of before is valid for 24 more hours, and any older one ends at once. Raises
    `NotAllowed`, `NotFound` and `Conflict`.
    """
    _require(actor, "change")
    now = now or timezone.now()
    with transaction.atomic():
        account = _locked(pk)
        _require_scopes(actor, account.scopes)
        account.keys.exclude(expires_at=None).filter(expires_at__gt=now).update(expires_at=now)
        account.keys.filter(expires_at=None).update(expires_at=now + KEY_OVERLAP)
        signed(account, actor.user, gettext_noop("Key rotated")).save()
        return account, _add_key(account, now)


def revoke(pk: int, *, actor: Actor, now: dt.datetime | None = None) -> MachineAccount:
    """Revoke a machine account and all its keys, at once and permanently.

    Raises `NotAllowed`, `NotFound` and `Conflict`.
    """
    _require(actor, "change")
    with transaction.atomic():
        account = _locked(pk)
        account.revoked_at = now or timezone.now()
        signed(account, actor.user, gettext_noop("Revoked")).save()
    return account


def _add_key(account: MachineAccount, now: dt.datetime) -> str:
    new = machine_keys.new_key()
    MachineKey.objects.create(
        account=account, digest=new.digest, beginning=new.beginning, created_at=now
    )
    return new.key


def _locked(pk: int) -> MachineAccount:
    account = MachineAccount.objects.select_for_update().filter(pk=pk).first()
    if account is None:
        raise NotFound
    if account.revoked_at is not None:
        raise Conflict(_("%(account)s has been revoked.") % {"account": account})
    return account


def check_fields(
    account: MachineAccount, fields: Mapping[str, Any], now: dt.datetime, *, actor: Actor
) -> dict[str, Any]:
    """Return the fields of an account as they are stored.

    Raises `Invalid`, and `PermissionRequired` for a new scope that the actor could not use.
    """
    checked = dict(fields)
    errors: list[FieldError] = []
    if "networks" in fields:
        checked["networks"], errors = parse_networks(fields["networks"])
    draft = MachineAccount(pk=account.pk, **checked)
    errors += FieldError.of_fields(draft, *(name for name in checked if name != "networks"))
    errors += [*_scope_errors(fields), *_owner_errors(fields), *_expiry_errors(fields, now)]
    if "name" in fields and not any(error.field == "name" for error in errors):
        errors += _name_errors(draft)
    if errors:
        raise Invalid(errors)
    _require_scopes(actor, set(draft.scopes) - set(account.scopes))
    return {name: getattr(draft, name) for name in checked}


def parse_networks(networks: Collection[str]) -> tuple[list[str], list[FieldError]]:
    """Return networks in their usual form, and the errors of those that are none."""
    parsed, errors = [], []
    for text in networks:
        try:
            parsed.append(str(ip_network(text.strip())))
        except ValueError:
            message = _("“%(text)s” is not an IP address or network.") % {"text": text}
            errors.append(FieldError("networks", "invalid_network", message, {"text": text}))
    return list(dict.fromkeys(parsed)), errors


def _scope_errors(fields: Mapping[str, Any]) -> list[FieldError]:
    if fields.get("scopes") == []:
        return [FieldError("scopes", "required", _("Choose at least one scope."))]
    return []


def _owner_errors(fields: Mapping[str, Any]) -> list[FieldError]:
    if "owner" in fields and not is_representative(fields["owner"]):
        message = _("This is not an approved support representative.")
        return [FieldError("owner", "not_a_representative", message)]
    return []


def _expiry_errors(fields: Mapping[str, Any], now: dt.datetime) -> list[FieldError]:
    expires_at = fields.get("expires_at")
    if expires_at is None or now < expires_at <= now + MAX_LIFE:
        return []
    message = _("Choose a time in the next two years.")
    return [FieldError("expires_at", "out_of_range", message)]


def _name_errors(draft: MachineAccount) -> list[FieldError]:
    if MachineAccount.objects.filter(name=draft.name).exclude(pk=draft.pk).exists():
        return [FieldError("name", "unique", _("This name is already taken."))]
    return []


def _require(actor: Actor, action: str) -> None:
    access.require(actor, REPRESENTATIVES)
    access.require_permission(
        actor,
        f"gasutil.{action}_machineaccount",
        _("You need permission to manage machine accounts."),
    )


def _require_scopes(actor: Actor, scopes: Collection[str]) -> None:
    """Raise `PermissionRequired` for a scope that the actor could not use themselves."""
    for scope in scopes:
        if scope in SCOPE_PERMISSIONS:
            access.require_permission(
                actor,
                SCOPE_PERMISSIONS[scope],
                _("You can't give the scope %(scope)s, because you lack the permission.")
                % {"scope": scope},
            )
