from enum import StrEnum


class EntryPoint(StrEnum):
    API = "api"
    CONSOLE = "console"
    LINK = "link"
    SYSTEM = "system"

    def __str__(self) -> str:
        return str(self.value)
