from enum import StrEnum


class ListStaffMembersOrdering(StrEnum):
    ID = "id"
    VALUE_1 = "-id"

    def __str__(self) -> str:
        return str(self.value)
