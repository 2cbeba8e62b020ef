from enum import StrEnum


class Contact(StrEnum):
    COUNTER = "counter"
    EMAIL = "email"
    LETTER = "letter"
    OTHER = "other"
    PHONE = "phone"
    WEB = "web"

    def __str__(self) -> str:
        return str(self.value)
