"""`POST events/ticket/`, and what a ticket opens; tests/commands/test_stream.py opens streams."""

import datetime as dt
import time
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor, Role
from gasutil.api.events import StreamBearer
from gasutil.errors import ApprovalRequired, InsufficientScope, NotAuthenticated
from gasutil.identity import tokens, tracking
from gasutil.identity.tokens import TokenType
from gasutil.models import EventTicket, Login, MachineAccount, MachineKey, User
from gasutil.workflow import reports
from tests.support.api import Api
from tests.support.machines import make_machine


def create(api: Api) -> str:
    answer = api.post("events/ticket/")
    assert (answer.status_code, answer.json()["expires_in"]) == (201, 60)
    return str(answer.json()["ticket"])


def use(ticket: str, **meta: Any) -> tuple[Actor, Any]:
    """Use a ticket. Return the actor, and the login and the end of the stream."""
    request: Any = RequestFactory().get("/api/v1/events/", {"ticket": ticket}, **meta)
    return StreamBearer().open_ticket(request), request


def test_it_opens_a_stream_of_its_login_until_the_token_expires(customer: User) -> None:
    api = Api(customer)
    actor, request = use(create(api))
    claims = tokens.read_token(api.headers["Authorization"][7:], TokenType.ACCESS)
    assert actor.user == customer
    assert request.login == (Login.objects.get().pk, claims["exp"])


def test_it_is_used_once_and_stored_as_a_digest(customer: User) -> None:
    ticket = create(Api(customer))
    assert ticket not in str(EventTicket.objects.values_list().get())
    use(ticket)
    assert not EventTicket.objects.exists()
    with pytest.raises(NotAuthenticated):
        use(ticket)


def test_it_expires(customer: User) -> None:
    ticket = create(Api(customer))
    EventTicket.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(NotAuthenticated):
        use(ticket)


@pytest.mark.parametrize("end", ["revoked", "deactivated", "password"])
def test_it_ends_with_its_login(end: str, customer: User) -> None:
    ticket = create(Api(customer))
    match end:
        case "revoked":
            Login.objects.update(revoked_at=timezone.now())
        case "deactivated":
            User.objects.filter(pk=customer.pk).update(is_active=False)
        case "password":
            customer.set_password("Another-Flame-2027")
            customer.save()
    with pytest.raises(NotAuthenticated):
        use(ticket)


def test_an_approval_that_is_withdrawn_counts(support: User) -> None:
    ticket = create(Api(support))
    User.objects.filter(pk=support.pk).update(is_approved=False)
    with pytest.raises(ApprovalRequired):
        use(ticket)


def test_it_opens_a_stream_of_a_machine_account(db: None) -> None:
    machine = make_machine("events:read")
    actor, request = use(create(machine))
    assert actor.machine == machine.account
    assert request.machine == (MachineKey.objects.get().pk, "127.0.0.1")
    assert request.login == (None, machine.account.expires_at.timestamp())


def test_a_machine_account_needs_its_scope_network_and_key_also_later(db: None) -> None:
    machine = make_machine("events:read")
    tickets = [create(machine) for _ in range(3)]
    accounts = MachineAccount.objects.filter(pk=machine.account.pk)
    accounts.update(networks=["192.0.2.0/24"])
    with pytest.raises(NotAuthenticated):
        use(tickets[0])
    accounts.update(scopes=["requests:read"])
    with pytest.raises(InsufficientScope):
        use(tickets[1], REMOTE_ADDR="192.0.2.7")
    accounts.update(revoked_at=timezone.now())
    with pytest.raises(NotAuthenticated):
        use(tickets[2], REMOTE_ADDR="192.0.2.7")


def test_it_opens_a_stream_of_a_tracking_token_until_the_request_is_claimed(
    customer: User,
) -> None:
    report = reports.report_emergency(address="12 Green Valley")
    api = Api()
    api.headers = {"Authorization": f"Bearer {report.tracking_token}"}
    tickets = [create(api) for _ in range(2)]
    actor, request = use(tickets[0])
    claims = tracking.read_claims(report.tracking_token)
    assert (actor.role, actor.request_id, request.tracked) == (Role.REPORTER, report.pk, claims)
    assert request.login == (None, float(claims.expires_at))
    reports.claim(actor=Actor(customer), tracking_token=report.tracking_token)
    with pytest.raises(NotAuthenticated):
        use(tickets[1])


def test_a_key_of_idempotency_is_not_honoured(customer: User) -> None:
    first, second = (
        Api(customer).post("events/ticket/", Idempotency_Key="k").json()["ticket"] for _ in range(2)
    )
    assert first != second


def test_a_browser_app_can_create_one(customer: User, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com"]
    answer = Api(customer).post("events/ticket/", Origin="https://app.example.com")
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_stream_never_lasts_longer_than_the_token(customer: User, settings: Settings) -> None:
    settings.JWT_ACCESS_SECONDS = 30
    _actor, request = use(create(Api(customer)))
    assert request.login[1] - time.time() <= 30
