from enum import StrEnum


class ThirdPartyDamageDetailsWhatWasHit(StrEnum):
    MAIN = "main"
    MARKER = "marker"
    METER = "meter"
    RISER = "riser"
    SERVICE_PIPE = "service_pipe"
    UNSURE = "unsure"

    def __str__(self) -> str:
        return str(self.value)
