"""The errors of a body that its types can't express, for a response that lists all at once."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.api.framework.auth import caller, injected_arguments
from gasutil.api.framework.fields import column
from gasutil.api.framework.resource import Call, Resource
from gasutil.errors import FieldError, Invalid

if TYPE_CHECKING:
    from django.db.models import ForeignKey


def check_caller(call: Call, resource: Resource | None, request: HttpRequest) -> Any:
    """Return the object of a call, or None if its path names none.

    Raise an error if the caller may not make this call, or may not act on the object: then they
    don't learn what is wrong with the body.
    """
    actor, match = caller(request), request.resolver_match
    obj = None
    if resource and match and "id" in match.kwargs:
        model, pk = resource.representation.model, match.kwargs["id"]
        obj, _roles = access.get_for_action(actor, model, pk, call.by)
    if call.permission_needed:
        access.require_permission(actor, call.permission_needed)
    return obj


def further_errors(
    call: Call, resource: Resource | None, request: HttpRequest, sound: Mapping[str, Any]
) -> list[FieldError]:
    """Return the errors that `find_errors` of the body finds in its valid fields."""
    obj = check_caller(call, resource, request)
    find_errors = call.takes.find_errors if call.takes else None
    if find_errors is None:
        return []
    named = inspect.signature(find_errors).parameters
    given = {**injected_arguments(request), "obj": obj}
    return find_errors(
        data=sound, **{name: value for name, value in given.items() if name in named}
    )


@contextmanager
def listing_all(
    call: Call,
    resource: Resource | None,
    request: HttpRequest,
    sent: Mapping[str, Any] | None,
) -> Iterator[None]:
    """Add to the errors that a verb raises those that it had not checked yet.

    `sent` is the body as it was sent, or None without one.
    """
    try:
        yield
    except Invalid as error:
        if sent is not None and call.takes and not call.takes.verb_lists_all:
            known = {problem.field for problem in error.errors}
            more = further_errors(call, resource, request, sent)
            error.errors += [problem for problem in more if problem.field not in known]
        raise


def unknown_objects(resource: Resource, given: Mapping[str, Any]) -> list[FieldError]:
    """Return the errors of filters that name an object which does not exist."""
    errors = []
    for filter_ in resource.filters:
        if not filter_.must_exist or not given.get(filter_.name):
            continue
        relation = cast("ForeignKey[Any, Any]", column(resource.representation.model, filter_.name))
        target = relation.target_field
        named = target.model._default_manager.filter(**{target.name: given[filter_.name]})
        if not named.exists():
            text = _("No such %(object)s.") % {"object": target.model._meta.verbose_name}
            errors.append(FieldError(filter_.name, filter_.must_exist, text))
    return errors
