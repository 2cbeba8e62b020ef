"""An erasure leaves no trace of a person, and the history still verifies."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.utils import timezone

from gasutil import installation
from gasutil.access import Actor
from gasutil.management.commands.sweep_files import walk
from gasutil.models import (
    Attachment,
    Erasure,
    ErasureReason,
    RequestUpdate,
    ServiceRequest,
    User,
)
from gasutil.privacy import register
from gasutil.privacy.redaction import postcode_of
from gasutil.workflow import privacy, reports, requests
from tests.support.api import Api
from tests.support.erasure import (
    LATER,
    TRACES,
    fill_personal_data,
    history_problems,
    traces_of_person,
)
from tests.support.people import PASSWORD
from tests.support.proof import publish
from tests.support.worker import run_worker


@pytest.fixture(autouse=True)
def complete() -> None:
    """An erasure writes a row of the account alone, not one for each file that it removes."""


def test_an_erasure_leaves_no_trace_and_everything_verifies(
    api: Any, customer: User, support: User, django_capture_on_commit_callbacks: Any
) -> None:
    installation.claim_store()
    obj = fill_personal_data(customer, support)
    run_worker()
    files = [name for file in Attachment.objects.all() for name in (file.file.name,)]
    answer = api(customer).post("profile/erase/", {"password": PASSWORD})
    assert answer.status_code == 202
    run_worker()
    publish()
    assert len({trace.rpartition(": ")[2] for trace in traces_of_person()}) == len(TRACES)
    before = RequestUpdate.objects.filter(id=obj.pk).values_list("event", "status", "history_date")
    kept = list(before)

    with django_capture_on_commit_callbacks(execute=True):
        assert privacy.erase_due(timezone.now() + LATER) == 1

    assert traces_of_person() == []
    assert [name for name in files if default_storage.exists(name)] == []
    assert history_problems() == []
    obj.refresh_from_db()
    assert (obj.address, obj.description, obj.status) == ("411 004", "", "resolved")
    assert list(before.all()) == kept
    assert privacy.erase_due(timezone.now() + LATER) == 0


@pytest.mark.parametrize("is_claimed", [False, True])
def test_a_caller_without_an_account_is_erased(
    is_claimed: bool, customer: User, support: User, manager: User
) -> None:
    obj = reports.report_emergency(
        address="7 Vanilla Lane, Pune 411 004",
        name="Zebedee Quillfeather",
        phone_number="+919812345678",
        email="zebedee@example.org",
    )
    caller, person = obj.customer, customer if is_claimed else obj.customer
    if is_claimed:
        reports.claim(actor=Actor(customer), tracking_token=obj.tracking_token)
    requests.cancel(obj.pk, actor=Actor(support), notes="Told Quillfeather.")
    erasure = privacy.request_erasure(person, ErasureReason.ASKED, actor=Actor(manager))
    assert "uncovered" in privacy.obstacles(person, timezone.now() + LATER)
    publish()
    assert privacy.erase_due(timezone.now() + LATER) == 1
    erasure.refresh_from_db()
    assert erasure.erased_at
    caller.refresh_from_db()
    assert (caller.first_name, caller.phone_number, caller.username) == (
        "",
        "",
        f"erased-{caller.pk}",
    )
    assert caller.history.latest().history_change_reason == "Erased"
    assert traces_of_person() == []
    assert history_problems() == []


def test_it_ends_logins_and_the_mailed_link_undoes_it(
    api: Any, anyone: Api, customer: User, client: Any
) -> None:
    caller = api(customer)
    assert caller.post("profile/erase/", {"password": "wrong"}).status_code == 422
    assert caller.post("profile/erase/", {"password": PASSWORD}).status_code == 202
    assert caller.get("profile/").status_code == 401
    login = {"username": customer.username, "password": PASSWORD}
    assert anyone.post("login/", login).status_code == 401
    run_worker()
    link = next(word for word in mail.outbox[-1].body.split() if "/erasure/undo/" in word)
    page = "/" + link.partition("://")[2].partition("/")[2]
    assert client.get(page).status_code == 200
    assert Erasure.objects.waiting().exists()
    assert client.post(page).status_code == 200
    assert not Erasure.objects.waiting().exists()
    assert anyone.post("login/", login).status_code == 200
    assert client.post(page).status_code == 400


def test_nothing_is_erased_while_a_request_is_open_or_can_be_reopened(
    customer: User, support: User, leak: ServiceRequest
) -> None:
    actor, now = Actor(customer), timezone.now()
    first = privacy.request_erasure(customer, ErasureReason.OWN, actor=actor)
    assert privacy.request_erasure(customer, ErasureReason.OWN, actor=actor) == first
    publish()
    assert "open" in privacy.obstacles(customer, now + LATER)
    assert privacy.erase_due(now + LATER) == 0
    requests.cancel(leak.pk, actor=Actor(support), notes="A mistake")
    publish()
    assert privacy.erase_due(now + dt.timedelta(days=6)) == 0
    assert privacy.erase_due(now + LATER) == 1


def test_it_waits_for_the_tree(customer: User) -> None:
    privacy.request_erasure(customer, ErasureReason.OWN, actor=Actor(customer))
    assert privacy.obstacles(customer, timezone.now()) == ["uncovered"]


def test_the_register_erases_again_whom_a_restore_brings_back(
    customer: User, support: User
) -> None:
    fill_personal_data(customer, support)
    publish()
    register.register(customer, ErasureReason.OWN, timezone.now())
    assert privacy.replay_erasures() == 1
    assert traces_of_person() == []
    assert privacy.replay_erasures() == 0


def test_another_account_with_the_number_is_not_erased(customer: User) -> None:
    register.register(customer, ErasureReason.OWN, timezone.now())
    User.objects.filter(pk=customer.pk).update(date_joined=timezone.now())
    publish()
    assert privacy.replay_erasures() == 0


def test_the_register_has_no_free_text(customer: User) -> None:
    register.register(customer, ErasureReason.OWN, timezone.now())
    assert list(walk(register.FOLDER))
    for name in walk(register.FOLDER):
        with default_storage.open(name) as file:
            assert set(json.loads(file.read())) == {"user", "joined_at", "reason", "erased_at"}


@pytest.mark.parametrize(
    ("address", "postcode"),
    [("1 Street, Pune 411004", "411004"), ("Pune 411 004, India", "411 004"), ("9812345678", "")],
)
def test_the_postcode_is_the_last_in_the_address(address: str, postcode: str) -> None:
    assert postcode_of(address) == postcode
