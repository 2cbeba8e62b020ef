from enum import StrEnum


class WebhookState(StrEnum):
    ACTIVE = "active"
    DEAD = "dead"
    PAUSED = "paused"

    def __str__(self) -> str:
        return str(self.value)
