"""The console while requests change.

A change by another user appears without a key, and disturbs no one who types.
"""

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.browser import CUSTOMER, open_ticket
from tests.support.servers import Server

pytestmark = pytest.mark.e2e


def call(desk: Server, path: str, body: dict[str, Any], token: str = "") -> Any:
    """Make a call to the other server."""
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {token}"} if token else {}
    )
    request = urllib.request.Request(
        f"{desk.url}/api/v1/{path}", json.dumps(body).encode(), headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def test_changes_appear_as_they_happen(
    other_desk: Server, log_in: Callable[[User], Page], manager: User
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
    alarm = page.locator(".emergency-alarm", has_text=filed[0]["reference"])
    expect(alarm).to_be_visible(timeout=10_000)
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

    tab.locator("#searchbar").fill("Nobody takes this away")  # while a user types, nothing moves
    late = call(
        other_desk,
        "requests/",
        {"request_type": "gas_leak_inspection", "description": "Leak 3"},
        token,
    )
    expect(tab.locator(".emergency-alarm", has_text=late["reference"])).to_be_visible(
        timeout=10_000
    )
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
    expect(page.locator("#ticket-news")).to_contain_text("It is getting worse", timeout=10_000)
    expect(page.locator(".timeline .just-changed")).to_contain_text("It is getting worse")
    expect(page.locator("#composer textarea")).to_have_value("Half a sent")
    expect(page.locator("#composer textarea")).to_be_focused()


def test_a_request_that_is_reopened_is_so_on_its_page(
    log_in: Callable[[User], Page],
    support: User,
    customer: User,
    leak: ServiceRequest,
) -> None:
    requests.take(leak.pk, actor=Actor(support))
    requests.finish(leak.pk, actor=Actor(support), outcome="made_safe")
    page = open_ticket(log_in(support), leak)
    expect(page.locator(".headline .labels")).to_contain_text("Resolved")
    page.locator("#composer textarea").fill("Half a sentence")
    requests.comment(leak.pk, actor=Actor(customer, Channel.API), notes="It smells again")
    news = page.locator("#ticket-news")
    expect(news).to_contain_text("reopened the request: It smells again")
    expect(page.locator(".headline .labels")).to_contain_text("Resolved")  # the user is writing
    page.locator("#composer textarea").blur()
    expect(page.locator(".headline .labels")).to_contain_text("In progress")
    expect(page.locator("#composer textarea")).to_have_value("Half a sentence")

    # A milestone does not conflict with what the customer has added since.
    page.locator(".clocks [data-milestone=on_site]").click()
    page.locator("#dialog").get_by_label("Note", exact=True).fill("Riser checked")
    requests.comment(leak.pk, actor=Actor(customer, Channel.API), notes="Thank you")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Riser checked")
