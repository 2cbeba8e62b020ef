"""What machine accounts can do, and what only people can do."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.identity import machine_keys
from gasutil.models import (
    Attachment,
    Channel,
    MachineAccount,
    MachineKey,
    Priority,
    RequestUpdate,
    ServiceRequest,
    Status,
    User,
)
from gasutil.workflow import machines, requests
from tests.support.access_matrix import part
from tests.support.machines import MachineApi, make_machine
from tests.support.problems import TYPE

READ, WORK = "requests:read", "requests:work"


def code_of(response: Any) -> str:
    """Return the status of an error with the code of its problem."""
    return f"{response.status_code} {response.json()['type'].removeprefix(TYPE)}"


def met(obj: ServiceRequest) -> set[str]:
    """Return the milestones of a request that are met."""
    obj.refresh_from_db()
    return {row["name"] for row in deadlines.serialize(obj) if row["met_at"]}


def test_it_works(api: Any, support: User, customer: User, connection: ServiceRequest) -> None:
    machine = make_machine(READ, WORK)
    body = {"status": "in_progress", "notes": "On our way"}
    response = machine.patch(f"requests/{connection.pk}/", body)
    assert (response.status_code, response.json()["status"]) == (200, "in_progress")
    row = RequestUpdate.objects.filter(id=connection.pk).latest("history_id")
    assert (row.channel, row.history_user, row.machine_account) == (
        Channel.INTEGRATION,
        None,
        machine.account,
    )
    for client in (machine, api(support), api(customer)):
        update = client.get(f"requests/{connection.pk}/").json()["updates"][-1]
        assert (update["author"], update["author_kind"], update["author_name"]) == (
            None,
            "integration",
            "Dispatch",
        )
    history = api(support).get(f"requests/{connection.pk}/history/").json()["results"][-1]
    assert (history["channel"], history["changed_by"], history["author_name"]) == (
        "integration",
        None,
        "Dispatch",
    )


def test_work_alone_reads_nothing(connection: ServiceRequest) -> None:
    machine = make_machine(WORK)
    calls = [
        machine.patch(f"requests/{connection.pk}/", {"priority": "high"}),
        machine.post(f"requests/{connection.pk}/comments/", {"notes": "x"}),
        machine.post(f"requests/{connection.pk}/milestones/", {"milestone": "no_access"}),
        machine.post("request-updates/", {"service_request": connection.pk, "notes": "y"}),
        machine.post(f"requests/{connection.pk}/cancel/", {"notes": "x"}),
    ]
    assert [list(response.json()) for response in calls] == [
        ["id", "reference", "status", "version"]
    ] * len(calls)
    connection.refresh_from_db()
    assert calls[-1].json() == {
        "id": connection.pk,
        "reference": connection.reference,
        "status": "cancelled",
        "version": connection.version,
    }
    assert calls[-1].headers["ETag"] == f'"{connection.version}"'
    assert code_of(machine.get(f"requests/{connection.pk}/")) == "403 insufficient-scope"


def test_a_repeated_call_of_one_account_is_done_once(connection: ServiceRequest) -> None:
    path, body = f"requests/{connection.pk}/comments/", {"notes": "Once"}
    for name in ("Dispatch", "Billing"):
        machine = make_machine(WORK, name=name)
        first, again = (machine.post(path, body, Idempotency_Key="k1") for _ in range(2))
        assert (first.status_code, again.content) == (201, first.content)
        assert again.headers["Idempotency-Replayed"] == "true"
    assert RequestUpdate.objects.filter(id=connection.pk, notes="Once").count() == 2


# --- The key
# --------------------------------------------------------------------------------------------------
def test_only_a_digest_of_the_key_is_stored(db: None) -> None:
    machine = make_machine(READ)
    stored = [
        *MachineKey.objects.values_list(),
        *MachineAccount.objects.values_list(),
        *MachineAccount.history.values_list(),
    ]
    secret = machine.key.removeprefix(MachineKey.objects.get().beginning)
    assert len(secret) > 32
    assert secret not in str(stored)


def test_unknown_revoked_and_expired_keys_get_the_same_error(support: User) -> None:
    machine, other = make_machine(READ), make_machine(READ, name="Other")
    machines.revoke(machine.account.pk, actor=Actor(machine.account.owner))
    unknown = MachineApi(machine.account, machine_keys.new_key().key)
    bodies = [machine.get("requests/").json(), unknown.get("requests/").json()]
    MachineAccount.objects.filter(pk=other.account.pk).update(expires_at=timezone.now())
    bodies.append(other.get("requests/").json())
    assert bodies == [
        {
            "type": TYPE + "not-authenticated",
            "title": "Not authenticated",
            "status": 401,
            "detail": "The key is not valid or has expired.",
        }
    ] * len(bodies)


@pytest.mark.django_db
def test_both_keys_are_valid_for_a_day_after_a_rotation() -> None:
    machine = make_machine(READ)
    actor = Actor(machine.account.owner)
    account, key = machines.rotate(machine.account.pk, actor=actor)
    new = MachineApi(account, key)
    assert [client.get("requests/").status_code for client in (machine, new)] == [200, 200]
    ends = MachineKey.objects.exclude(expires_at=None).get().expires_at
    assert ends is not None
    assert abs(ends - timezone.now() - machines.KEY_OVERLAP) < dt.timedelta(minutes=1)
    MachineKey.objects.exclude(expires_at=None).update(expires_at=timezone.now())
    assert [client.get("requests/").status_code for client in (machine, new)] == [401, 200]
    newest = MachineApi(*machines.rotate(account.pk, actor=actor))
    clients = (machine, new, newest)
    assert [client.get("requests/").status_code for client in clients] == [401, 200, 200]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("192.0.2.7", 200),
        ("::ffff:192.0.2.7", 200),
        ("2001:db8::1", 200),
        ("192.0.3.7", 401),
        ("2001:db9::1", 401),
        ("", 401),
        ("unix", 401),
    ],
)
def test_it_works_from_its_networks_alone(address: str, status: int) -> None:
    machine = make_machine(READ, networks=["192.0.2.0/24", "2001:db8::/32"])
    response = machine.client.get("/api/v1/requests/", headers=machine.headers, REMOTE_ADDR=address)
    assert response.status_code == status


def test_the_last_use_is_recorded_once_a_minute(db: None) -> None:
    machine = make_machine(READ)
    machine.get("requests/")
    first = MachineKey.objects.get()
    machine.get("requests/")
    assert MachineKey.objects.get().last_used_at == first.last_used_at is not None
    assert first.last_used_ip == "127.0.0.1"
    before = timezone.now() - dt.timedelta(seconds=machine_keys.USE_SECONDS + 1)
    MachineKey.objects.update(last_used_at=before)
    machine.get("requests/")
    last = MachineKey.objects.get().last_used_at
    assert last is not None
    assert last > before


@pytest.mark.django_db
def test_a_machine_account_has_no_profile_and_no_logins() -> None:
    machine = make_machine(READ, WORK)
    for path in ("profile/", "profile/logins/"):
        assert code_of(machine.get(path)) == "403 insufficient-scope"


# --- People and machines
# --------------------------------------------------------------------------------------------------
def test_what_it_does_is_no_acknowledgement(leak: ServiceRequest, support: User) -> None:
    machine = make_machine(WORK)
    path = f"requests/{leak.pk}/"
    acknowledged = machine.post(f"{path}milestones/", {"milestone": "acknowledged"})
    assert code_of(acknowledged) == "403 person-required"
    machine.patch(path, {"status": "in_progress"})
    machine.post(f"{path}comments/", {"notes": "We are on our way"})
    machine.patch(path, {"assigned_to": support.pk})
    machine.post(f"{path}milestones/", {"milestone": "on_site"})
    assert met(leak) == {"on_site"}
    machine.post(f"{path}milestones/", {"milestone": "made_safe"})
    assert met(leak) == {"on_site", "made_safe"}
    requests.comment(leak.pk, actor=Actor(support), notes="Seen")
    assert met(leak) == {"acknowledged", "on_site", "made_safe"}


def test_starting_a_request_assigns_it_to_no_one(connection: ServiceRequest) -> None:
    machine = make_machine(WORK)
    machine.patch(f"requests/{connection.pk}/", {"status": "in_progress"})
    connection.refresh_from_db()
    assert (connection.status, connection.assigned_to) == (Status.IN_PROGRESS, None)


def test_nothing_is_assigned_to_it(connection: ServiceRequest) -> None:
    assert make_machine(READ).get("requests/?assigned_to=me").json()["results"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("cancel/", {"notes": "False alarm"}),
        ("reclassify/", {"request_type": "no_supply", "notes": "No leak"}),
    ],
)
def test_ending_an_emergency_needs_a_person(
    path: str, body: dict[str, str], leak: ServiceRequest
) -> None:
    response = make_machine(READ, WORK).post(f"requests/{leak.pk}/{path}", body)
    assert (response.status_code, response.json()) == (
        403,
        {
            "type": TYPE + "person-required",
            "title": "Person required",
            "status": 403,
            "detail": "Only a person can do this. Ask a support representative.",
        },
    )
    assert ServiceRequest.objects.get().version == leak.version


def test_cancelling_by_an_update_needs_a_person(leak: ServiceRequest) -> None:
    machine, body = make_machine(WORK), {"status": "cancelled", "notes": "False alarm"}
    assert code_of(machine.patch(f"requests/{leak.pk}/", body)) == "403 person-required"
    update = machine.post("request-updates/", body | {"service_request": leak.pk})
    assert code_of(update) == "403 person-required"


def test_lowering_an_emergency_needs_a_person(connection: ServiceRequest, support: User) -> None:
    requests.prioritise(connection.pk, actor=Actor(support), priority=Priority.EMERGENCY)
    body = {"priority": "normal", "notes": "No danger"}
    response = make_machine(WORK).patch(f"requests/{connection.pk}/", body)
    assert code_of(response) == "403 person-required"


@pytest.mark.parametrize("outcome", ["", "not_a_leak", "no_access"])
def test_resolving_an_emergency_that_is_not_made_safe_needs_a_person(
    outcome: str, leak: ServiceRequest
) -> None:
    machine, path = make_machine(WORK), f"requests/{leak.pk}/"
    if outcome:
        machine.post(f"{path}milestones/", {"milestone": outcome})
    body = {"status": "resolved", "notes": "Gas leak fixed."}
    assert code_of(machine.patch(path, body)) == "403 person-required"


def test_it_resolves_an_emergency_that_is_made_safe(leak: ServiceRequest) -> None:
    machine, path = make_machine(WORK), f"requests/{leak.pk}/"
    machine.post(f"{path}milestones/", {"milestone": "made_safe"})
    assert machine.patch(path, {"status": "resolved"}).status_code == 200
    assert met(leak) >= {"made_safe", "resolved"}


def test_people_do_all_of_this(api: Any, support: User, leak: ServiceRequest) -> None:
    body = {"status": "resolved", "notes": "Gas leak fixed."}
    assert api(support).patch(f"requests/{leak.pk}/", body).status_code == 200


def test_a_customer_waits_for_a_person(
    connection: ServiceRequest, customer: User, support: User
) -> None:
    requests.comment(connection.pk, actor=Actor(customer), notes="When do you come?")
    make_machine(WORK).post(f"requests/{connection.pk}/comments/", {"notes": "Received"})
    connection.refresh_from_db()
    assert connection.customer_wrote_at is not None


# --- Customers
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["7890123456", "customer@example.com", "+917890123456"])
def test_it_searches_by_contact_details_with_their_scope_alone(
    text: str, connection: ServiceRequest
) -> None:
    for scopes, number in (((READ,), 0), ((READ, "customers:read"), 1)):
        machine = make_machine(*scopes, name=f"With {number}")
        results = machine.get(f"requests/?q={text}")
        assert len(results.json()["results"]) == number


def test_it_expands_customers_with_their_scope_alone(connection: ServiceRequest) -> None:
    path = f"requests/{connection.pk}/?expand=customer"
    assert code_of(make_machine(READ).get(path)) == "403 insufficient-scope"
    machine = make_machine(READ, "customers:read", name="CRM")
    assert machine.get(path).json()["customer"]["name"] == "Customer Example"


def test_its_files_name_no_user(connection: ServiceRequest, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    machine, other = make_machine(READ, WORK), make_machine(WORK, name="Other")
    response = machine.send(f"requests/{connection.pk}/attachments/", **part())
    assert (response.status_code, response.json()["uploaded_by"]) == (201, None)
    file = Attachment.objects.get()
    assert file.machine_account == machine.account
    assert code_of(other("DELETE", f"attachments/{file.pk}/")) == "403 not-allowed"
    assert machine("DELETE", f"attachments/{file.pk}/").status_code == 204
