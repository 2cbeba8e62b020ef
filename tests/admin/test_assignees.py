"""The choice of an assignee: who is off duty, who is active, and a search in a long list."""

import datetime as dt
import re
from typing import Any

from django.contrib.messages import get_messages
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import BulkRun, BulkVerb, ConsoleSession, ServiceRequest, User
from gasutil.workflow import bulk, duty, requests
from tests.support.console import QUEUE, ticket
from tests.support.people import make_support

PAGE = "/admin/my-notices/"


def set_off_duty(console: Any, user: User) -> None:
    answer = console(user).post(PAGE, {"language": "en", "wanted": [], "is_off_duty": "on"})
    assert answer.status_code == 302


def test_it_works(support: User, console: Any, leak: ServiceRequest) -> None:
    set_off_duty(console, support)
    support.refresh_from_db()
    assert support.is_off_duty
    assert support.history.latest().history_change_reason == "Off duty"
    assert "checked" in console(support).get(PAGE).content.decode().split("is_off_duty")[1][:20]
    answer = console(support).post(f"{QUEUE}take-next/")
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "You are off duty. To take requests, change that in “My notifications”."
    ]
    leak.refresh_from_db()
    assert leak.assigned_to is None

    console(support).post(PAGE, {"language": "en", "wanted": []})
    assert console(support).post(f"{QUEUE}take-next/").headers["Location"] == ticket(leak)


def test_colleagues_cannot_choose_them(
    support: User, colleague: User, console: Any, leak: ServiceRequest
) -> None:
    duty.set_off_duty(actor=Actor(colleague), is_off_duty=True)
    client = console(support)
    assert str(colleague) not in client.get(ticket(leak, "assign")).content.decode()
    answer = client.verb(leak, "assign", assigned_to=colleague.pk)
    assert "Select a valid choice" in answer.content.decode()
    run = bulk.prepare(actor=Actor(support), verb=BulkVerb.ASSIGN, pks=[leak.pk])
    page = client.get(f"/admin/gasutil/bulkrun/{run.pk}/change/").content.decode()
    assert str(colleague) not in page
    assert not BulkRun.objects.exclude(confirmed_at=None).exists()


def test_their_own_requests_stay_theirs(
    support: User, colleague: User, console: Any, leak: ServiceRequest
) -> None:
    requests.assign(leak.pk, actor=Actor(colleague), assigned_to=colleague.pk)
    duty.set_off_duty(actor=Actor(colleague), is_off_duty=True)
    page = console(support).get(ticket(leak, "assign")).content.decode()
    assert f'<option value="{colleague.pk}" selected' in page
    assert "off duty" in page


def test_a_user_off_duty_can_assign_a_request_to_themselves(
    support: User, console: Any, leak: ServiceRequest
) -> None:
    duty.set_off_duty(actor=Actor(support), is_off_duty=True)
    console(support).verb(leak, "assign", assigned_to=support.pk)
    leak.refresh_from_db()
    assert leak.assigned_to == support


def test_the_list_of_assignees_says_who_is_in_the_console(
    support: User, colleague: User, console: Any, leak: ServiceRequest
) -> None:
    client = console(support)
    client.get("/admin/")
    page = client.get(ticket(leak, "assign")).content.decode()
    options = dict(re.findall(r'<option value="(\d+)"[^>]*>([^<]*)', page))
    assert "in the console now" in options[str(support.pk)]
    assert "in the console now" not in options[str(colleague.pk)]
    long_ago = timezone.now() - dt.timedelta(minutes=6)
    ConsoleSession.objects.update(last_used_at=long_ago)
    assert "in the console now" not in client.get(ticket(leak, "assign")).content.decode()


def test_a_long_list_of_assignees_has_a_search(
    support: User, colleague: User, console: Any, leak: ServiceRequest
) -> None:
    client = console(support)
    assert "data-searches" not in client.get(ticket(leak, "assign")).content.decode()
    for number in range(7):
        make_support(f"agent{number}")
    page = client.get(ticket(leak, "assign")).content.decode()
    [searched] = re.findall(r'data-searches="([^"]+)"', page)
    assert '<select name="assigned_to"' in page
    assert f'id="{searched}"' in page
