"""What is stored."""

from gasutil.models.accounts import Login, User, UserType
from gasutil.models.attachments import Attachment
from gasutil.models.bulk import BulkRow, BulkRun, BulkVerb, Outcome
from gasutil.models.calendars import Calendar
from gasutil.models.catalogue import MilestoneLimit, RequestField, RequestType
from gasutil.models.exports import Export
from gasutil.models.heartbeats import Heartbeat
from gasutil.models.idempotency import IdempotencyKey
from gasutil.models.imports import Import
from gasutil.models.incidents import Incident
from gasutil.models.log import CHANGES, NEWEST_FIRST, Entry, LogRow
from gasutil.models.permissions import ServiceRequestGroupPermission, ServiceRequestUserPermission
from gasutil.models.service_requests import URGENT_FIRST, RequestUpdate, ServiceRequest
from gasutil.models.vocabulary import OPEN_STATUSES, Channel, Effect, Event, Kind, Priority, Status

__all__ = [
    "CHANGES",
    "NEWEST_FIRST",
    "OPEN_STATUSES",
    "URGENT_FIRST",
    "Attachment",
    "BulkRow",
    "BulkRun",
    "BulkVerb",
    "Calendar",
    "Channel",
    "Effect",
    "Entry",
    "Event",
    "Export",
    "Heartbeat",
    "IdempotencyKey",
    "Import",
    "Incident",
    "Kind",
    "LogRow",
    "Login",
    "MilestoneLimit",
    "Outcome",
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
]
