from enum import StrEnum


class GetReportFormat(StrEnum):
    CSV = "csv"
    JSON = "json"
    VALUE_0 = ""

    def __str__(self) -> str:
        return str(self.value)
