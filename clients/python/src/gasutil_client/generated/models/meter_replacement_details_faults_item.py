from enum import StrEnum


class MeterReplacementDetailsFaultsItem(StrEnum):
    BLANK_DISPLAY = "blank_display"
    BROKEN = "broken"
    NOISE = "noise"
    OTHER = "other"
    RUST = "rust"
    SEAL = "seal"
    STOPPED = "stopped"

    def __str__(self) -> str:
        return str(self.value)
