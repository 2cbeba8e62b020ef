"""How sending something may end, other than well."""

from gasutil.models import WhyNot


class Refused(Exception):
    """The other side has said no, and would say so again; anything else that a channel raises is tried again later."""


class Unwanted(Exception):
    """It is not to be sent any more."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
