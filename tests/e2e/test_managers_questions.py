"""A manager answers what a regulator asks, signs off, and hands on a report, all in the console."""

import csv
import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gasutil.access import Actor
from gasutil.models import Priority, Review, ServiceRequest, User
from gasutil.workflow import requests

pytestmark = pytest.mark.e2e


@pytest.fixture
def late(db: None, customer: User, support: User) -> ServiceRequest:
    """A leak of last month whose site was reached after 80 minutes, because of a flood."""
    day = timezone.localtime().replace(day=1, hour=10, minute=0) - dt.timedelta(days=9)
    obj = requests.submit(
        actor=Actor(customer),
        request_type="gas_leak_inspection",
        description="It smells in the stairwell",
        now=day,
    )
    actor, minute = Actor(support), dt.timedelta(minutes=1)
    requests.take(obj.pk, actor=actor, now=day + 2 * minute)
    requests.record_milestone(
        obj.pk, actor=actor, milestone="made_safe", now=day + 80 * minute, notes="Valve closed"
    )
    requests.explain_breach(
        obj.pk, actor=actor, milestone="on_site", reason="weather", now=day + 90 * minute
    )
    requests.resolve(obj.pk, actor=actor, notes="Joint replaced", now=day + 95 * minute)
    return obj


@pytest.fixture
def lowered(connection: ServiceRequest, support: User) -> ServiceRequest:
    """A request that was an emergency and was lowered."""
    actor, pk = Actor(support), connection.pk
    requests.prioritise(pk, actor=actor, priority=Priority.EMERGENCY, notes="They smell gas")
    requests.prioritise(pk, actor=actor, priority=Priority.HIGH, notes="It was the drain")
    return connection


def test_it_works(
    log_in: Callable[[User], Page],
    manager: User,
    support: User,
    late: ServiceRequest,
    lowered: ServiceRequest,
) -> None:
    page = log_in(manager)
    read_who_lowered(page, lowered, support)
    find_late_leaks(page, late)
    sign_off(page, late)
    hand_on(page)


def read_who_lowered(page: Page, lowered: ServiceRequest, support: User) -> None:
    """Read who lowered the priority of an emergency, and why."""
    page.get_by_role("link", name="Change history").click()
    row = page.locator("#result_list tr", has_text="It was the drain")
    expect(row).to_contain_text(lowered.reference)
    expect(row).to_contain_text(str(support))
    expect(row).to_contain_text("High")


def find_late_leaks(page: Page, late: ServiceRequest) -> None:
    """Find the leaks of last month that were not attended in time, and for which reason."""
    page.goto("/admin/reports/breaches/")
    page.get_by_role("link", name="Last month").click()
    row = page.locator("table tbody tr", has_text="Weather or flood")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("20 min")
    row.get_by_role("link", name="1", exact=True).first.click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.get_by_role("link", name=late.reference).first.click()


def sign_off(page: Page, late: ServiceRequest) -> None:
    """Sign off the request, whose page says what was missed and why."""
    page.goto(f"/admin/gasutil/servicerequest/{late.pk}/change/")
    expect(page.locator("body")).to_contain_text("(Weather or flood)")
    page.get_by_role("link", name="Review", exact=True).or_(
        page.get_by_role("button", name="Review", exact=True)
    ).first.click()
    page.locator("#dialog").get_by_role("button", name="Review").click()
    expect(page.get_by_text(f"{late.reference} reviewed.")).to_be_visible()
    assert not Review.objects.waiting().filter(service_request=late).exists()


def hand_on(page: Page) -> None:
    """Download last month's report."""
    page.goto("/admin/reports/milestones/")
    page.get_by_role("link", name="Last month").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = {row["milestone"]: row for row in csv.DictReader(file)}
    assert (rows["on_site"]["n"], rows["on_site"]["late"]) == ("1", "1")
