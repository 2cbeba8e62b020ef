"""The console shows people without an account as customers, and not as people who log in."""

from typing import Any

import pytest

from gasutil.access import Actor
from gasutil.models import ServiceRequest, User
from gasutil.workflow import reception, reports
from tests.support.notices import mail_of

ACCOUNTS = "/admin/gasutil/user/"


@pytest.fixture
def tracked(db: None) -> ServiceRequest:
    return reports.report_emergency(
        address="12 Green Valley", name="Asha Rao", email="asha@example.com"
    )


def test_the_list_of_accounts_leaves_them_out(
    console: Any, manager: User, tracked: ServiceRequest
) -> None:
    page = console(manager).get(ACCOUNTS).content.decode()
    assert "manager" in page
    assert "unclaimed-" not in page


def test_a_ticket_shows_how_to_reach_them(
    console: Any, support: User, tracked: ServiceRequest
) -> None:
    page = console(support).get(f"/admin/gasutil/servicerequest/{tracked.pk}/change/")
    text = page.content.decode()
    assert "Asha Rao" in text
    assert "mailto:asha@example.com" in text
    assert "No account" in text
    assert "unclaimed-" not in text


def test_no_password_can_be_set_for_them(
    console: Any, admin_user: User, tracked: ServiceRequest
) -> None:
    path = f"{ACCOUNTS}{tracked.customer_id}/password/"
    assert console(admin_user).get(path).status_code == 403


def test_the_mail_to_a_caller_has_a_tracking_link(
    support: User, tracked: ServiceRequest, mailoutbox: Any
) -> None:
    assert "/report/track/" not in mail_of(tracked, mailoutbox).body
    obj = reception.receive(
        actor=Actor(support),
        request_type="gas_leak_inspection",
        caller={"name": "Ravi", "phone_number": "+919876543210", "email": "ravi@example.com"},
        address="1 High Street",
    )
    message = mail_of(obj, mailoutbox)
    assert message.to == ["ravi@example.com"]
    assert "/report/track/#gst_" in message.body
