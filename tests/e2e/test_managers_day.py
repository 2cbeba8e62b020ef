"""A manager approves a representative, reads a change, and exports a file of the requests.

The representative can log in from then on.
"""

import csv
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gasutil.access import Actor
from gasutil.models import Export, ServiceRequest, User
from gasutil.workflow import requests

pytestmark = pytest.mark.e2e


def test_it_works(
    log_in: Callable[[User], Page], manager: User, pending: User, leak: ServiceRequest
) -> None:
    page = log_in(manager)
    page.get_by_role("link", name="Waiting for approval").click()
    page.get_by_role("link", name=str(pending)).click()

    page.get_by_role("link", name="Approve").click()
    page.locator("#dialog").get_by_role("button", name="Approve").click()
    expect(page.locator("#dialog")).to_contain_text(
        "must confirm the email address pending@example.com"
    )
    User.objects.filter(pk=pending.pk).update(email_confirmed=True)
    page.locator("#dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text(f"{pending} approved.")).to_be_visible()

    read_a_change(page, leak, pending)
    export(page, leak)

    log_in(pending)
    expect(page.locator("#front-urgent")).to_contain_text(leak.reference)


def read_a_change(page: Page, leak: ServiceRequest, agent: User) -> None:
    """Read who has changed what, and why."""
    agent = User.objects.get(pk=agent.pk)
    requests.start(leak.pk, actor=Actor(agent), notes="A crew is on its way")
    page.get_by_role("link", name="Change history").click()
    row = page.locator("#result_list tr", has_text="A crew is on its way")
    expect(row).to_contain_text(leak.reference)
    expect(row).to_contain_text(str(agent))
    expect(row).to_contain_text("In progress")


def export(page: Page, leak: ServiceRequest) -> None:
    """Export the requests as a file; the export is recorded."""
    page.goto("/admin/gasutil/servicerequest/")
    page.get_by_role("banner").get_by_role("link", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["reference"], row["status"], row["description"]) == (
        leak.reference,
        "in_progress",
        leak.description,
    )
    assert Export.objects.get().rows == 1
