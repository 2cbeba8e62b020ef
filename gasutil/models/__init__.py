"""What is stored."""

from gasutil.models.accounts import Login, User, UserType
from gasutil.models.catalogue import RequestType
from gasutil.models.heartbeats import Heartbeat
from gasutil.models.idempotency import IdempotencyKey
from gasutil.models.log import Entry, LogRow
from gasutil.models.permissions import ServiceRequestGroupPermission, ServiceRequestUserPermission
from gasutil.models.service_requests import RequestUpdate, ServiceRequest
from gasutil.models.vocabulary import OPEN_STATUSES, Channel, Event, Priority, Status

__all__ = [
    "OPEN_STATUSES",
    "Channel",
    "Entry",
    "Event",
    "Heartbeat",
    "IdempotencyKey",
    "LogRow",
    "Login",
    "Priority",
    "RequestType",
    "RequestUpdate",
    "ServiceRequest",
    "ServiceRequestGroupPermission",
    "ServiceRequestUserPermission",
    "Status",
    "User",
    "UserType",
]
