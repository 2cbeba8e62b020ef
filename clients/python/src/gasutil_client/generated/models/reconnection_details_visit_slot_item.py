from enum import StrEnum


class ReconnectionDetailsVisitSlotItem(StrEnum):
    SATURDAY_MORNING = "saturday_morning"
    WEEKDAY_AFTERNOON = "weekday_afternoon"
    WEEKDAY_MORNING = "weekday_morning"

    def __str__(self) -> str:
        return str(self.value)
