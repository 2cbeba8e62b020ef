from enum import StrEnum


class ThirdPartyDamageDetailsCause(StrEnum):
    DELIBERATE = "deliberate"
    DIGGING = "digging"
    FALLING_OBJECT = "falling_object"
    FIRE = "fire"
    UNSURE = "unsure"
    VEHICLE = "vehicle"

    def __str__(self) -> str:
        return str(self.value)
