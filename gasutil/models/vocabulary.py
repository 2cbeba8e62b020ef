"""The choices of service requests and their history."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The statuses of a request; `workflow/transitions.py` has the transitions."""

    PENDING = "pending", _("Pending")
    IN_PROGRESS = "in_progress", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATUSES = (Status.PENDING, Status.IN_PROGRESS, Status.ON_HOLD)


class Priority(models.TextChoices):
    """Priorities, lowest first."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    EMERGENCY = "emergency", _("Emergency")


class HoldReason(models.TextChoices):
    """What a request on hold waits for."""

    CUSTOMER = "customer", _("The customer")
    PART = "part", _("A part or material")
    PERMIT = "permit", _("A permit")
    CONTRACTOR = "contractor", _("A crew or contractor")
    OTHER = "other", _("Something else")


class AnswerKind(models.TextChoices):
    """The types of answers to a question."""

    SHORT_TEXT = "short_text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    WHOLE_NUMBER = "whole_number", _("Whole number")
    DECIMAL = "decimal", _("Decimal number")
    YES_NO = "yes_no", _("Yes or no")
    ONE_OF = "one_of", _("Single choice")
    SEVERAL_OF = "several_of", _("Multiple choice")
    DATE = "date", _("Date")
    DATE_TIME = "date_time", _("Date and time")
    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("Email address")
    METER_READING = "meter_reading", _("Meter reading")


class Effect(models.TextChoices):
    """The effect of a type's open requests on the customer's supply."""

    DISPUTE = "dispute", _("Dispute: the customer must not be disconnected")
    DISCONNECTION = "disconnection", _("Disconnection: not allowed during a dispute")


class Event(models.TextChoices):
    """The events of a service request."""

    CREATED = "request.created", _("Created")
    STATUS_CHANGED = "request.status_changed", _("Status changed")
    ASSIGNED = "request.assigned", _("Assigned")
    PRIORITISED = "request.prioritised", _("Prioritised")
    RECLASSIFIED = "request.reclassified", _("Reclassified")
    CLAIMED = "request.claimed", _("Claimed by a customer")
    COMMENTED = "request.commented", _("Message or note added")
    MILESTONE = "request.milestone", _("Milestone")
    ESCALATED = "request.escalated", _("Escalated")
    JOINED = "request.joined", _("Added to incident")
    ATTACHED = "request.attachment_added", _("File added")
    DETACHED = "request.attachment_removed", _("File removed")
    LEFT = "request.left", _("Removed from incident")
    REFERENCED = "request.reference_changed", _("Reference changed")
    BREACH_EXPLAINED = "request.breach_explained", _("Reason for a missed deadline")
    REVIEWED = "request.reviewed", _("Reviewed")
    RETURNED = "request.returned", _("Returned for work")


class BreachReason(models.TextChoices):
    """Why a deadline was missed."""

    NO_ACCESS = "no_access", _("No access")
    CREW_BUSY = "crew_busy", _("No crew was free")
    WRONG_ADDRESS = "wrong_address", _("Wrong or incomplete address")
    LONG_JOURNEY = "long_journey", _("Long journey or traffic")
    WEATHER = "weather", _("Weather or flood")
    NO_PARTS = "no_parts", _("Parts or tools were missing")
    CUSTOMER = "customer", _("Waited for the customer")
    OTHERS = "others", _("Waited for an authority or a contractor")
    OUTAGE = "outage", _("System or communication outage")
    RECORDED_LATE = "recorded_late", _("Done in time, recorded late")
    OVERLOOKED = "overlooked", _("Overlooked")
    OTHER = "other", _("Another reason")


class AuthorKind(models.TextChoices):
    """Who an update comes from."""

    CUSTOMER = "customer", _("Customer")
    SUPPORT = "support", _("Support")
    INTEGRATION = "integration", _("Integration")
    SYSTEM = "system", _("System")


class Channel(models.TextChoices):
    """The way that a change came in."""

    API = "api", _("API")
    CONSOLE = "console", _("Console")
    INTEGRATION = "integration", _("Integration")
    SYSTEM = "system", _("System")


class Contact(models.TextChoices):
    """How a person reported something to support."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("Email")
    LETTER = "letter", _("Letter")
    COUNTER = "counter", _("Counter")
    WEB = "web", _("Web")
    OTHER = "other", _("Other")


