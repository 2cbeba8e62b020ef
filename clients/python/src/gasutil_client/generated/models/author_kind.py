from enum import StrEnum


class AuthorKind(StrEnum):
    CUSTOMER = "customer"
    INTEGRATION = "integration"
    SUPPORT = "support"
    SYSTEM = "system"

    def __str__(self) -> str:
        return str(self.value)
