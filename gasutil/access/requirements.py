"""What an actor needs for a call or a verb: a role, a scope, an account, or a permission."""

from collections.abc import Collection

from django.contrib.auth.models import Group, Permission
from django.db.models import (
    Exists,
    OuterRef,
)
from django.utils.translation import gettext as _

from gasutil.access.actors import UNNAMED_ROLES, Actor, Role
from gasutil.errors import (
    ApprovalRequired,
    InsufficientScope,
    NotAllowed,
    PermissionRequired,
    PersonRequired,
)
from gasutil.models import (
    User,
)
from gasutil.statements import Given, Statement, compiled


def require(actor: Actor, allowed: frozenset[Role], roles: Collection[Role] = ()) -> None:
    """Raise `NotAllowed` unless the actor has one of the allowed roles.

    `roles` is what the actor is to some object; without it, the actor's own role counts.
    """
    roles = roles or {actor.role}
    if not set(roles).isdisjoint(allowed):
        return
    if Role.PENDING_SUPPORT in roles and Role.SUPPORT in allowed:
        raise ApprovalRequired
    params = {"roles": _(" or ").join(_(role) for role in sorted(allowed - UNNAMED_ROLES))}
    raise NotAllowed(_("Only %(roles)s can do this.") % params)


WORK = "gasutil.work_servicerequest"  # to change requests; without it, representatives read


def require_scope(actor: Actor, scope: str | None) -> None:
    """Raise `InsufficientScope` for a machine account without the scope of a call.

    A call without a scope is closed to machine accounts.
    """
    if actor.machine is not None and not (scope and actor.has_scope(scope)):
        raise InsufficientScope(scope or "")


def require_person(actor: Actor) -> None:
    """Raise `PersonRequired` for a machine account."""
    if actor.machine is not None:
        raise PersonRequired


def has_permission(actor: Actor, permission: str) -> bool:
    """Return whether `require_permission` lets the actor through."""
    if actor.role is not Role.SUPPORT or actor.person.is_superuser:
        return True
    return bool(_held_permission(permission).read(actor=actor.id))


def require_permission(actor: Actor, permission: str, message: str = "") -> None:
    """Raise `PermissionRequired` unless a representative has a permission of their roles.

    Customers need none for what is theirs, and the system needs none.
    """
    if not has_permission(actor, permission):
        text = message or _("Your account does not have the permission for this.")
        raise PermissionRequired(text)


@compiled
def _held_permission(permission: str) -> Statement:
    """Return the statement that finds a permission if a user has it, by a group or directly."""
    app, _dot, name = permission.partition(".")
    groups = Group.objects.filter(user=Given("actor"), permissions=OuterRef("pk"))
    direct = User.user_permissions.through.objects.filter(
        user=Given("actor"), permission=OuterRef("pk")
    )
    held = Permission.objects.filter(
        Exists(groups) | Exists(direct), content_type__app_label=app, codename=name
    )
    return Statement(held.order_by().values_list("pk"))
