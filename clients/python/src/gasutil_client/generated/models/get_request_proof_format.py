from enum import StrEnum


class GetRequestProofFormat(StrEnum):
    JSON = "json"
    TLOG_PROOF = "tlog-proof"

    def __str__(self) -> str:
        return str(self.value)
