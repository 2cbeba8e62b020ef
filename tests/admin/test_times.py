"""The console says when something happened, and shows when it was recorded."""

import datetime as dt
from typing import Any

from django.utils import timezone

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.console import ticket


def local(moment: dt.datetime) -> str:
    """Return a time as a browser sends it, to the minute."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def received(customer: User, support: User, ago: dt.timedelta) -> ServiceRequest:
    return requests.submit_for(
        actor=Actor(support),
        customer=customer,
        request_type="gas_leak_inspection",
        received_at=timezone.now() - ago,
    )


def met_at(obj: ServiceRequest, name: str) -> dt.datetime | None:
    obj.refresh_from_db()
    return {item.name: item.met_at for item in deadlines.milestones_of(obj)}[name]


def test_it_works(console: Any, support: User, manager: User, customer: User) -> None:
    obj = received(customer, support, dt.timedelta(hours=2))
    when = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=40)
    fields = {"milestone": "on_site", "occurred_at": local(when), "notes": "Van 7"}
    assert "HX-Redirect" in console(support).verb(obj, "record", **fields).headers
    assert met_at(obj, "on_site") == when
    page = console(support).get(ticket(obj)).content.decode()
    assert f"Happened {timezone.localtime(when):%d %b %Y, %H:%M}" in page
    assert f"Received {timezone.localtime(obj.received_at):%d %b %Y, %H:%M}" in page
    story = console(manager).get(ticket(obj, "story")).content.decode()
    assert f"Happened {timezone.localtime(when):%d %b %Y, %H:%M}" in story


def test_resolving_has_it_too(console: Any, support: User, customer: User) -> None:
    obj = received(customer, support, dt.timedelta(hours=2))
    when = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=40)
    fields = {"outcome": "made_safe", "occurred_at": local(when), "notes": "Valve closed"}
    assert "HX-Redirect" in console(support).verb(obj, "resolve", **fields).headers
    assert met_at(obj, "made_safe") == met_at(obj, "resolved") == when


def test_without_a_time_it_is_now(console: Any, support: User, leak: ServiceRequest) -> None:
    console(support).verb(leak, "record", milestone="on_site", occurred_at="")
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert row.occurred_at == row.history_date


def test_the_minute_of_the_report_is_its_time(console: Any, support: User, customer: User) -> None:
    obj = received(customer, support, dt.timedelta(minutes=10))
    fields = {"milestone": "acknowledged", "occurred_at": local(obj.began_at)}
    console(support).verb(obj, "record", **fields)
    assert met_at(obj, "acknowledged") == obj.began_at


def test_errors_are_shown_in_the_dialog(console: Any, support: User, customer: User) -> None:
    obj = received(customer, support, dt.timedelta(hours=2))
    for when, text in [
        ("noon", "Enter a date and time."),
        (local(timezone.now() + dt.timedelta(hours=1)), "This time is in the future."),
        (local(timezone.now() - dt.timedelta(hours=3)), "was received later than that"),
        (local(timezone.now() - dt.timedelta(hours=1)), "Add notes"),
    ]:
        sent = {"milestone": "on_site", "occurred_at": when}
        response = console(support).verb(obj, "record", **sent)
        assert text in response.content.decode(), when
    assert met_at(obj, "on_site") is None
