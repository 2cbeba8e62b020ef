"""The ways in which sending can fail."""

import datetime as dt

from gasutil.models import WhyNot


class PermanentFailure(Exception):
    """The recipient's server rejected it, and would reject it again.

    Anything else that a channel raises is tried again later.
    """


class Skip(Exception):
    """The delivery is no longer needed."""

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
    """The delivery has to wait, which does not count as an attempt."""

    def __init__(self, at: dt.datetime, why: str) -> None:
        super().__init__(why)
        self.at = at
