"""Permissions: who may see and do what.

The only module that uses django-guardian; a model without a rule here is visible to no one.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    FilteredRelation,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.lookups import IsNull
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from guardian.utils import get_user_obj_perms_model

from gasutil import statements
from gasutil.errors import (
    ApprovalRequired,
    InsufficientScope,
    NotAllowed,
    NotFound,
    PermissionRequired,
    PersonRequired,
)
from gasutil.models import (
    Attachment,
    AuthorKind,
    Channel,
    Login,
    MachineAccount,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    User,
    UserType,
)
from gasutil.statements import Given, Statement, compiled

M = TypeVar("M", bound=Model)


class Role(StrEnum):
    """Roles; the values are used in error messages.

    `OWNER` is the role of a customer on their own request. A `REPORTER` has no account: a tracking
    token gives access to one request.
    """

    STRANGER = gettext_noop("a stranger")
    CUSTOMER = gettext_noop("a customer")
    OWNER = gettext_noop("the owner")
    REPORTER = "a reporter"
    PENDING_SUPPORT = gettext_noop("an unapproved support account")
    SUPPORT = gettext_noop("support")
    MACHINE = "a machine account"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and through which channel."""

    user: User | None
    channel: Channel = Channel.API
    login_id: uuid.UUID | None = None  # of a call to the API
    machine: MachineAccount | None = None  # instead of a user
    request_id: Any = None  # the only request that a reporter has access to

    @property
    def role(self) -> Role:
        """Return the role of the actor; an inactive user is a stranger."""
        user = self.user
        if self.machine is not None:
            return Role.MACHINE
        if user is None:
            return Role.SYSTEM if self.channel == Channel.SYSTEM else Role.STRANGER
        if not user.is_active:
            return Role.STRANGER
        if user.is_superuser:
            return Role.SUPPORT
        if user.user_type == UserType.SUPPORT:
            return Role.SUPPORT if user.is_approved else Role.PENDING_SUPPORT
        return Role.CUSTOMER if self.request_id is None else Role.REPORTER

    @property
    def is_staff(self) -> bool:
        """Return whether the actor sees and works on every request."""
        return self.role in STAFF

    @property
    def id(self) -> Any:
        """Return the id of the user who acts; the system has none."""
        return None if self.user is None else self.user.pk

    @property
    def key(self) -> str:
        """Return the key under which the calls of a user or a machine account are counted."""
        return str(self.id) if self.machine is None else f"machine-{self.machine.pk}"

    def has_scope(self, scope: str) -> bool:
        """Return whether a machine account has a scope; a user needs none."""
        return self.machine is None or scope in self.machine.scopes

    @property
    def given(self) -> dict[str, Any]:
        """Return the values for the places of statements that are written for `anyone`."""
        return {"actor": self.id, "request": self.request_id}

    def is_limited_to(self, pk: int) -> bool:
        """Return whether a request is not outside of the only one of a reporter."""
        return self.request_id in (None, pk)

    @property
    def person(self) -> User:
        """Return the user who acts; raise an error for a caller without an account."""
        if self.user is None:
            raise NotAllowed(_("Log in to do this."))
        return self.user


@dataclass(frozen=True, slots=True)
class Anyone(Actor):
    """A stand-in for every actor of a role, in statements that are written once for all of them.

    Such a statement gets `Actor.given` each time it runs. So a rule that depends on more of an
    actor than the role and these values has to be a `PERSONAL_SCOPE`.
    """

    any_role: Role = Role.STRANGER

    @property
    def role(self) -> Role:
        """Return the role."""
        return self.any_role

    @property
    def id(self) -> Given:
        """Return the place of the id."""
        return Given("actor")


def anyone(role: Role) -> Anyone:
    """Return the stand-in for the actors of a role."""
    request_id = Given("request") if role is Role.REPORTER else None
    return Anyone(None, any_role=role, request_id=request_id)


STAFF = frozenset({Role.SUPPORT, Role.MACHINE, Role.SYSTEM})

