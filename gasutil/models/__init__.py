"""The database tables."""

from gasutil.models.access_reviews import AccessReview
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
from gasutil.models.group_history import HistoricalGroup
from gasutil.models.heartbeats import Heartbeat
from gasutil.models.idempotency import IdempotencyKey, ReportKey
from gasutil.models.imports import Import
from gasutil.models.incidents import Incident
from gasutil.models.installation import Installation, OrphanedFile
from gasutil.models.log import CHANGES, NEWEST_FIRST, Entry, LogRow
from gasutil.models.logins import Login
from gasutil.models.machines import MachineAccount, MachineKey, MachineScope
from gasutil.models.permissions import ServiceRequestGroupPermission, ServiceRequestUserPermission
from gasutil.models.privacy import Erasure, ErasureReason
from gasutil.models.proof import (
    Checkpoint,
    CheckpointTimestamp,
    Cosignature,
    Leaf,
    LogKey,
    LogName,
    LogStatement,
    ProofState,
    TimestampAuthority,
    TreeNode,
    Witness,
)
from gasutil.models.report_subscriptions import (
    ReportFrequency,
    ReportMailing,
    ReportSubscription,
)
from gasutil.models.reviews import Review, ReviewOutcome, ReviewReason
from gasutil.models.saved_views import SavedView, SavedViewPage
from gasutil.models.search import SearchEntry
from gasutil.models.second_factors import AuthenticatorApp, Passkey, RecoveryCode
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
    BreachReason,
    Channel,
    Contact,
    Effect,
    Event,
    HoldReason,
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
    "AccessReview",
    "AnswerKind",
    "Attachment",
    "AuthenticatorApp",
    "AuthorKind",
    "BackgroundTask",
    "Backlog",
    "BreachReason",
    "BulkRow",
    "BulkRun",
    "BulkVerb",
    "Calendar",
    "CannedReply",
    "Channel",
    "Checkpoint",
    "CheckpointTimestamp",
    "ConsoleSession",
    "Contact",
    "Cosignature",
    "Deliveries",
    "Delivery",
    "DeliveryChannel",
    "DeliveryState",
    "Effect",
    "EmailChange",
    "Entry",
    "EntryPoint",
    "Erasure",
    "ErasureReason",
    "Event",
    "EventTicket",
    "Export",
    "ExternalReference",
    "Heartbeat",
    "HistoricalGroup",
    "HoldReason",
    "IdempotencyKey",
    "Import",
    "Incident",
    "Installation",
    "Leaf",
    "LogKey",
    "LogName",
    "LogRow",
    "LogStatement",
    "Login",
    "MachineAccount",
    "MachineKey",
    "MachineScope",
    "MilestoneLimit",
    "Notice",
    "OrphanedFile",
    "Outcome",
    "Passkey",
    "Priority",
    "ProofState",
    "RecoveryCode",
    "ReportFrequency",
    "ReportGroup",
    "ReportKey",
    "ReportMailing",
    "ReportSubscription",
    "RequestField",
    "RequestType",
    "RequestUpdate",
    "Review",
    "ReviewOutcome",
    "ReviewReason",
    "SavedView",
    "SavedViewPage",
    "SearchEntry",
    "SecurityEvent",
    "SecurityEventType",
    "SecurityOutcome",
    "ServiceRequest",
    "ServiceRequestGroupPermission",
    "ServiceRequestUserPermission",
    "Status",
    "Team",
    "TimestampAuthority",
    "TreeNode",
    "UnverifiedReport",
    "User",
    "UserType",
    "Webhook",
    "WebhookState",
    "WhyNot",
    "Witness",
    "Worker",
]
