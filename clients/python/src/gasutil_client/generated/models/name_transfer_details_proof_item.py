from enum import StrEnum


class NameTransferDetailsProofItem(StrEnum):
    CONSENT = "consent"
    DEATH_CERTIFICATE = "death_certificate"
    LEASE = "lease"
    NAME_CHANGE = "name_change"
    OTHER = "other"
    SALE_DEED = "sale_deed"

    def __str__(self) -> str:
        return str(self.value)
