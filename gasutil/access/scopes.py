"""Which rows of each model a customer may see; a model without a rule here or grants shows none.

Grants are read by a join on (user, permission, object), which stays as fast however large the
tables grow.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    FilteredRelation,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.lookups import IsNull
from django.utils import timezone

from gasutil.access.actors import HOLDERS, Actor, Role
from gasutil.access.grants import grants_table, id_of_permission
from gasutil.models import (
    Attachment,
    Login,
    RequestType,
    RequestUpdate,
    ServiceRequest,
    User,
)


def granted_rows(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Filter rows to those that a grant shows to a customer.

    Return none for other users, and for a model without such a table.
    """
    model: type[Model] = rows.model
    grants = grants_table(model)
    if actor.role not in HOLDERS or grants is None:
        return rows.none()
    relation = grants._meta.get_field("content_object").related_query_name()
    mine = Q(
        **{
            f"{relation}__user_id": actor.id,
            f"{relation}__permission_id": id_of_permission(model, "view"),
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
    grants: QuerySet[Any] = grants_table(ServiceRequest).objects.filter(
        user_id=actor.id, permission_id=id_of_permission(ServiceRequest, "view")
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
