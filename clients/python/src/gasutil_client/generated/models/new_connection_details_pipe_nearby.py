from enum import StrEnum


class NewConnectionDetailsPipeNearby(StrEnum):
    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"

    def __str__(self) -> str:
        return str(self.value)
