from enum import StrEnum


class NewConnectionDetailsAppliancesItem(StrEnum):
    COMMERCIAL_KITCHEN = "commercial_kitchen"
    HEATING = "heating"
    INDUSTRIAL = "industrial"
    OTHER = "other"
    STOVE = "stove"
    WATER_HEATER = "water_heater"

    def __str__(self) -> str:
        return str(self.value)
