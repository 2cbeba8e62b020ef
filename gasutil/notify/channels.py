"""The channels.

A new one is a row here: its planner, its sender, and the pauses between attempts.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gasutil.models import Delivery, DeliveryChannel, ServiceRequest
from gasutil.notify import mails, webhooks
from gasutil.webhooks import circuit_breaker


@dataclass(frozen=True, kw_only=True)
class NotificationChannel:
    """One way out.

    `plan` returns what a row of the log means for it, unsaved. `send` sends one delivery, which
    must be harmless to do twice as far as it can be; it raises one of `outcomes`, or anything else
    to be called again. `queue` is the one of the background worker that sends by it.
    """

    plan: Callable[[Any, ServiceRequest], Iterable[Delivery]]
    send: Callable[[Delivery], None]
    pauses: Sequence[dt.timedelta]
    queue: str = "default"


CHANNELS: Mapping[str, NotificationChannel] = {
    DeliveryChannel.MAIL: NotificationChannel(
        plan=mails.plan,
        send=mails.send,
        pauses=[
            dt.timedelta(seconds=30),
            dt.timedelta(minutes=2),
            dt.timedelta(minutes=10),
            dt.timedelta(hours=1),
            dt.timedelta(hours=4),
            dt.timedelta(hours=8),
            dt.timedelta(hours=12),
        ],
    ),
    DeliveryChannel.WEBHOOK: NotificationChannel(
        plan=webhooks.plan,
        send=webhooks.send,
        pauses=circuit_breaker.RETRY_DELAYS,
        queue="webhooks",  # of its own: a receiver that hangs holds up no mail
    ),
}
