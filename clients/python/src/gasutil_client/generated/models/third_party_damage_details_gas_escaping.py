from enum import StrEnum


class ThirdPartyDamageDetailsGasEscaping(StrEnum):
    BLOWING = "blowing"
    BURNING = "burning"
    NO_SIGN = "no_sign"
    SMELL = "smell"
    UNSURE = "unsure"

    def __str__(self) -> str:
        return str(self.value)
