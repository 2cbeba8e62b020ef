"""What is stored."""

from gasutil.models.accounts import Login, User, UserType
from gasutil.models.attachments import Attachment
from gasutil.models.background import BackgroundTask, Worker
from gasutil.models.calendars import Calendar
from gasutil.models.catalogue import MilestoneLimit, RequestField, RequestType
from gasutil.models.deliveries import UNFINISHED, Delivery, DeliveryChannel, DeliveryState, WhyNot
from gasutil.models.heartbeats import Heartbeat
from gasutil.models.idempotency import IdempotencyKey
from gasutil.models.incidents import Incident
from gasutil.models.log import Entry, LogRow
from gasutil.models.permissions import ServiceRequestGroupPermission, ServiceRequestUserPermission
from gasutil.models.service_requests import URGENT_FIRST, RequestUpdate, ServiceRequest
from gasutil.models.vocabulary import (
    FOR_CUSTOMERS,
    FOR_STAFF,
    MUTABLE,
    OPEN_STATUSES,
    Channel,
    Effect,
    Event,
    Kind,
    Notice,
    Priority,
    Status,
)

__all__ = [
    "FOR_CUSTOMERS",
    "FOR_STAFF",
    "MUTABLE",
    "OPEN_STATUSES",
    "UNFINISHED",
    "URGENT_FIRST",
    "Attachment",
    "BackgroundTask",
    "Calendar",
    "Channel",
    "Delivery",
    "DeliveryChannel",
    "DeliveryState",
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
    "Notice",
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
    "WhyNot",
    "Worker",
]
