from enum import StrEnum


class GasLeakInspectionDetailsLocation(StrEnum):
    BOTH = "both"
    INSIDE = "inside"
    OUTSIDE = "outside"
    UNSURE = "unsure"

    def __str__(self) -> str:
        return str(self.value)
