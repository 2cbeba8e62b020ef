from enum import StrEnum


class GasLeakInspectionDetailsValve(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    OUT_OF_REACH = "out_of_reach"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
