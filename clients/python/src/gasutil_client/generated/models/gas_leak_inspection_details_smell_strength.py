from enum import StrEnum


class GasLeakInspectionDetailsSmellStrength(StrEnum):
    CLEAR = "clear"
    FAINT = "faint"
    NONE = "none"
    STRONG = "strong"

    def __str__(self) -> str:
        return str(self.value)
