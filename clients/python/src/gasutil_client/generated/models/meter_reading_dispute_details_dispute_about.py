from enum import StrEnum


class MeterReadingDisputeDetailsDisputeAbout(StrEnum):
    BILL_DIFFERS = "bill_differs"
    ESTIMATED = "estimated"
    NOT_MY_METER = "not_my_meter"
    OTHER = "other"
    STOPPED = "stopped"
    TOO_FAST = "too_fast"

    def __str__(self) -> str:
        return str(self.value)
