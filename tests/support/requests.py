"""Requests in any status, brought there by verbs alone."""

from guardian.shortcuts import assign_perm

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, Status, User
from gasutil.workflow import requests

SYSTEM = Actor(None, Channel.SYSTEM)


def file_request(
    customer: User, status: Status = Status.PENDING, *, seen_by: User | None = None
) -> ServiceRequest:
    """File a request that is no emergency and bring it to a status, by verbs alone."""
    obj = requests.submit(
        actor=Actor(customer),
        request_type="new_connection",
        description="Application for new gas connection",
    )
    if status != Status.PENDING:
        requests.update(obj.pk, actor=SYSTEM, status=status)
    if seen_by is not None:
        assign_perm("view_servicerequest", seen_by, obj)
    return ServiceRequest.objects.get(pk=obj.pk)
