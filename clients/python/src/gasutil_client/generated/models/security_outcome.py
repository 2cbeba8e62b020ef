from enum import StrEnum


class SecurityOutcome(StrEnum):
    DENIED = "denied"
    FAILURE = "failure"
    LIMITED = "limited"
    SUCCESS = "success"

    def __str__(self) -> str:
        return str(self.value)
