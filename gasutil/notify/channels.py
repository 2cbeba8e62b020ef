"""The ways out. Another one is another row here: who is told by it, how one thing is sent, and how long to wait between tries."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gasutil.models import Delivery, DeliveryChannel, ServiceRequest
from gasutil.notify import mails, webhooks
from gasutil.webhooks import standing


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way out.

    `plan` returns what a row of the log means for it, unsaved. `send` sends one delivery, which must be harmless to do
    twice as far as it can be; it raises one of `outcomes`, or anything else to be called again. `queue` is the one of the
    background worker that sends by it.
    """

    plan: Callable[[Any, ServiceRequest], Iterable[Delivery]]
    send: Callable[[Delivery], None]
    pauses: Sequence[dt.timedelta]
    queue: str = "default"


CHANNELS: Mapping[str, Channel] = {
    DeliveryChannel.MAIL: Channel(
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
    DeliveryChannel.WEBHOOK: Channel(
        plan=webhooks.plan,
        send=webhooks.send,
        pauses=standing.PAUSES,
        queue="webhooks",  # of its own: a receiver that hangs holds up no mail
    ),
}
