from enum import StrEnum


class ThirdPartyDamageDetailsNearbyItem(StrEnum):
    BUSY_ROAD = "busy_road"
    DRAIN_OR_CELLAR = "drain_or_cellar"
    FLAME_OR_ENGINE = "flame_or_engine"
    HOMES = "homes"
    SCHOOL_OR_HOSPITAL = "school_or_hospital"

    def __str__(self) -> str:
        return str(self.value)
