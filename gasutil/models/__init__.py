"""The database tables."""

from gasutil.models.accounts import EmailChange, User, UserType
from gasutil.models.attachments import Attachment
from gasutil.models.background import BackgroundTask, Worker
from gasutil.models.backlog import Backlog
from gasutil.models.bulk import BulkRow, BulkRun, BulkVerb, Outcome
from gasutil.models.calendars import Calendar
from gasutil.models.canned_replies import CannedReply
from gasutil.models.catalogue import MilestoneLimit, RequestField, RequestType
from gasutil.models.console_sessions import ConsoleSession
from gasutil.models.deliveries import (
    UNFINISHED,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
    WhyNot,
)
from gasutil.models.event_tickets import EventTicket
from gasutil.models.exports import Export
from gasutil.models.external_references import ExternalReference
from gasutil.models.heartbeats import Heartbeat
from gasutil.models.idempotency import IdempotencyKey, ReportKey
from gasutil.models.imports import Import
from gasutil.models.incidents import Incident
from gasutil.models.installation import Installation, OrphanedFile
from gasutil.models.log import CHANGES, NEWEST_FIRST, Entry, LogRow
from gasutil.models.logins import Login
from gasutil.models.machines import MachineAccount, MachineKey, MachineScope
from gasutil.models.permissions import ServiceRequestGroupPermission, ServiceRequestUserPermission
from gasutil.models.saved_views import SavedView
from gasutil.models.search import SearchEntry
from gasutil.models.security import EntryPoint, SecurityEvent, SecurityEventType, SecurityOutcome
from gasutil.models.service_requests import EMERGENCIES, URGENT_FIRST, RequestUpdate, ServiceRequest
from gasutil.models.teams import Team
from gasutil.models.unverified import ReportGroup, UnverifiedReport
from gasutil.models.vocabulary import (
    ALARMS,
    FOR_ANY_ADDRESS,
    FOR_CUSTOMERS,
    FOR_STAFF,
    MUTABLE,
    OPEN_STATUSES,
    AnswerKind,
    AuthorKind,
    Channel,
    Contact,
    Effect,
    Event,
    Notice,
    Priority,
    Status,
)
from gasutil.models.webhooks import Webhook, WebhookState

__all__ = [
    "ALARMS",
    "CHANGES",
    "EMERGENCIES",
    "FOR_ANY_ADDRESS",
    "FOR_CUSTOMERS",
    "FOR_STAFF",
    "MUTABLE",
    "NEWEST_FIRST",
    "OPEN_STATUSES",
    "UNFINISHED",
    "URGENT_FIRST",
    "AnswerKind",
    "Attachment",
    "AuthorKind",
    "BackgroundTask",
    "Backlog",
    "BulkRow",
    "BulkRun",
    "BulkVerb",
    "Calendar",
    "CannedReply",
    "Channel",
    "ConsoleSession",
    "Contact",
    "Deliveries",
    "Delivery",
    "DeliveryChannel",
    "DeliveryState",
    "Effect",
    "EmailChange",
    "Entry",
    "EntryPoint",
    "Event",
    "EventTicket",
    "Export",
    "ExternalReference",
    "Heartbeat",
    "IdempotencyKey",
    "Import",
    "Incident",
    "Installation",
    "LogRow",
    "Login",
    "MachineAccount",
    "MachineKey",
    "MachineScope",
    "MilestoneLimit",
    "Notice",
    "OrphanedFile",
    "Outcome",
    "Priority",
    "ReportGroup",
    "ReportKey",
    "RequestField",
    "RequestType",
    "RequestUpdate",
    "SavedView",
    "SearchEntry",
    "SecurityEvent",
    "SecurityEventType",
    "SecurityOutcome",
    "ServiceRequest",
    "ServiceRequestGroupPermission",
    "ServiceRequestUserPermission",
    "Status",
    "Team",
    "UnverifiedReport",
    "User",
    "UserType",
    "Webhook",
    "WebhookState",
    "WhyNot",
    "Worker",
]
