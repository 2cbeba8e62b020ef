from enum import StrEnum


class MeterReplacementDetailsMeterLocation(StrEnum):
    BALCONY = "balcony"
    CELLAR = "cellar"
    KITCHEN = "kitchen"
    OTHER = "other"
    OUTSIDE_WALL = "outside_wall"
    STAIRWELL = "stairwell"

    def __str__(self) -> str:
        return str(self.value)