REPRESENTATIVES = frozenset({Role.SUPPORT})
CUSTOMERS = frozenset({Role.CUSTOMER})
OWNER_OR_STAFF = STAFF | {Role.OWNER}
CUSTOMERS_AND_STAFF = STAFF | CUSTOMERS
# The calls that a tracking token works on, for its request.
TOKEN_ROLES = CUSTOMERS_AND_STAFF | {Role.REPORTER}
HOLDERS = frozenset({Role.CUSTOMER, Role.REPORTER})  # roles that see what grants show them
UNNAMED_ROLES = {Role.MACHINE, Role.REPORTER, Role.SYSTEM}  # roles that no message offers
ANY_ACCOUNT = frozenset({Role.CUSTOMER, Role.PENDING_SUPPORT, Role.SUPPORT})
STRANGER = Actor(None)
SYSTEM = Actor(None, Channel.SYSTEM)


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
        raise PermissionRequired(message or _("Your account can read this, but not change it."))


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


# --- Which rows
# --------------------------------------------------------------------------------------------------
# A grant is a row of a model's own guardian table: `view` shows the object, `change` makes its
# holder an owner of it. It is read by a join on (user, permission, object), which stays as fast
# however large the tables grow.


def visible_to(actor: Actor, model: type[M]) -> QuerySet[M]:
    """Return the rows of a model that the actor may see.

    Every list, detail, file and action starts from them.
    """
    rows = model._default_manager.all()
    if model in PERSONAL_SCOPES:
        return PERSONAL_SCOPES[model](actor, rows)
    return rows if actor.is_staff else SCOPES.get(model, _granted)(actor, rows)


def visible_parts(actor: Actor, model: type[Model]) -> Sequence[QuerySet[Any]]:
    """Return the rows of `visible_to` in parts. No row is in two of them.

    A page is read from the start of each part, by an index of its own, and not through the rows of
    others. SQLite can't merge such pages.
    """
    can_merge = connection.features.supports_slicing_ordering_in_compound
    if model in SCOPE_PARTS and actor.role is Role.CUSTOMER and can_merge:
        return SCOPE_PARTS[model](actor, model._default_manager.all())
    return [visible_to(actor, model)]


def id_path(actor: Actor, model: type[Model]) -> str:
    """Return the path of the ID to page by in the rows of `visible_to`.

    For a customer it is the path of the grant's own ID, which has the index.
    """
    if model is Login:
        return "number"
    by_grant = not actor.is_staff and model not in SCOPES and _grants(model) is not None
    return "granted__content_object_id" if by_grant else "pk"


def find(
    actor: Actor,
    model: type[M],
    key: int | str,
    *,
    by: str = "pk",
    lock: bool = False,
    among: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None,
) -> M:
    """Return one row that the actor may see, locked until the transaction ends if asked.

    `among` narrows the rows of the model. Raise `NotFound`.
    """
    if is_personal(model):
        rows = visible_to(actor, model).filter(**{by: key})
        obj = _locked(among(rows) if among else rows, lock).first()
    else:
        statement = _find(model, actor.role, by, lock, among)
        obj = statement.first(key=key, **actor.given)
    if obj is None:
        raise NotFound
    found: M = obj
    return found


@compiled
def _find(
    model: type[M],
    role: Role,
    by: str,
    lock: bool,
    among: Callable[[QuerySet[Any]], QuerySet[Any]] | None,
) -> Statement:
    """Return the statement that finds a row by a unique field."""
    field: Any = model._meta.pk if by == "pk" else model._meta.get_field(by)
    rows = visible_to(anyone(role), model).filter(**{by: Given("key", field)}).order_by()
    return Statement(_locked(among(rows) if among else rows, lock), is_fixed=True)


def _locked(rows: QuerySet[M], lock: bool) -> QuerySet[M]:
    return rows.select_for_update(of=("self",)) if lock else rows


def is_personal(model: type[Model]) -> bool:
    """Return whether the rows of a model depend on more of the actor than role and id.

    There is no statement for `anyone` then.
    """
    return model in PERSONAL_SCOPES


def is_list_fixed(role: Role, model: type[Model]) -> bool:
    """Return whether one index serves the list of a model by id, whatever the actor may see.

    That is so for staff, and for models whose rows have grants of their own.
    """
    return role in STAFF or model not in SCOPES


