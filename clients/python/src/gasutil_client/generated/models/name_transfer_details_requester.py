from enum import StrEnum


class NameTransferDetailsRequester(StrEnum):
    AGENT = "agent"
    HEIR = "heir"
    NEW_HOLDER = "new_holder"
    PRESENT_HOLDER = "present_holder"

    def __str__(self) -> str:
        return str(self.value)
