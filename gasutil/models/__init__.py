"""What is stored."""

from gasutil.models.accounts import Login, User, UserType
from gasutil.models.attachments import Attachment
from gasutil.models.background import BackgroundTask, Worker
from gasutil.models.calendars import Calendar
from gasutil.models.catalogue import MilestoneLimit, RequestField, RequestType
from gasutil.models.heartbeats import Heartbeat
from gasutil.models.idempotency import IdempotencyKey
from gasutil.models.incidents import Incident
from gasutil.models.log import Entry, LogRow
from gasutil.models.permissions import ServiceRequestGroupPermission, ServiceRequestUserPermission
from gasutil.models.service_requests import URGENT_FIRST, RequestUpdate, ServiceRequest
from gasutil.models.vocabulary import OPEN_STATUSES, Channel, Effect, Event, Kind, Priority, Status

__all__ = [
    "OPEN_STATUSES",
    "URGENT_FIRST",
    "Attachment",
    "BackgroundTask",
    "Calendar",
    "Channel",
    "Effect",
    "Entry",
    "Event",
    "Heartbeat",
    "IdempotencyKey",
    "Incident",
    "Kind",
    "LogRow",
    "Login",
    "MilestoneLimit",
    "Priority",
    "RequestField",
    "RequestType",
    "RequestUpdate",
    "ServiceRequest",
    "ServiceRequestGroupPermission",
    "ServiceRequestUserPermission",
    "Status",
    "User",
    "UserType",
    "Worker",
]
