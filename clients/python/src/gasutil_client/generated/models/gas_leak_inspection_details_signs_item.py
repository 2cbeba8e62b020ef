from enum import StrEnum


class GasLeakInspectionDetailsSignsItem(StrEnum):
    BLOWING_EARTH = "blowing_earth"
    CO_ALARM = "co_alarm"
    FIRE = "fire"
    GAS_ALARM = "gas_alarm"
    HISSING = "hissing"
    NEIGHBOURS = "neighbours"

    def __str__(self) -> str:
        return str(self.value)
