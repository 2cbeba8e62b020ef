from enum import StrEnum


class ReconnectionDetailsReasonOff(StrEnum):
    OWN_WISH = "own_wish"
    SAFETY = "safety"
    UNKNOWN = "unknown"
    UNPAID_BILL = "unpaid_bill"

    def __str__(self) -> str:
        return str(self.value)
