from enum import StrEnum


class GasLeakInspectionDetailsFirstNoticed(StrEnum):
    BEFORE_TODAY = "before_today"
    JUST_NOW = "just_now"
    TODAY = "today"
    WITHIN_THE_HOUR = "within_the_hour"

    def __str__(self) -> str:
        return str(self.value)
