"""Every mail in the language of its reader: nothing of it stays in English."""

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone, translation

from gasutil.models import (
    Backlog,
    Delivery,
    DeliveryChannel,
    EmailChange,
    Erasure,
    ErasureReason,
    Event,
    Notice,
    ReportSubscription,
    Review,
    ServiceRequest,
    User,
)
from gasutil.notify import mails, report_mails
from gasutil.workflow import engine
from tests.support.notices import rows

TEXT = "सीढ़ियों में गैस की गंध"
NAMES = {"first_name": "मीना", "last_name": "शर्मा", "address": "१२, पार्क स्ट्रीट"}
# What is the same in every language: addresses, references, time zones, the names of a call, a
# command and a file format, and the name of the utility.
SAME = re.compile(
    r"https?://\S+|/api/v1/\S+|\S+@\S+|\b[A-Z]{2,3}(-\w{3}){2,3}\b|\bIST\b|gasutil-cli proof"
    r"|\bCSV\b|\b(uid|token):.*|Gas Service Desk"
)
OF_REQUESTS = [
    notice for notice in Notice if notice not in mails.ACCOUNT and notice != Notice.BACKLOG_LATE
]


@pytest.fixture
def reader(customer: User, support: User) -> User:
    """A customer and a representative, both with an Indian name, who read Hindi."""
    User.objects.filter(pk__in=[customer.pk, support.pk]).update(language="hi", **NAMES)
    return User.objects.get(pk=support.pk)


@pytest.fixture
def hindi_leak(reader: User, leak: ServiceRequest) -> ServiceRequest:
    """The customer's leak, written in Hindi, that misses its first deadline."""
    ServiceRequest.objects.filter(pk=leak.pk).update(description=TEXT, address=NAMES["address"])
    engine.escalate(leak.pk, now=timezone.now() + dt.timedelta(hours=1))
    return ServiceRequest.objects.get(pk=leak.pk)


def english(message: EmailMessage) -> list[str]:
    """Return the English words of a mail."""
    ((html, _kind),) = message.alternatives
    body = re.sub(r"<style>.*?</style>|<[^>]+>", " ", str(html), flags=re.DOTALL)
    texts = [str(message.subject), str(message.body), unescape(body)]
    return [word for text in texts for word in re.findall(r"[A-Za-z]{2,}", SAME.sub(" ", text))]


def composed(delivery: Delivery, user: User) -> EmailMessage:
    with translation.override(user.language):
        return mails.compose(delivery, user)


def row_of(obj: ServiceRequest, notice: Notice) -> Any:
    """Return the row that a notice is about: an escalation for one, and the filing for others."""
    event = Event.ESCALATED if notice is Notice.ESCALATED else Event.CREATED
    return next(row for row in rows(obj) if row.event == event)


@pytest.mark.parametrize("notice", OF_REQUESTS)
@pytest.mark.parametrize("to_customer", [True, False])
def test_a_notice_of_a_request_is_in_hindi(
    notice: Notice, to_customer: bool, hindi_leak: ServiceRequest, reader: User
) -> None:
    user = hindi_leak.customer if to_customer else reader
    delivery = Delivery(
        service_request=hindi_leak,
        update=row_of(hindi_leak, notice),
        channel=DeliveryChannel.MAIL,
        notice=notice,
        user=user,
    )
    assert english(composed(delivery, user)) == []


@pytest.mark.parametrize("status", ["cancelled", "in_progress"])
@pytest.mark.parametrize("notice", [Notice.EMERGENCY_MESSAGE, Notice.EMERGENCY_ENDED])
def test_each_form_of_a_notice_is_in_hindi(
    notice: Notice, status: str, hindi_leak: ServiceRequest, reader: User
) -> None:
    row = row_of(hindi_leak, notice)
    for fields in (
        {"status": status, "previous_status": "resolved"},
        {"status": status, "priority": "high", "is_internal": True, "notes": TEXT},
        {"event": "request.attachment_added", "subject": "फोटो"},
    ):
        for name, value in fields.items():
            setattr(row, name, value)
        delivery = Delivery(
            service_request=hindi_leak,
            update=row,
            channel=DeliveryChannel.MAIL,
            notice=notice,
            user=reader,
        )
        assert english(composed(delivery, reader)) == []


@pytest.mark.parametrize("notice", sorted({*mails.ACCOUNT, Notice.BACKLOG_LATE} - {Notice.REPORT}))
def test_a_notice_about_an_account_or_a_queue_is_in_hindi(
    notice: Notice, hindi_leak: ServiceRequest, reader: User
) -> None:
    soon = timezone.now() + dt.timedelta(days=3)
    Backlog.objects.create(emergencies=2, others=3)
    Review.objects.create(
        service_request=hindi_leak, round=1, reason="emergency", due_at=hindi_leak.created_at
    )
    EmailChange.objects.create(user=reader, old_email=reader.email, new_email="new@example.com")
    Erasure.objects.create(user=reader, reason=ErasureReason.OWN, not_before=soon)
    ServiceRequest.objects.filter(pk=hindi_leak.pk).update(customer=reader, redaction_at=soon)
    delivery = Delivery(
        channel=DeliveryChannel.MAIL, notice=notice, user=reader, address=reader.email
    )
    if notice == Notice.BACKLOG_LATE:
        delivery.service_request = hindi_leak
        delivery.update = row_of(hindi_leak, Notice.BACKLOG_LATE)
    assert english(composed(delivery, reader)) == []


@pytest.mark.parametrize("name", sorted(report_mails.REPORTS_BY_NAME))
def test_a_report_is_in_hindi(name: str, hindi_leak: ServiceRequest, manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(language="hi", **NAMES)
    manager.refresh_from_db()
    ReportSubscription.objects.create(user=manager, report=name, frequency="weekly")
    [delivery] = report_mails.plan_due(timezone.now() + dt.timedelta(days=7))
    assert english(composed(delivery, manager)) == []
