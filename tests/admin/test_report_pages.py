"""The pages of the reports: each count opens as many rows as it counts."""

import csv
import datetime as dt
import io
import re
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from gasutil.access import Actor
from gasutil.management.commands import load_demo
from gasutil.models import ReportSubscription, ServiceRequest, Team, User
from gasutil.reports.catalogue import REPORTS_BY_NAME
from gasutil.reports.periods import ONE_DAY, PERIODS
from gasutil.workflow import requests
from tests.support.api import Api
from tests.support.people import PASSWORD
from tests.support.query_counts import cost_of

DEMO_REQUESTS = 12
LINK = re.compile(r'<a href="([^"]+\?figure=[^"]+)">([\d,]+)</a>')


def address(name: str, query: str = "") -> str:
    return f"/admin/reports/{name}/?{query}"


def read(client: Any, name: str, query: str = "") -> str:
    response = client.get(address(name, query))
    assert response.status_code == 200
    return response.content.decode()


def figures(html: str) -> dict[str, int]:
    """Return the counts of a page by the URLs of their lists."""
    return {unescape(url): int(value.replace(",", "")) for url, value in LINK.findall(html)}


def length(client: Any, url: str) -> int:
    """Return the number of rows of a list, over all its pages."""
    path, number = url.partition("?")[0], 0
    while url:
        response = client.get(url)
        assert response.status_code == 200
        changelist = response.context["cl"]
        number += len(changelist.result_list)
        more = getattr(changelist, "next_query", "")
        if not more and len(changelist.result_list) == changelist.list_per_page:
            more = changelist.get_query_string({"p": changelist.page_num + 1})
        url = path + more if more else ""
    return number


@pytest.fixture
def demo(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_demo, "REQUEST_COUNT", DEMO_REQUESTS)
    call_command("load_demo", password=PASSWORD)


@pytest.mark.parametrize("name", REPORTS_BY_NAME)
def test_every_figure_opens_as_many_rows_as_it_counts(
    name: str, demo: None, manager: User, console: Any
) -> None:
    client = console(manager)
    shown = figures(read(client, name, "compare=none"))
    assert sum(shown.values()) > 0
    assert {url: length(client, url) for url in shown} == shown


def test_a_report_requires_permission(support: User, manager: User, console: Any) -> None:
    agent, chief = console(support), console(manager)
    for path in ("/admin/reports/", address("volume"), "/admin/reports/volume/csv/"):
        assert agent.get(path).status_code == 403
    assert "/admin/reports/" not in agent.get("/admin/").content.decode()
    assert "/admin/reports/" in chief.get("/admin/").content.decode()
    assert chief.get("/admin/reports/", follow=True).status_code == 200


@pytest.mark.parametrize("name", REPORTS_BY_NAME)
def test_the_file_is_that_of_the_api(name: str, demo: None, manager: User, console: Any) -> None:
    today = timezone.localdate()
    query = f"from={today.replace(day=1)}&to={today}" if today.day > 1 else ""
    file = console(manager).get(f"/admin/reports/{name}/csv/?{query}")
    api = Api(manager).get(f"reports/{name}/?{query}&format=csv")
    assert file.content == api.content
    for header in ("Content-Type", "Content-Disposition"):
        assert file[header] == api[header]
    assert len(list(csv.reader(io.StringIO(file.content.decode())))) > 0


def test_it_compares_with_the_period_before(customer: User, manager: User, console: Any) -> None:
    now, today = timezone.now(), timezone.localdate()
    requests.submit(
        actor=Actor(customer),
        request_type="new_connection",
        description="x",
        now=now - ONE_DAY,
    )
    client, query = console(manager), f"from={today}&to={today + ONE_DAY}"
    html = read(client, "volume", query)
    assert "Opened: 0 (1 before)" in html
    shown = figures(html)
    assert sorted(shown.values()) == [0] * 7 + [1] * 3  # 1 opened before, and open at both ends
    assert {url: length(client, url) for url in shown} == shown
    alone = read(client, "volume", f"{query}&compare=none")
    assert "Opened: 0<" in alone
    assert "Before:" not in alone


