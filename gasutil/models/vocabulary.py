"""The words that a service request and its log are told in."""

from django.db import models


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


class Event(models.TextChoices):
    """What happened to a service request."""

    CREATED = "request.created", "Created"
    STATUS_CHANGED = "request.status_changed", "Status changed"
    ASSIGNED = "request.assigned", "Assigned"
    PRIORITISED = "request.prioritised", "Prioritised"
    COMMENTED = "request.commented", "Commented"


class Channel(models.TextChoices):
    """The door that a change came in by."""

    API = "api", "API"
    CONSOLE = "console", "Console"
    SYSTEM = "system", "System"
