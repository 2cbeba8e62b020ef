"""The console while things happen.

A change by another is seen without anyone pressing a key, and disturbs no one who types.
"""

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gasutil.models import User
from tests.support.browser import CUSTOMER
from tests.support.e2e_server import E2EServer

pytestmark = pytest.mark.e2e


def call(desk: E2EServer, path: str, body: dict[str, Any], token: str = "") -> Any:
    """Make a call to the server that the page is not from."""
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {token}"} if token else {}
    )
    request = urllib.request.Request(
        f"{desk.url}/api/v1/{path}", json.dumps(body).encode(), headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def test_what_happens_is_seen_as_it_happens(
    other_desk: E2EServer, log_in: Callable[[User], Page], manager: User
) -> None:
    page = log_in(manager)
    expect(page.locator("#front-urgent")).to_contain_text("No open requests")
    tab = page.context.new_page()  # a second tab of the same browser hears it from the first
    tab.goto("/admin/gasutil/servicerequest/")
    expect(tab.get_by_text("No open requests.")).to_be_visible()
    page.bring_to_front()

    call(other_desk, "register/", CUSTOMER)
    token = call(
        other_desk, "login/", {"username": CUSTOMER["username"], "password": CUSTOMER["password"]}
    )["access"]
    filed = [
        call(
            other_desk,
            "requests/",
            {"request_type": "gas_leak_inspection", "description": f"Leak {number}"},
            token,
        )
        for number in range(2)
    ]
    toast = page.locator(".toast", has_text=filed[0]["reference"])
    expect(toast).to_contain_text("filed", timeout=10_000)
    for item in filed:
        expect(page.locator(".front-row", has_text=item["reference"])).to_be_visible(timeout=15_000)
    expect(page.locator(".card.is-red .card-number")).to_have_text("2", timeout=15_000)
    expect(page.locator("#nav-sidebar").get_by_role("link", name="Emergencies")).to_contain_text(
        "2"
    )

    tab.bring_to_front()
    row = tab.locator("#result_list tr.data-row", has_text=filed[1]["reference"])
    expect(row).to_be_visible(timeout=15_000)
    expect(tab.locator("#tabs-items")).to_contain_text("Open 2", timeout=15_000)
    tab.keyboard.press("j")
    tab.keyboard.press("e")
    expect(tab.locator(".peek")).to_be_visible()

    tab.locator("#searchbar").fill("Nobody takes this away")  # while somebody types, nothing moves
    late = call(
        other_desk,
        "requests/",
        {"request_type": "gas_leak_inspection", "description": "Leak 3"},
        token,
    )
    expect(tab.locator(".toast", has_text=late["reference"])).to_be_visible(timeout=10_000)
    tab.wait_for_timeout(2500)
    assert late["reference"] not in tab.locator("#result_list").inner_text()
    tab.locator("#searchbar").fill("")
    tab.locator("#searchbar").blur()
    fresh = tab.locator("#result_list tr.data-row", has_text=late["reference"])
    expect(fresh).to_be_visible(timeout=15_000)
    expect(fresh).to_have_class(re.compile("just-changed"))
    expect(tab.locator(".peek")).to_be_visible()  # what was open stays open
    expect(tab.locator("#result_list tr.is-current")).to_have_count(1)
    tab.close()
    page.bring_to_front()

    page.goto(f"/admin/gasutil/servicerequest/{filed[0]['id']}/change/")
    page.locator("#composer textarea").fill("Half a sent")
    call(
        other_desk, f"requests/{filed[0]['id']}/comments/", {"notes": "It is getting worse"}, token
    )
    expect(page.locator("#changed")).to_contain_text(
        "has changed since you opened it", timeout=10_000
    )
    expect(page.locator("#composer textarea")).to_have_value("Half a sent")
    page.locator("#changed").get_by_role("link", name="Reload").click()
    expect(page.locator(".timeline")).to_contain_text("It is getting worse")