def get_for_action(
    actor: Actor, model: type[M], pk: int, allowed: frozenset[Role], *, lock: bool = False
) -> tuple[M, frozenset[Role]]:
    """Return a row for something that only some roles may do to it, and what the actor is to it.

    Raises `NotAllowed` if the actor may see no row of the model, `NotFound` if they can't see this
    one, as if it did not exist, and `NotAllowed` if they see it but have none of the roles.
    """
    require(actor, TOKEN_ROLES)
    obj = find(actor, model, pk, lock=lock)
    roles = roles_on(actor, obj)
    require(actor, allowed, roles)
    return obj, roles


def log_of(actor: Actor, pk: int | Given) -> QuerySet[Any]:
    """Return the rows of a request's history that the actor may read, oldest first.

    The actor must be able to see the request.
    """
    rows: QuerySet[Any] = RequestUpdate.objects.filter(id=pk).order_by("history_id")
    return rows if actor.is_staff else rows.filter(is_internal=False)


CUSTOMER_CHANGES = frozenset(
    {
        "status",
        "priority",
        "assigned_to",
        "request_type",
        "respond_by",
        "resolve_by",
        "resolved_at",
    }
)  # the fields of a request that a customer sees, among those that a history tracks


def redact_update(actor: Actor, update: dict[str, Any]) -> None:
    """Remove from an update what the actor may not see of it.

    A customer sees the first names of support representatives, and changes of the fields that they
    can see.
    """
    if actor.is_staff:
        return
    changes = update["changes"].items()
    update["changes"] = {name: values for name, values in changes if name in CUSTOMER_CHANGES}
    if update["author_kind"] == AuthorKind.SUPPORT:
        update["author_name"] = update["first_name"] or None


