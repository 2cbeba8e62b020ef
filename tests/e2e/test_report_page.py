"""A neighbour without an account reports a leak and follows it, with scripts and without."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from gasutil.access import Actor
from gasutil.models import ServiceRequest, User
from gasutil.workflow import requests
from tests.support.documents import PDF

pytestmark = pytest.mark.e2e


def send_report(page: Page) -> ServiceRequest:
    page.goto("/report/")
    expect(page.get_by_role("heading", name="Do this first")).to_be_visible()
    page.get_by_label("Where is it?").fill("12 Green Valley, Pune")
    page.get_by_label("Your phone number").fill("9876543210")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Your report was received")).to_be_visible()
    return ServiceRequest.objects.get()


def test_it_works(page: Page, support: User) -> None:
    obj = send_report(page)
    expect(page).to_have_url(re.compile(r"/report/track/.*#gst_"))
    page.get_by_role("link", name="Follow your report").click()
    expect(page.locator("#progress")).to_contain_text(obj.reference)
    requests.comment(obj.pk, actor=Actor(support), notes="We are on our way")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".updates")).to_contain_text("We are on our way")
    page.get_by_label("Send a photo").set_input_files(
        {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(page.get_by_text("Your file was sent.")).to_be_visible()
    page.get_by_label("Write to us").fill("It is stronger now")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".updates")).to_contain_text("It is stronger now")
    assert "#gst_" in page.url
    page.reload()
    expect(page.locator(".updates")).to_contain_text("It is stronger now")
    assert ServiceRequest.objects.count() == 1


def test_reloading_after_a_report_sends_nothing_again(page: Page) -> None:
    obj = send_report(page)
    page.reload()
    expect(page.locator("#progress")).to_contain_text(obj.reference)
    assert ServiceRequest.objects.count() == 1


def test_it_works_without_scripts(browser: Browser, base_url: str, stored: None) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    page = context.new_page()
    obj = send_report(page)
    page.get_by_role("link", name="Follow your report").click()
    expect(page.locator("#progress")).to_contain_text(obj.reference)
    page.get_by_label("Write to us").fill("It is stronger now")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".updates")).to_contain_text("It is stronger now")
    context.close()


def test_a_location_is_enough(page: Page, base_url: str) -> None:
    page.context.grant_permissions(["geolocation"], origin=base_url)
    page.context.set_geolocation({"latitude": 18.5204, "longitude": 73.8567})
    page.goto("/report/?language=en")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_text("Your location is added.")).to_be_visible()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Your report was received")).to_be_visible()
    assert ServiceRequest.objects.get().latitude == 18.5204


def test_it_is_available_in_hindi(page: Page) -> None:
    page.goto("/report/?language=hi")
    expect(page.locator("html")).to_have_attribute("lang", "hi")
