"""The ways in which sending can fail."""

import datetime as dt

from gasutil.models import WhyNot


class PermanentFailure(Exception):
    """The other side has said no, and would say so again.

    Anything else that a channel raises is tried again later.
    """


class Skip(Exception):
    """It is not to be sent any more."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)


class Retry(Exception):
    """It has not arrived, and is tried again.

    The next attempt is after its pause, or after what the other side asks for where that is longer.
    """

    def __init__(self, why: str, wait: dt.timedelta) -> None:
        super().__init__(why)
        self.wait = wait


class Defer(Exception):
    """It is not its turn before some moment, which does not count as a try."""

    def __init__(self, at: dt.datetime, why: str) -> None:
        super().__init__(why)
        self.at = at
