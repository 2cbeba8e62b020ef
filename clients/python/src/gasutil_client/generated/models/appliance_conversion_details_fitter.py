from enum import StrEnum


class ApplianceConversionDetailsFitter(StrEnum):
    OURS = "ours"
    OWN = "own"

    def __str__(self) -> str:
        return str(self.value)