def viewers(pks: Collection[int]) -> dict[int, set[int]]:
    """Return the ids of the customers who may see each of some requests; staff sees them anyway."""
    shown: dict[int, set[int]] = {pk: set() for pk in pks}
    grants = _grants(ServiceRequest).objects.filter(
        content_object__in=shown, permission_id=_permission_id(ServiceRequest, "view")
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
        _grants(type(obj))
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
    grants = _grants(type(obj))
    if actor.role not in HOLDERS or grants is None:
        return frozenset({actor.role})
    owns = _ownership(type(obj)).read(actor=actor.id, key=obj.pk)
    return frozenset({actor.role, Role.OWNER} if owns else {actor.role})


@compiled
def _ownership(model: type[Model]) -> Statement:
    """Return the statement that finds the grant by which a user owns an object."""
    grants = _grants(model).objects.filter(
        user_id=anyone(Role.CUSTOMER).id,
        permission_id=_permission_id(model, "change"),
        content_object=Given("key", model._meta.pk),
    )
    return Statement(grants.values_list("pk"), is_fixed=True)


def make_owner(user: User, obj: Model) -> None:
    """Grant a user the permissions of an owner on an object."""
    grants = _grants(type(obj))
    if grants is None:
        raise LookupError(f"{type(obj).__name__} has no table of object permissions of its own.")
    marked = {"is_owner": True} if hasattr(grants, "is_owner") else {}
    for action in ("view", "change"):
        permission_id = _permission_id(type(obj), action)
        statements.insert_row(
            grants(user=user, permission_id=permission_id, content_object=obj, **marked)
        )


def transfer(obj: Model, former: User, user: User) -> None:
    """Make a user the owner of an object instead of its former owner."""
    grants = _grants(type(obj))
    grants.objects.filter(content_object=obj, user__in=[former, user]).delete()
    make_owner(user, obj)


@cache
def _grants(model: type[Model]) -> Any:
    """Return the table that grants objects of a model to users, or None.

    Guardian's generic table does not count.
    """
    table = get_user_obj_perms_model(model)  # type: ignore[arg-type]  # it takes a class as well
    return table if table._meta.get_field("content_object").related_model is model else None


@cache
def _permission_id(model: type[Model], action: str) -> int:
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
    _permission_id.cache_clear()
    statements.forget()


def _granted(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Filter rows to those that a grant shows to a customer.

    Return none for other users, and for a model without such a table.
    """
    model: type[Model] = rows.model
    grants = _grants(model)
    if actor.role not in HOLDERS or grants is None:
        return rows.none()
    relation = grants._meta.get_field("content_object").related_query_name()
    mine = Q(
        **{
            f"{relation}__user_id": actor.id,
            f"{relation}__permission_id": _permission_id(model, "view"),
        }
    )
    granted: QuerySet[Any] = rows.annotate(granted=FilteredRelation(relation, condition=mine))
    if actor.role is Role.REPORTER:
        only = actor.request_id if model is ServiceRequest else None
        return granted.filter(granted__content_object_id=only) if only else rows.none()
    return granted.filter(
        granted__content_object__isnull=False
    )  # asked of the index's own column, so the index is enough


def _of_visible_requests(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep the log's rows of the requests that a customer sees, without the internal ones."""
    if actor.role not in HOLDERS:
        return rows.none()
    return rows.filter(id__in=_visible_ids(actor), is_internal=False)


def _own_and_shared(actor: Actor, rows: QuerySet[Any]) -> Sequence[QuerySet[Any]]:
    """Divide the log's rows of visible requests: the customer's own, and those of others.

    A grant shows a row; `customer` and `is_owner` serve the indexes alone. The grant of an own row
    is read for each row of the page: with a join, PostgreSQL would read all rows of the customer.
    """
    rows, own = rows.filter(is_internal=False), Q(customer=actor.id)
    grants = _view_grants(actor)
    grant_of_row = grants.filter(content_object=OuterRef("id")).values("pk")[:1]
    shared = grants.filter(is_owner=False).values("content_object_id")
    return [
        rows.filter(own, IsNull(Subquery(grant_of_row), rhs=False)),
        rows.filter(~own, id__in=shared),
    ]


def _files_of_visible_requests(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep the files of the requests that a customer sees."""
    return (
        rows.filter(service_request__in=_visible_ids(actor))
        if actor.role in HOLDERS
        else rows.none()
    )


def _visible_ids(actor: Actor) -> QuerySet[Any]:
    grants = _view_grants(actor)
    if actor.role is Role.REPORTER:
        grants = grants.filter(content_object_id=actor.request_id)
    return grants.values("content_object_id")


def _view_grants(actor: Actor) -> QuerySet[Any]:
    grants: QuerySet[Any] = _grants(ServiceRequest).objects.filter(
        user_id=actor.id, permission_id=_permission_id(ServiceRequest, "view")
    )
    return grants


def _active(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(is_active=True)


def _oneself(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(pk=actor.id)


def _own_logins(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the actor's own logins, and which of them makes the call."""
    if actor.user is None:
        return rows.none()
    active = Login.objects.active(actor.user, timezone.now()).exclude(number=None)
    listed: QuerySet[Any] = active.annotate(
        is_current=ExpressionWrapper(Q(pk=actor.login_id), output_field=BooleanField())
    )
    return listed


PERSONAL_SCOPES: Mapping[type[Model], Callable[[Actor, QuerySet[Any]], QuerySet[Any]]] = {
    Login: _own_logins
}  # staff sees their own only
SCOPES: Mapping[type[Model], Callable[[Actor, QuerySet[Any]], QuerySet[Any]]] = {
    Attachment: _files_of_visible_requests,
    RequestType: _active,
    RequestUpdate: _of_visible_requests,
    User: _oneself,
}
SCOPE_PARTS: Mapping[type[Model], Callable[[Actor, QuerySet[Any]], Sequence[QuerySet[Any]]]] = {
    RequestUpdate: _own_and_shared
}


def representatives() -> QuerySet[User]:
    """Return the users that a request can be assigned to: approved and active representatives."""
    return User.objects.filter(user_type=UserType.SUPPORT, is_approved=True, is_active=True)


def is_representative(user: User) -> bool:
    """Return whether a user is one of `representatives`, without a query."""
    return user.user_type == UserType.SUPPORT and user.is_approved and user.is_active


def is_assignable(user_id: int) -> bool:
    """Return whether a user is one of `representatives` now."""
    return bool(_representative().read(key=user_id))


@compiled
def _representative() -> Statement:
    """Return the statement that finds a representative."""
    rows = representatives().filter(pk=Given("key", User._meta.pk)).order_by()
    return Statement(rows.values_list("pk"))
