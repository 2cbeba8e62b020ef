"""Alarms on every page, and a notice when a page is out of date."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import requests

pytestmark = pytest.mark.e2e

LogIn = Callable[[User], Page]
QUEUE = "/admin/gasutil/servicerequest/"
OUTAGE_MILLISECONDS = 15_000
COUNTED = 20_000  # milliseconds: counts are cached where counting is slow


def report(customer: User, description: str) -> ServiceRequest:
    obj = requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="gas_leak_inspection",
        description=description,
        address="7 Shanti Nagar, Pune",
    )
    assert isinstance(obj, ServiceRequest)
    return obj


def test_an_alarm_stays_on_every_page_until_someone_takes_it(
    log_in: LogIn, support: User, customer: User, connection: ServiceRequest
) -> None:
    page = log_in(support)
    page.goto(QUEUE)
    page.locator("#result_list input.action-select").check()  # a ticked row holds it back no more
    leak = report(customer, "It smells in the kitchen")
    alarm = page.locator(".emergency-alarm")
    expect(alarm).to_contain_text("7 Shanti Nagar")
    expect(alarm).to_contain_text(leak.request_type.name)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("#tabs-items")).to_contain_text("Emergencies 1", timeout=COUNTED)
    expect(page.locator("#result_list tr.data-row")).to_have_count(1)

    page.goto(f"{QUEUE}{connection.pk}/change/")
    page.locator("#composer textarea").fill("Half a sentence")
    expect(alarm).to_be_visible()
    alarm.get_by_role("button", name="Take").click()
    expect(page.locator(".toast")).to_contain_text(f"{leak.reference} assigned to you.")
    expect(alarm).to_have_count(0)
    expect(page).not_to_have_title(re.compile(r"^\("))
    expect(page.locator("#composer textarea")).to_have_value("Half a sentence")
    leak.refresh_from_db()
    assert leak.assigned_to == support

    requests.finish(leak.pk, actor=Actor(support), outcome="made_safe")
    requests.comment(leak.pk, actor=Actor(customer), notes="It smells again")
    expect(alarm).to_contain_text("Reopened")
    page.reload()
    expect(alarm).to_contain_text("Reopened")
    page.goto("/admin/")
    expect(alarm).to_contain_text("Reopened")
    page.keyboard.press("t")
    expect(page.locator(".headline")).to_contain_text(leak.reference)
    expect(alarm).to_have_count(0)


def test_a_page_without_a_connection_says_so_and_catches_up(
    context: BrowserContext, log_in: LogIn, support: User, customer: User
) -> None:
    page = log_in(support)
    expect(page.locator("#front-urgent")).to_contain_text("No open requests")
    context.set_offline(True)
    strip = page.locator("#not-live")
    expect(strip).to_contain_text(re.compile(r"Not live since \d\d:\d\d"))
    leak = report(customer, "It smells in the kitchen")
    page.wait_for_timeout(OUTAGE_MILLISECONDS)
    expect(strip).to_contain_text("Not live since")
    context.set_offline(False)
    expect(strip).to_have_text("")
    expect(page.locator(".emergency-alarm")).to_contain_text("7 Shanti Nagar")
    expect(page.locator("#front-urgent")).to_contain_text(leak.reference)


def test_sound_and_notifications_are_chosen_in_the_browser(
    context: BrowserContext, log_in: LogIn, support: User
) -> None:
    page = log_in(support)
    page.goto("/admin/my-notices/")
    sound, notification = (page.get_by_label(name) for name in ("Sound", "Browser notifications"))
    expect(sound).not_to_be_checked()
    expect(notification).not_to_be_checked()
    context.grant_permissions(["notifications"])
    sound.check()
    notification.check()
    expect(page.locator(".alarm-settings [role=status]")).to_have_text("Saved in this browser.")
    page.get_by_role("button", name="Play the sound").click()
    page.reload()
    expect(sound).to_be_checked()
    expect(notification).to_be_checked()
