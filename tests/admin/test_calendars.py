"""Calendars: who edits them, what they reject, and which days off they name."""

import datetime as dt
from typing import Any

import pytest

from gasutil.admin.catalogue.calendars import days_off
from gasutil.models import Calendar, User

LIST = "/admin/gasutil/calendar/"
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00") | {
    "saturday": "",
    "sunday": "",
}


def form(**changed: Any) -> dict[str, Any]:
    return (
        {
            "name": "Pune",
            "time_zone": "Asia/Kolkata",
            "country": "in",
            "subdivision": "mh",
            "extra_holidays": "",
        }
        | WEEK
        | changed
    )


def test_a_manager_adds_and_edits_one(manager: User, console) -> None:
    client = console(manager)
    answer = client.post(f"{LIST}add/", form())
    assert answer.status_code == 302, answer.context["errors"]
    calendar = Calendar.objects.get(name="Pune")
    assert (calendar.country, calendar.subdivision, calendar.monday) == ("IN", "MH", "09:00-17:00")
    path = f"{LIST}{calendar.pk}/"
    assert (
        client.post(
            f"{path}change/", form(friday="09:00-13:00", extra_holidays="2099-12-24 Christmas Eve")
        ).status_code
        == 302
    )
    shown = client.get(f"{path}change/").content.decode()
    assert "Upcoming days off" in shown
    history = client.get(f"{path}history/").content.decode()
    assert "Friday" in history
    assert "09:00-13:00" in history
    assert str(manager) in history
    assert "Mon to Thu 09:00-17:00; Fri 09:00-13:00" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"time_zone": "Pune"}, "time_zone"),
        ({"country": "XX"}, "country"),
        ({"subdivision": "XX"}, "country"),
        ({"monday": "9 to 5"}, "monday"),
        (dict.fromkeys(WEEK, ""), "monday"),
        ({"extra_holidays": "Christmas"}, "extra_holidays"),
    ],
)
def test_it_rejects_invalid_values(
    changed: dict[str, str], field: str, manager: User, console
) -> None:
    answer = console(manager).post(f"{LIST}add/", form(**changed))
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Calendar.objects.filter(name="Pune").exists()


def test_public_holidays_and_own_days_off_are_in_order() -> None:
    calendar = Calendar(
        country="GB",
        subdivision="ENG",
        extra_holidays="2026-12-24 Christmas Eve\n2026-12-31\n2026-01-02 Past",
    )
    assert days_off(calendar, dt.date(2026, 12, 1), 6) == [
        (dt.date(2026, 12, 24), "Christmas Eve"),
        (dt.date(2026, 12, 25), "Christmas Day"),
        (dt.date(2026, 12, 26), "Boxing Day"),
        (dt.date(2026, 12, 28), "Boxing Day (observed)"),
        (dt.date(2026, 12, 31), "Day off"),
        (dt.date(2027, 1, 1), "New Year's Day"),
    ]
    assert days_off(Calendar(), dt.date(2026, 12, 1)) == []


def test_no_one_deletes_one_and_agents_see_none(root: User, support: User, console) -> None:
    calendar = Calendar.objects.first()
    assert calendar is not None
    assert console(root).post(f"{LIST}{calendar.pk}/delete/", {"post": "yes"}).status_code == 403
    client = console(support)
    for path in (
        LIST,
        f"{LIST}add/",
        f"{LIST}{calendar.pk}/change/",
        f"{LIST}{calendar.pk}/history/",
    ):
        assert client.get(path).status_code == 403, path
    assert b"Calendars" not in client.get("/admin/gasutil/servicerequest/").content
    assert client.post(f"{LIST}{calendar.pk}/change/", form()).status_code == 403
