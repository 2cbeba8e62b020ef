from enum import StrEnum


class ApplianceConversionDetailsPresentFuel(StrEnum):
    LPG_CYLINDER = "lpg_cylinder"
    LPG_TANK = "lpg_tank"
    OTHER = "other"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
