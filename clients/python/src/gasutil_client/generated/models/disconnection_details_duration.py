from enum import StrEnum


class DisconnectionDetailsDuration(StrEnum):
    PERMANENT = "permanent"
    TEMPORARY = "temporary"

    def __str__(self) -> str:
        return str(self.value)
