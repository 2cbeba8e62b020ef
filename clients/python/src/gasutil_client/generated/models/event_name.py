from enum import StrEnum


class EventName(StrEnum):
    REQUEST_ASSIGNED = "request.assigned"
    REQUEST_ATTACHMENT_ADDED = "request.attachment_added"
    REQUEST_ATTACHMENT_REMOVED = "request.attachment_removed"
    REQUEST_BREACH_EXPLAINED = "request.breach_explained"
    REQUEST_CLAIMED = "request.claimed"
    REQUEST_COMMENTED = "request.commented"
    REQUEST_CREATED = "request.created"
    REQUEST_ESCALATED = "request.escalated"
    REQUEST_JOINED = "request.joined"
    REQUEST_LEFT = "request.left"
    REQUEST_MILESTONE = "request.milestone"
    REQUEST_PRIORITISED = "request.prioritised"
    REQUEST_RECLASSIFIED = "request.reclassified"
    REQUEST_REFERENCE_CHANGED = "request.reference_changed"
    REQUEST_RETURNED = "request.returned"
    REQUEST_REVIEWED = "request.reviewed"
    REQUEST_STATUS_CHANGED = "request.status_changed"

    def __str__(self) -> str:
        return str(self.value)
