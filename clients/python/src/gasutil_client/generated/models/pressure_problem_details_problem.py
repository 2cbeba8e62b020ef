from enum import StrEnum


class PressureProblemDetailsProblem(StrEnum):
    HIGH = "high"
    LOW = "low"
    NOISE = "noise"
    UNSTEADY = "unsteady"

    def __str__(self) -> str:
        return str(self.value)
