"""Grants: which user may see an object, and who owns it.

A grant is a row of a model's own guardian table: `view` shows the object, `change` makes its
holder an owner of it. No other module of the application uses guardian.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Model,
)
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from guardian.utils import get_user_obj_perms_model

from gasutil import statements
from gasutil.access.actors import HOLDERS, Actor, Role, anyone
from gasutil.models import (
    ServiceRequest,
    User,
)
from gasutil.statements import Given, Statement, compiled


def viewers(pks: Collection[int]) -> dict[int, set[int]]:
    """Return the ids of the customers who may see each of some requests; staff sees them anyway."""
    shown: dict[int, set[int]] = {pk: set() for pk in pks}
    grants = grants_table(ServiceRequest).objects.filter(
        content_object__in=shown, permission_id=id_of_permission(ServiceRequest, "view")
    )
    for pk, user_id in grants.values_list("content_object_id", "user_id"):
        shown[pk].add(user_id)
    return shown


def grants_on(obj: Model) -> dict[User, list[str]]:
    """Return the permissions that users have on one object, for an administrator.

    Staff need none.
    """
    held: dict[User, list[str]] = {}
    for grant in (
        grants_table(type(obj))
        .objects.filter(content_object=obj)
        .select_related("user", "permission")
        .order_by("user_id", "permission_id")
    ):
        held.setdefault(grant.user, []).append(str(grant.permission.name))
    return held


def roles_on(actor: Actor, obj: Model) -> frozenset[Role]:
    """Return the roles of the actor on one object.

    They are the actor's own role, and `OWNER` if a grant says so.
    """
    grants = grants_table(type(obj))
    if actor.role not in HOLDERS or grants is None:
        return frozenset({actor.role})
    owns = _ownership(type(obj)).read(actor=actor.id, key=obj.pk)
    return frozenset({actor.role, Role.OWNER} if owns else {actor.role})


@compiled
def _ownership(model: type[Model]) -> Statement:
    """Return the statement that finds the grant by which a user owns an object."""
    grants = grants_table(model).objects.filter(
        user_id=anyone(Role.CUSTOMER).id,
        permission_id=id_of_permission(model, "change"),
        content_object=Given("key", model._meta.pk),
    )
    return Statement(grants.values_list("pk"), is_fixed=True)


def make_owner(user: User, obj: Model) -> None:
    """Grant a user the permissions of an owner on an object."""
    grants = grants_table(type(obj))
    if grants is None:
        raise LookupError(f"{type(obj).__name__} has no table of object permissions of its own.")
    marked = {"is_owner": True} if hasattr(grants, "is_owner") else {}
    for action in ("view", "change"):
        permission_id = id_of_permission(type(obj), action)
        statements.insert_row(
            grants(user=user, permission_id=permission_id, content_object=obj, **marked)
        )


def transfer(obj: Model, former: User, user: User) -> None:
    """Make a user the owner of an object instead of its former owner."""
    grants = grants_table(type(obj))
    grants.objects.filter(content_object=obj, user__in=[former, user]).delete()
    make_owner(user, obj)


@cache
def grants_table(model: type[Model]) -> Any:
    """Return the table that grants objects of a model to users, or None.

    Guardian's generic table does not count.
    """
    table = get_user_obj_perms_model(model)  # type: ignore[arg-type]  # it takes a class as well
    return table if table._meta.get_field("content_object").related_model is model else None


@cache
def id_of_permission(model: type[Model], action: str) -> int:
    """Return the id of a model's permission, which never changes while the process lives."""
    return Permission.objects.values_list("pk", flat=True).get(
        content_type=ContentType.objects.get_for_model(model),
        codename=f"{action}_{model._meta.model_name}",
    )


@receiver(post_migrate)
def forget_permission_ids(**kwargs: Any) -> None:
    """Clear the cached ids of permissions, and the statements that contain them.

    Migrating and flushing a database create the permissions again.
    """
    id_of_permission.cache_clear()
    statements.forget()
