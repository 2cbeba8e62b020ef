from enum import StrEnum


class NewConnectionDetailsTenure(StrEnum):
    AGENT = "agent"
    OWNER = "owner"
    TENANT = "tenant"

    def __str__(self) -> str:
        return str(self.value)
