from enum import StrEnum


class SafetyInspectionDetailsReason(StrEnum):
    AFTER_WORK = "after_work"
    NEW_HOME = "new_home"
    RELIGHT = "relight"
    ROUTINE = "routine"
    WORRY = "worry"

    def __str__(self) -> str:
        return str(self.value)
