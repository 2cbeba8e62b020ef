from enum import StrEnum


class State(StrEnum):
    FAILED = "failed"
    GIVEN_UP = "given_up"
    SENT = "sent"
    SKIPPED = "skipped"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
