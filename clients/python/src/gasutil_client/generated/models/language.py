from enum import StrEnum


class Language(StrEnum):
    EN = "en"
    HI = "hi"

    def __str__(self) -> str:
        return str(self.value)
