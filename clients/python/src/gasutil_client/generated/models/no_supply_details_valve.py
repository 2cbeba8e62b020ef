from enum import StrEnum


class NoSupplyDetailsValve(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)
