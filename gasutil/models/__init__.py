"""What is stored."""

from gasutil.models.accounts import Login, User, UserType
from gasutil.models.attachments import Attachment
from gasutil.models.background import BackgroundTask, Worker
from gasutil.models.bulk import BulkRow, BulkRun, BulkVerb, Outcome
from gasutil.models.calendars import Calendar
from gasutil.models.canned_replies import CannedReply
from gasutil.models.catalogue import MilestoneLimit, RequestField, RequestType
from gasutil.models.deliveries import UNFINISHED, Deliveries, Delivery, DeliveryChannel, DeliveryState, WhyNot
from gasutil.models.exports import Export
from gasutil.models.heartbeats import Heartbeat
from gasutil.models.idempotency import IdempotencyKey
from gasutil.models.imports import Import
from gasutil.models.incidents import Incident
from gasutil.models.log import CHANGES, NEWEST_FIRST, Entry, LogRow
from gasutil.models.permissions import ServiceRequestGroupPermission, ServiceRequestUserPermission
from gasutil.models.saved_views import SavedView
from gasutil.models.service_requests import URGENT_FIRST, RequestUpdate, ServiceRequest
from gasutil.models.teams import Team
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
from gasutil.models.webhooks import Webhook, WebhookState

__all__ = [
    "CHANGES",
    "FOR_CUSTOMERS",
    "FOR_STAFF",
    "MUTABLE",
    "NEWEST_FIRST",
    "OPEN_STATUSES",
    "UNFINISHED",
    "URGENT_FIRST",
    "Attachment",
    "BackgroundTask",
    "BulkRow",
    "BulkRun",
    "BulkVerb",
    "Calendar",
    "CannedReply",
    "Channel",
    "Deliveries",
    "Delivery",
    "DeliveryChannel",
    "DeliveryState",
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
    "Notice",
    "Outcome",
    "Priority",
    "RequestField",
    "RequestType",
    "RequestUpdate",
    "SavedView",
    "ServiceRequest",
    "ServiceRequestGroupPermission",
    "ServiceRequestUserPermission",
    "Status",
    "Team",
    "User",
    "UserType",
    "Webhook",
    "WebhookState",
    "WhyNot",
    "Worker",
]