def test_filters_narrow_the_report(leak: ServiceRequest, manager: User, console: Any) -> None:
    team = Team.objects.create(name="North")
    client = console(manager)
    for query in ("request_type=new_connection", f"team={team.pk}"):
        assert "Opened: 0 " in read(client, "volume", query)
    assert "Opened: 1 " in read(client, "volume", "request_type=gas_leak_inspection")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("from=2026-02-01&to=2026-02-01", "The period ends before it begins."),
        ("from=2025-01-01&to=2026-02-01", "A period has at most 366 days."),
        ("from=x&to=2026-02-01", "Enter a valid date."),
        ("from=0001-01-01&to=0001-02-01", "Enter a date."),
        ("request_type=nothing", "not one of the available choices"),
    ],
)
def test_a_wrong_question_is_explained(query: str, text: str, manager: User, console: Any) -> None:
    client = console(manager)
    for path in (address("volume", query), f"/admin/reports/volume/csv/?{query}"):
        assert text in client.get(path).content.decode()


def test_the_periods_are_those_of_the_calendar() -> None:
    days = {name: period(dt.date(2026, 11, 28)) for name, period in PERIODS.items()}
    texts = {name: (str(period.start), str(period.end)) for name, period in days.items()}
    assert texts == {
        "this_month": ("2026-11-01", "2026-11-29"),
        "last_month": ("2026-10-01", "2026-11-01"),
        "this_quarter": ("2026-10-01", "2026-11-29"),
        "this_year": ("2026-01-01", "2026-11-29"),
    }


def test_a_list_rejects_a_figure_of_someone_elses_making(
    leak: ServiceRequest, manager: User, console: Any
) -> None:
    client = console(manager)
    url = next(iter(figures(read(client, "volume"))))
    for path in (
        "/admin/gasutil/servicerequest/?figure=x",
        url.replace("servicerequest", "requestupdate"),
    ):
        response = client.get(path)
        assert response.status_code == 422


def test_the_list_says_which_count_it_is(leak: ServiceRequest, manager: User, console: Any) -> None:
    client = console(manager)
    url = next(url for url, number in figures(read(client, "volume")).items() if number)
    assert "Volume: Opened" in client.get(url).content.decode()


@pytest.mark.parametrize("name", REPORTS_BY_NAME)
def test_a_page_has_at_most_15_queries(
    name: str, leak: ServiceRequest, manager: User, console: Any
) -> None:
    client, team = console(manager), Team.objects.create(name="North")
    query = f"team={team.pk}&compare=none"
    assert cost_of(lambda: client.get(address(name, query)))[0] <= 15
    assert cost_of(lambda: client.get(address(name, f"team={team.pk}")))[0] <= 15


def test_a_manager_subscribes_with_the_filters_and_ends_it(manager: User, console: Any) -> None:
    client, page = console(manager), address("volume", "request_type=new_connection")
    html = client.post(page, {"frequency": "weekly"}, follow=True).content.decode()
    assert "You will receive this report." in html
    row = ReportSubscription.objects.get()
    assert (row.user, row.report, row.frequency) == (manager, "volume", "weekly")
    assert row.request_type == "new_connection"
    assert "Every week · New connection" in html
    again = client.post(page, {"frequency": "weekly"}, follow=True).content.decode()
    assert "You already receive this report." in again
    wrong = client.post(page, {"frequency": "daily"}, follow=True).content.decode()
    assert "Choose one of the options." in wrong
    emails = "/admin/reports/emails/"
    ended = client.post(emails, {"end": row.pk}, follow=True).content.decode()
    assert "You no longer receive this report." in ended
    assert not ReportSubscription.objects.exists()
    assert [client.post(emails, {"end": end}).status_code for end in (row.pk, "x")] == [404, 404]


def test_the_subscriptions_are_those_of_managers(support: User, console: Any) -> None:
    client = console(support)
    assert client.get("/admin/reports/emails/").status_code == 403
    assert client.post(address("volume"), {"frequency": "weekly"}).status_code == 403
