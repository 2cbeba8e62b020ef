from enum import StrEnum


class MutedNotices(StrEnum):
    ASSIGNED = "assigned"
    ASSIGNED_TO_YOU = "assigned_to_you"
    CANCELLED = "cancelled"
    CUSTOMER_WROTE = "customer_wrote"
    ON_HOLD = "on_hold"
    REOPENED = "reopened"
    REPLIED = "replied"
    REPORT = "report"
    RESOLVED = "resolved"
    RESUMED = "resumed"
    RETURNED = "returned"

    def __str__(self) -> str:
        return str(self.value)
