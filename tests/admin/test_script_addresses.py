"""The addresses that the console's scripts take from the page."""

import re

from django.test import Client
from django.urls import resolve

from gasutil.models import ServiceRequest, User


def addresses_of(page: str) -> dict[str, str]:
    (meta,) = re.findall(r'<meta name="desk-urls"([^>]*)>', page)
    return dict(re.findall(r'data-(\w+)="([^"]*)"', meta))


def test_each_leads_to_its_page(support: User, leak: ServiceRequest, console) -> None:
    addresses = addresses_of(console(support).get("/admin/").content.decode())
    assert {name: resolve(path.partition("?")[0]).url_name for name, path in addresses.items()} == {
        "front": "index",
        "session": "session",
        "events": "stream_events",
        "queue": "gasutil_servicerequest_changelist",
        "mine": "gasutil_servicerequest_changelist",
        "ticket": "gasutil_servicerequest_change",
        "assign": "gasutil_servicerequest_assign",
        "live": "gasutil_servicerequest_live",
        "take": "gasutil_servicerequest_take",
        "emergencies": "gasutil_servicerequest_changelist",
        "new": "gasutil_servicerequest_new",
    }
    with_number = {name for name, path in addresses.items() if re.search(r"\b0\b", path)}
    assert with_number == {"ticket", "assign", "take"}
    for name in ("ticket", "assign"):
        path = addresses[name].replace("0", str(leak.pk))
        assert console(support).get(path).status_code == 200


def test_pages_of_users_who_are_not_logged_in_have_none(db: None) -> None:
    assert b"desk-urls" not in Client().get("/admin/login/").content
