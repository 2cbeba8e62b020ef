"""The words that a service request and its log are told in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a request stands; `workflow/transitions.py` says what may follow what."""

    PENDING = "pending", _("Pending")
    IN_PROGRESS = "in_progress", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STATUSES = (Status.PENDING, Status.IN_PROGRESS, Status.ON_HOLD)


class Priority(models.TextChoices):
    """How urgent a request is, the least urgent first."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    EMERGENCY = "emergency", _("Emergency")


class Kind(models.TextChoices):
    """What the answer to a type's question is."""

    SHORT_TEXT = "short_text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    WHOLE_NUMBER = "whole_number", _("Whole number")
    DECIMAL = "decimal", _("Decimal number")
    YES_NO = "yes_no", _("Yes or no")
    ONE_OF = "one_of", _("One of several")
    SEVERAL_OF = "several_of", _("Several of several")
    DATE = "date", _("Date")
    DATE_TIME = "date_time", _("Date and time")
    PHONE = "phone", _("Telephone number")
    EMAIL = "email", _("E-mail address")
    METER_READING = "meter_reading", _("Meter reading")


class Effect(models.TextChoices):
    """What an open request of a type means for its customer's supply."""

    DISPUTE = "dispute", _("A dispute: the customer must not be disconnected")
    DISCONNECTION = "disconnection", _("A disconnection: not while there is a dispute")


class Event(models.TextChoices):
    """What happened to a service request."""

    CREATED = "request.created", _("Created")
    STATUS_CHANGED = "request.status_changed", _("Status changed")
    ASSIGNED = "request.assigned", _("Assigned")
    PRIORITISED = "request.prioritised", _("Prioritised")
    RECLASSIFIED = "request.reclassified", _("Reclassified")
    COMMENTED = "request.commented", _("Commented")
    MILESTONE = "request.milestone", _("Milestone")
    ESCALATED = "request.escalated", _("Escalated")
    JOINED = "request.joined", _("Joined to an incident")
    ATTACHED = "request.attachment_added", _("File added")
    DETACHED = "request.attachment_removed", _("File removed")
    LEFT = "request.left", _("Taken out of an incident")


class Channel(models.TextChoices):
    """The door that a change came in by."""

    API = "api", _("API")
    CONSOLE = "console", _("Console")
    SYSTEM = "system", _("System")


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
