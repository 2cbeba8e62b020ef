"""Notices about unverified reports of emergencies.

Their group has one notice when it starts, and one each time it doubles.
"""

import datetime as dt

from gasutil.models import ReportGroup, ServiceRequest, UnverifiedReport

PAGE_PERIOD = dt.timedelta(minutes=1)  # a group is paged once in it at most


def is_paged_by_itself(obj: ServiceRequest) -> bool:
    """Return whether escalations of a request notify supervisors.

    All do, except those of an unverified report at a place that an earlier open report of its group
    names.
    """
    report = _report_of(obj)
    if report is None:
        return True
    same_place = UnverifiedReport.objects.filter(
        group=report.group_id, place=report.place, service_request__lt=obj.pk
    )
    return not same_place.filter(service_request__is_open=True).exists()


def is_page_due(obj: ServiceRequest, now: dt.datetime) -> bool:
    """Return whether a new unverified report is a reason to page its group, and record it.

    The group is recorded as paged. Call this in the transaction that saves the notices. It locks
    the request and its group, in the order in which `workflow.engine` does; `no_key` lets further
    reports join the group at the same time.
    """
    report = _report_of(obj)
    if report is None:
        return False
    ServiceRequest.objects.select_for_update(no_key=True).get(pk=obj.pk)
    group = ReportGroup.objects.select_for_update(no_key=True).get(pk=report.group_id)
    size = group.reports.count()
    if group.acknowledged_at or size < 2 * group.paged_size:
        return False
    waits = (
        group.paged_at is not None and group.paged_at > now
    )  # a notice that is not sent yet: it will have the new number
    group.paged_size = size
    if not waits:
        group.paged_at = max(now, group.paged_at + PAGE_PERIOD) if group.paged_at else now
    group.save(update_fields=["paged_size", "paged_at"])
    return not waits


def page_at(obj: ServiceRequest) -> dt.datetime | None:
    """Return the time at which the group of a report is paged."""
    report = _report_of(obj)
    return None if report is None else report.group.paged_at


def is_acknowledged(obj: ServiceRequest) -> bool:
    """Return whether a support representative has looked at a report of the group."""
    report = _report_of(obj)
    return report is not None and report.group.acknowledged_at is not None


def numbers(obj: ServiceRequest) -> dict[str, int]:
    """Return the number of reports in a report's group, and of the places that they name."""
    reports = UnverifiedReport.objects.filter(group__reports=obj.pk)
    return {"reports": reports.count(), "places": reports.values("place").distinct().count()}


def _report_of(obj: ServiceRequest) -> UnverifiedReport | None:
    if not obj.is_unverified:
        return None
    return UnverifiedReport.objects.select_related("group").filter(service_request=obj.pk).first()
