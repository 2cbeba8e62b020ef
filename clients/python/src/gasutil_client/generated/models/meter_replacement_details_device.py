from enum import StrEnum


class MeterReplacementDetailsDevice(StrEnum):
    BOTH = "both"
    METER = "meter"
    REGULATOR = "regulator"
    UNSURE = "unsure"

    def __str__(self) -> str:
        return str(self.value)
