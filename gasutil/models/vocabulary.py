"""The words that a service request and its log are told in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a request stands; `workflow/transitions.py` says what may follow what."""

    PENDING = "pending", "Pending"
    IN_PROGRESS = "in_progress", "In progress"
    ON_HOLD = "on_hold", "On hold"
    RESOLVED = "resolved", "Resolved"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATUSES = (Status.PENDING, Status.IN_PROGRESS, Status.ON_HOLD)


class Priority(models.TextChoices):
    """How urgent a request is, the least urgent first."""

    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    EMERGENCY = "emergency", "Emergency"


class Kind(models.TextChoices):
    """What the answer to a type's question is."""

    SHORT_TEXT = "short_text", "Short text"
    LONG_TEXT = "long_text", "Long text"
    WHOLE_NUMBER = "whole_number", "Whole number"
    DECIMAL = "decimal", "Decimal number"
    YES_NO = "yes_no", "Yes or no"
    ONE_OF = "one_of", "One of several"
    SEVERAL_OF = "several_of", "Several of several"
    DATE = "date", "Date"
    DATE_TIME = "date_time", "Date and time"
    PHONE = "phone", "Telephone number"
    EMAIL = "email", "E-mail address"
    METER_READING = "meter_reading", "Meter reading"


class Effect(models.TextChoices):
    """What an open request of a type means for its customer's supply."""

    DISPUTE = "dispute", "A dispute: the customer must not be disconnected"
    DISCONNECTION = "disconnection", "A disconnection: not while there is a dispute"


class Event(models.TextChoices):
    """What happened to a service request."""

    CREATED = "request.created", "Created"
    STATUS_CHANGED = "request.status_changed", "Status changed"
    ASSIGNED = "request.assigned", "Assigned"
    PRIORITISED = "request.prioritised", "Prioritised"
    COMMENTED = "request.commented", "Commented"
    MILESTONE = "request.milestone", "Milestone"
    ESCALATED = "request.escalated", "Escalated"
    JOINED = "request.joined", "Joined to an incident"
    ATTACHED = "request.attachment_added", "File added"
    DETACHED = "request.attachment_removed", "File removed"
    LEFT = "request.left", "Taken out of an incident"


class Channel(models.TextChoices):
    """The door that a change came in by."""

    API = "api", "API"
    CONSOLE = "console", "Console"
    SYSTEM = "system", "System"


class Notice(models.TextChoices):
    """What somebody is told; each is a text in `templates/mail/`."""

    RECEIVED = "received", _("Your request has been received")
    ASSIGNED = "assigned", _("Somebody looks after your request")
    ON_HOLD = "on_hold", _("Your request is on hold")
    RESOLVED = "resolved", _("Your request is resolved")
    REOPENED = "reopened", _("Your request is open again")
    CANCELLED = "cancelled", _("Your request is cancelled")
    REPLIED = "replied", _("There is a message on your request")
    ASSIGNED_TO_YOU = "assigned_to_you", _("A request is assigned to you")
    CUSTOMER_WROTE = "customer_wrote", _("A customer writes on a request of yours")
    ESCALATED = "escalated", _("A milestone has passed unmet")
    EMAIL_CONFIRMATION = "email_confirmation", _("Your address is to be confirmed")
    PASSWORD_RESET = "password_reset", _("A new password has been asked for")


FOR_CUSTOMERS = (Notice.ASSIGNED, Notice.ON_HOLD, Notice.RESOLVED, Notice.REOPENED, Notice.CANCELLED, Notice.REPLIED)
FOR_STAFF = (Notice.ASSIGNED_TO_YOU, Notice.CUSTOMER_WROTE)
MUTABLE = FOR_CUSTOMERS + FOR_STAFF  # what a recipient may turn off; all else is essential
