"""The mails of subscriptions to reports: what is due, and what a mail says.

A row for each period, which the database lets exist once, makes sure that none is sent twice.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import Actor, Role
from gasutil.models import (
    Delivery,
    DeliveryChannel,
    Notice,
    ReportFrequency,
    ReportMailing,
    ReportSubscription,
    RequestType,
    User,
    WhyNot,
)
from gasutil.notify import links
from gasutil.notify.outcomes import Skip
from gasutil.reports.catalogue import REPORTS_BY_NAME
from gasutil.reports.comparison import Comparison, compare
from gasutil.reports.csv_file import csv_of, file_name
from gasutil.reports.labels import period_title, total_text
from gasutil.reports.periods import Period, last_month, last_week
from gasutil.reports.tables import READ_REPORTS, ReportQuery, zone

LAST_WHOLE: Mapping[str, Callable[[dt.date], Period]] = {
    ReportFrequency.WEEKLY: last_week,
    ReportFrequency.MONTHLY: last_month,
}


def plan_due(now: dt.datetime) -> list[Delivery]:
    """Save a delivery for each subscription that has none for its last whole period."""
    today = now.astimezone(zone()).date()
    return [
        delivery
        for frequency, last_whole in LAST_WHOLE.items()
        for delivery in _plan(frequency, last_whole(today))
    ]


def _plan(frequency: str, period: Period) -> list[Delivery]:
    rows = ReportSubscription.objects.filter(frequency=frequency, user__is_active=True)
    due = rows.exclude(mailings__start=period.start).select_related("user")
    planned = [_plan_one(row, period) for row in due if can_read_reports(row.user)]
    return [delivery for delivery in planned if delivery]


def _plan_one(subscription: ReportSubscription, period: Period) -> Delivery | None:
    """Save the mailing and its delivery; another worker may have been faster."""
    with transaction.atomic():
        mailing, is_new = ReportMailing.objects.get_or_create(
            subscription=subscription, start=period.start, defaults={"end": period.end}
        )
        if not is_new:
            return None
        mailing.delivery = Delivery.objects.create(
            channel=DeliveryChannel.MAIL, notice=Notice.REPORT, user=subscription.user
        )
        mailing.save(update_fields=["delivery"])
    return mailing.delivery


def can_read_reports(user: User) -> bool:
    """Return whether a user is a representative who may read reports."""
    actor = Actor(user)
    return actor.role is Role.SUPPORT and access.has_permission(actor, READ_REPORTS)


def report_context(user: User, delivery: Delivery) -> dict[str, Any]:
    """Return the context of the mail of a report; raise `Skip` if it is not wanted any more."""
    if not can_read_reports(user):
        raise Skip(WhyNot.NO_REPORTS)
    mailing = (
        ReportMailing.objects.filter(delivery=delivery).select_related("subscription__team").first()
    )
    if mailing is None or mailing.subscription.report not in REPORTS_BY_NAME:
        raise Skip(WhyNot.NOT_NEEDED)
    subscription, report = mailing.subscription, REPORTS_BY_NAME[mailing.subscription.report]
    question = ReportQuery(
        start=mailing.start,
        end=mailing.end,
        now=timezone.now(),
        request_type=subscription.request_type,
        team=subscription.team_id,
    )
    comparison = compare(report, question)
    return {
        "report": report,
        "period": period_title(question.start, question.end),
        "filters": filter_texts(subscription),
        "lines": _lines(comparison),
        "attachments": [(file_name(report, question), csv_of(report, comparison.rows), "text/csv")],
        "link": _page(question, f"admin:report_{report.name}"),
    }


def filter_texts(subscription: ReportSubscription) -> list[str]:
    """Return the filters of a subscription."""
    texts = []
    if subscription.request_type:
        known = RequestType.objects.filter(code=subscription.request_type).first()
        texts.append(str(known.localised_name if known else subscription.request_type))
    if subscription.team:
        texts.append(subscription.team.name)
    return texts


def _lines(comparison: Comparison) -> list[str]:
    if not comparison.rows:
        return [_("Nothing to report in this period.")]
    return [total_text(total, has_before=True) for total in comparison.totals()]


def _page(question: ReportQuery, name: str) -> str:
    """Return the URL of the page of a report."""
    asked = {
        "from": question.start,
        "to": question.end,
        "request_type": question.request_type,
        "team": question.team or "",
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{links.absolute_url(name)}?{query}"
