"""The sweep that escalates missed deadlines whose alarm was lost."""

import datetime as dt
import logging

from django.utils import timezone

from gasutil.models import ServiceRequest
from gasutil.models.heartbeats import ESCALATION, Heartbeat
from gasutil.workflow import engine

logger = logging.getLogger(__name__)
ESCALATION_TIMEOUT = dt.timedelta(minutes=2)


def sweep(now: dt.datetime | None = None) -> int:
    """Escalate missed deadlines whose task was lost, and record a heartbeat.

    Return how much there was.

    A request that can't be escalated does not stop the others, but then there is no heartbeat.
    """
    count, well = 0, True
    for pk in missed_alarms(now or timezone.now()):
        try:
            count += engine.escalate(pk, now)
        except Exception:  # whatever it is, the next one may be a leak
            logger.exception("Request %s could not be escalated", pk)
            well = False
    if well:
        Heartbeat.objects.beat(ESCALATION)
    return count


def is_alive() -> bool:
    """Return whether the escalation sweep has run within two minutes."""
    return Heartbeat.objects.alive(ESCALATION, ESCALATION_TIMEOUT)


def missed_alarms(now: dt.datetime) -> list[int]:
    """Return the requests whose escalation is overdue, the oldest first."""
    return list(
        ServiceRequest.objects.filter(escalate_at__lte=now)
        .order_by("escalate_at")
        .values_list("pk", flat=True)
    )
