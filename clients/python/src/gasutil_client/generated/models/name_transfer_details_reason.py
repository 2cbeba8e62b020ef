from enum import StrEnum


class NameTransferDetailsReason(StrEnum):
    BUSINESS = "business"
    INHERITANCE = "inheritance"
    OWN_NAME = "own_name"
    SALE = "sale"
    TENANCY = "tenancy"

    def __str__(self) -> str:
        return str(self.value)
