"""Reports of emergencies beyond `EMERGENCY_LIMIT`: stored like all others, but paged in groups."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.crypto import salted_hmac

from gasutil.identity.throttling import RateLimit, counted_as
from gasutil.models import ReportGroup, ServiceRequest, UnverifiedReport
from gasutil.models.unverified import place_of

REPORTS = RateLimit("emergency-reports", "EMERGENCY_LIMIT", 60 * 60)
EVERYONE_FACTOR = 5
PUBLIC_REPORTS = RateLimit(
    "public-reports", "EMERGENCY_LIMIT", 60 * 60, factor=EVERYONE_FACTOR
)  # of all reporters without an account together: a flood can come from many addresses
SALT = "gasutil.report-source"


class Source(NamedTuple):
    """The source of a report.

    It has the kind (`ip`, `account`, `phone` or `public`) and the value, which is empty if it is
    not known.
    """

    kind: str
    value: str


EVERYONE = Source("public", "everyone")


def count_report(sources: Iterable[Source]) -> Source | None:
    """Count a report for each of its sources.

    Return the first source that is beyond the limit, or None.
    """
    exceeded = [
        source for source in sources if source.value and _limit_of(source).seconds_left(*source)
    ]
    return exceeded[0] if exceeded else None


def _limit_of(source: Source) -> RateLimit:
    return PUBLIC_REPORTS if source == EVERYONE else REPORTS


def group_of(source: Source, now: dt.datetime) -> ReportGroup:
    """Return the group of the reports of a source in this hour.

    Call this before the transaction of the report: a new group would make simultaneous reports wait
    for one another.
    """
    digest = salted_hmac(
        SALT, f"{source.kind}:{counted_as(source.value)}", algorithm="sha256"
    ).hexdigest()
    start = now.replace(minute=0, second=0, microsecond=0)
    return ReportGroup.objects.get_or_create(source=digest, started_at=start)[0]


def add_report(obj: ServiceRequest, group: ReportGroup) -> None:
    """Add an unverified report that has been saved to its group."""
    UnverifiedReport.objects.create(service_request=obj, group=group, place=place_of(obj))


def acknowledge(obj: ServiceRequest, now: dt.datetime) -> None:
    """Record that a support representative has looked at a report.

    Its group is not paged any more.
    """
    if obj.is_unverified:
        ReportGroup.objects.filter(reports=obj.pk, acknowledged_at=None).update(acknowledged_at=now)
