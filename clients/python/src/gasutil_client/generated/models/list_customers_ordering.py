from enum import StrEnum


class ListCustomersOrdering(StrEnum):
    ID = "id"
    UPDATED_AT = "updated_at"
    VALUE_1 = "-id"
    VALUE_3 = "-updated_at"

    def __str__(self) -> str:
        return str(self.value)
