from enum import StrEnum


class PressureProblemDetailsWhen(StrEnum):
    ALWAYS = "always"
    CERTAIN_TIMES = "certain_times"
    RANDOM = "random"

    def __str__(self) -> str:
        return str(self.value)
