from enum import StrEnum


class NewConnectionDetailsDocumentsItem(StrEnum):
    BUSINESS = "business"
    IDENTITY = "identity"
    LEASE = "lease"
    OWNERSHIP = "ownership"
    OWNER_LETTER = "owner_letter"

    def __str__(self) -> str:
        return str(self.value)