class Notice(models.TextChoices):
    """The notices that people receive; each has a template in `templates/mail/`."""

    RECEIVED = "received", _("Your request has been received")
    SAFETY = "safety", _("What to do now")
    ASSIGNED = "assigned", _("Your request has been assigned")
    ON_HOLD = "on_hold", _("Your request is on hold")
    RESUMED = "resumed", _("Work on your request has resumed")
    NO_ACCESS = "no_access", _("We could not get in")
    MADE_SAFE = "made_safe", _("We have made it safe")
    NOT_A_LEAK = "not_a_leak", _("We found no leak")
    RESOLVED = "resolved", _("Your request is resolved")
    REOPENED = "reopened", _("Your request is open again")
    CANCELLED = "cancelled", _("Your request is cancelled")
    REPLIED = "replied", _("New message about your request")
    ASSIGNED_TO_YOU = "assigned_to_you", _("Request assigned to you")
    RETURNED = "returned", _("Request returned to you")
    CUSTOMER_WROTE = "customer_wrote", _("Customer replied")
    TEAM_MESSAGE = "team_message", _("Customer replied to an unassigned request")
    EMERGENCY_MESSAGE = "emergency_message", _("Customer wrote about an emergency")
    ESCALATED = "escalated", _("Deadline missed")
    EMERGENCY_ENDED = "emergency_ended", _("Emergency cancelled, lowered or reclassified")
    UNVERIFIED_REPORTS = "unverified_reports", _("Many unverified reports from one source")
    REPORT = "report", _("Report that you subscribed to")
    BACKLOG_STARTED = "backlog_started", _("Open requests now have deadlines")
    BACKLOG_LATE = "backlog_late", _("Older requests are late")
    REVIEWS_OVERDUE = "reviews_overdue", _("Reviews are overdue")
    EMAIL_CONFIRMATION = "email_confirmation", _("Confirm your email")
    EMAIL_CHANGED = "email_changed", _("Your email address has been changed")
    EMAIL_RESTORED = "email_restored", _("Your email change has been undone")
    PASSWORD_CHANGED = "password_changed", _("Your password has been changed")
    PASSWORD_RESET = "password_reset", _("Password reset requested")
    SECOND_FACTOR_SET_UP = "second_factor_set_up", _("Second factor set up")
    SECOND_FACTOR_CHANGED = "second_factor_changed", _("Second factor changed")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed")
    ERASURE_REQUESTED = "erasure_requested", _("Erasure of your data requested")
    RETENTION = "retention", _("Data of closed requests will be erased")


FOR_ANY_ADDRESS = (  # sent to an address that was never confirmed as well
    Notice.EMAIL_CONFIRMATION,
    Notice.EMAIL_CHANGED,
    Notice.EMAIL_RESTORED,
    Notice.PASSWORD_CHANGED,
    Notice.PASSWORD_RESET,
    Notice.SECOND_FACTOR_SET_UP,
    Notice.SECOND_FACTOR_CHANGED,
    Notice.SECOND_FACTOR_REMOVED,
    Notice.ERASURE_REQUESTED,
)
FOR_CUSTOMERS = (
    Notice.ASSIGNED,
    Notice.ON_HOLD,
    Notice.RESUMED,
    Notice.RESOLVED,
    Notice.REOPENED,
    Notice.CANCELLED,
    Notice.REPLIED,
)
FOR_STAFF = (Notice.ASSIGNED_TO_YOU, Notice.RETURNED, Notice.CUSTOMER_WROTE, Notice.REPORT)
# Retried until they arrive or are not needed any more.
ALARMS = (Notice.ESCALATED, Notice.EMERGENCY_ENDED, Notice.UNVERIFIED_REPORTS, Notice.BACKLOG_LATE)
MUTABLE = FOR_CUSTOMERS + FOR_STAFF  # what a recipient may turn off; all else is essential
