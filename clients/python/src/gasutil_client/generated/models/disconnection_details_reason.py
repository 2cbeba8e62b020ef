from enum import StrEnum


class DisconnectionDetailsReason(StrEnum):
    BUILDING_WORK = "building_work"
    LONG_ABSENCE = "long_absence"
    MOVING_OUT = "moving_out"
    NOT_NEEDED = "not_needed"
    OTHER = "other"
    SAFETY = "safety"

    def __str__(self) -> str:
        return str(self.value)
