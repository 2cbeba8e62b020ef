"""The rows that an actor may see, and one row to read or change."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import (
    Model,
    QuerySet,
)

from gasutil.access.actors import STAFF, TOKEN_ROLES, Actor, Role, anyone
from gasutil.access.grants import grants_table, roles_on
from gasutil.access.requirements import require
from gasutil.access.scopes import PERSONAL_SCOPES, SCOPE_PARTS, SCOPES, granted_rows
from gasutil.errors import (
    NotFound,
)
from gasutil.models import (
    Login,
    RequestUpdate,
)
from gasutil.statements import Given, Statement, compiled

M = TypeVar("M", bound=Model)


def visible_to(actor: Actor, model: type[M]) -> QuerySet[M]:
    """Return the rows of a model that the actor may see.

    Every list, detail, file and action starts from them.
    """
    rows = model._default_manager.all()
    if model in PERSONAL_SCOPES:
        return PERSONAL_SCOPES[model](actor, rows)
    return rows if actor.is_staff else SCOPES.get(model, granted_rows)(actor, rows)


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
    by_grant = not actor.is_staff and model not in SCOPES and grants_table(model) is not None
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
    result: M = obj
    return result


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
