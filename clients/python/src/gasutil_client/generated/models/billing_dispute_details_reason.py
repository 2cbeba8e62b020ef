from enum import StrEnum


class BillingDisputeDetailsReason(StrEnum):
    ALREADY_PAID = "already_paid"
    FEE = "fee"
    MISSING_CREDIT = "missing_credit"
    NOT_MINE = "not_mine"
    OTHER = "other"
    TARIFF = "tariff"
    TOO_HIGH = "too_high"

    def __str__(self) -> str:
        return str(self.value)
