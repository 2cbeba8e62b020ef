from enum import StrEnum


class ListRequestsAssignedToType1(StrEnum):
    ME = "me"
    NONE = "none"

    def __str__(self) -> str:
        return str(self.value)
