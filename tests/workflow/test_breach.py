"""The persons affected by a breach, by what was stored and by what was done."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from gasutil.access import Actor
from gasutil.errors import Invalid
from gasutil.models import SecurityEvent, SecurityEventType, ServiceRequest, User
from gasutil.privacy.breach import BASES, BreachPeriod, affected
from gasutil.workflow import attachments, privacy, requests
from tests.support.api import Api
from tests.support.files import part
from tests.support.people import PASSWORD

DAY = dt.timedelta(days=1)
PAGE = "/admin/gasutil/securityevent/affected-persons/"


def now_period() -> BreachPeriod:
    now = timezone.now()
    return BreachPeriod(now - DAY, now + DAY)


def names(basis: str, value: str = "", period: BreachPeriod | None = None) -> set[str]:
    rows = affected(basis, value, period or now_period())
    return set(rows.values_list("username", flat=True))


def test_it_finds_whose_data_were_stored(
    customer: User, neighbour: User, support: User, leak: ServiceRequest
) -> None:
    assert names("contact") == {"customer", "neighbour"}
    assert names("requests") == {"customer"}
    assert names("files") == set()
    attachments.attach(leak.pk, actor=Actor(customer), file=part())
    assert names("files") == {"customer"}
    earlier = BreachPeriod(timezone.now() - 9 * DAY, timezone.now() - 8 * DAY)
    assert names("contact", period=earlier) == set()
    assert names("requests", period=earlier) == set()


def test_what_was_erased_before_was_not_affected(customer: User, leak: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=leak.pk).update(redacted_at=timezone.now() - 2 * DAY)
    assert names("requests") == set()
    ServiceRequest.objects.filter(pk=leak.pk).update(redacted_at=timezone.now())
    assert names("requests") == {"customer"}


def test_it_finds_what_an_account_did(
    customer: User, neighbour: User, manager: User, support: User, leak: ServiceRequest
) -> None:
    assert names("account", "support") == {"support"}
    requests.comment(leak.pk, actor=Actor(support), notes="Seen")
    assert names("account", "Support") == {"support", "customer"}
    privacy.export_customer_data(neighbour.pk, actor=Actor(manager))
    assert names("account", "manager") == {"manager", "neighbour"}


def test_it_finds_the_accounts_that_were_used_from_an_address(
    anyone: Api, customer: User, neighbour: User
) -> None:
    anyone.post("login/", {"username": customer.username, "password": PASSWORD})
    assert names("logins") == {"customer"}
    assert names("address", "127.0.0.1") == {"customer"}
    assert names("address", "127.0.0.2") == set()


@pytest.mark.parametrize(
    ("basis", "value"), [("account", "nobody"), ("account", ""), ("address", "here"), ("x", "")]
)
def test_it_rejects_what_names_nothing(basis: str, value: str, db: None) -> None:
    with pytest.raises(Invalid):
        affected(basis, value, now_period())
    with pytest.raises(Invalid):
        affected("contact", "", BreachPeriod(timezone.now(), timezone.now() - DAY))


def test_the_command_prints_what_reaches_them_and_is_recorded(customer: User) -> None:
    output = io.StringIO()
    days = {"since": "2020-01-01", "until": "2099-01-01"}
    call_command("affected_persons", basis="contact", **days, stdout=output)
    [row] = csv.DictReader(io.StringIO(output.getvalue()))
    assert (row["username"], row["email"]) == ("customer", customer.email)
    assert row["phone_number"] == customer.phone_number
    event = SecurityEvent.objects.get(event=SecurityEventType.EXPORT)
    assert event.details == {"what": "affected persons", "basis": "contact", "rows": 1}
    with pytest.raises(CommandError):
        call_command("affected_persons", basis="account", value="nobody", **days)
    with pytest.raises(CommandError):
        call_command("affected_persons", basis="contact", since="yesterday", until="today")


def test_the_page_gives_the_file(
    manager: User, support: User, customer: User, console: Any
) -> None:
    client = console(manager)
    assert "Affected persons" in client.get("/admin/gasutil/securityevent/").content.decode()
    text = client.get(PAGE).content.decode()
    assert all(str(basis.label) in text for basis in BASES.values())
    sent = {"basis": "contact", "since": "2020-01-01", "until": "2099-01-01"}
    answer = client.post(PAGE, sent)
    assert answer.headers["Content-Type"] == "text/csv"
    assert customer.email in answer.content.decode()
    wrong = client.post(PAGE, sent | {"basis": "account", "value": "nobody"})
    assert b"No account has this username." in wrong.content
    assert console(support).get(PAGE).status_code == 403
