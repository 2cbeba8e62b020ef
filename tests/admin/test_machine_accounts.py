"""Machine accounts in the console: who manages them, and what a page shows of a key."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from gasutil.access import Actor
from gasutil.identity import machine_keys
from gasutil.models import MachineAccount, MachineKey, ServiceRequest, User
from gasutil.workflow import machines
from tests.support.machines import MachineApi, make_machine, withdraw

LIST = "/admin/gasutil/machineaccount/"
ADD = f"{LIST}add/"


def form(manager: User, **changed: Any) -> dict[str, Any]:
    expires = timezone.now() + dt.timedelta(days=90)
    return {
        "name": "Dispatch",
        "owner": manager.pk,
        "scopes": ["requests:read", "requests:work"],
        "networks": "192.0.2.0/24\n198.51.100.7",
        "expires_at_0": f"{expires:%Y-%m-%d}",
        "expires_at_1": "12:00:00",
    } | changed


def page(account: MachineAccount, name: str = "change") -> str:
    return f"{LIST}{account.pk}/{name}/"


def act(client: Any, account: MachineAccount, verb: str) -> Any:
    """Send the dialog of a verb."""
    address = reverse(f"admin:gasutil_machineaccount_{verb}", args=[account.pk])
    return client.post(address, {"_form_submitted": "on"}, headers={"HX-Request": "true"})


def key_in(response: Any) -> str:
    """Return the key that a page shows."""
    return str(response.context["key"])


def errors_of(response: Any) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def test_a_manager_creates_one_and_sees_its_key_once(manager: User, console: Any) -> None:
    client = console(manager)
    response = client.post(ADD, form(manager))
    assert response.status_code == 200, response.context.get("errors")
    key, account = key_in(response), MachineAccount.objects.get()
    assert key in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert (account.name, account.scopes, account.networks, account.created_by) == (
        "Dispatch",
        ["requests:read", "requests:work"],
        ["192.0.2.0/24", "198.51.100.7/32"],
        manager,
    )
    assert machine_keys.read_key(key, "192.0.2.1").account == account
    stored = MachineKey.objects.get()
    for path in (LIST, page(account), page(account, "history")):
        shown = client.get(path)
        assert shown.status_code == 200, path
        for hidden in (key.removeprefix(stored.beginning), stored.digest):
            assert hidden not in shown.content.decode(), path
    assert f"{stored.beginning}…" in client.get(page(account)).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"networks": "somewhere"}, "networks"),
        ({"networks": "192.0.2.1/24"}, "networks"),
        ({"name": ""}, "name"),
        ({"expires_at_0": "2020-01-01"}, "expires_at"),
        ({"expires_at_0": "2099-01-01"}, "expires_at"),
        ({"owner": 0}, "owner"),
    ],
)
def test_it_names_what_is_wrong(
    changed: dict[str, Any], field: str, manager: User, console: Any
) -> None:
    response = console(manager).post(ADD, form(manager, **changed))
    assert list(errors_of(response)) == [field]
    assert not MachineAccount.objects.exists()


def test_a_name_is_taken_once(manager: User, console: Any) -> None:
    make_machine("requests:read")
    assert list(errors_of(console(manager).post(ADD, form(manager)))) == ["name"]


def test_no_one_gives_away_what_they_cannot_do(manager: User, console: Any) -> None:
    withdraw(manager, "change_webhook")
    response = console(manager).post(ADD, form(manager, scopes=["webhooks:manage"]))
    assert errors_of(response) == {
        "scopes": ["You can't give the scope webhooks:manage, because you lack the permission."]
    }


def test_it_is_changed(manager: User, console: Any, connection: ServiceRequest) -> None:
    machine = make_machine("requests:read", name="Dispatch")
    changed = form(manager, scopes=["events:read"], networks="")
    response = console(manager).post(page(machine.account), changed)
    assert response.status_code == 302, errors_of(response)
    machine.account.refresh_from_db()
    assert (machine.account.scopes, machine.account.networks) == (["events:read"], [])
    assert machine.get("requests/").status_code == 403
    assert machine.account.history.first().history_user == manager


def test_a_key_is_rotated_and_shown_once(manager: User, console: Any) -> None:
    machine = make_machine("requests:read")
    client = console(manager)
    new = MachineApi(machine.account, key_in(act(client, machine.account, "rotate_key")))
    assert [api.get("requests/").status_code for api in (machine, new)] == [200, 200]
    assert new.key not in client.get(page(machine.account)).content.decode()


def test_a_revocation_is_permanent(manager: User, console: Any) -> None:
    machine, client = make_machine("requests:read"), console(manager)
    act(client, machine.account, "revoke")
    assert machine.get("requests/").status_code == 401
    shown = client.get(page(machine.account))
    assert (shown.status_code, shown.context["has_change_permission"]) == (200, False)
    for verb in ("rotate_key", "revoke"):
        assert act(client, machine.account, verb).status_code in (200, 403)
    assert MachineKey.objects.count() == 1
    assert "Revoked" in client.get(LIST).content.decode()


def test_only_those_with_the_permission_see_them(support: User, console: Any) -> None:
    machine, client = make_machine("requests:read"), console(support)
    for path in (LIST, ADD, page(machine.account), page(machine.account, "history")):
        assert client.get(path).status_code == 403, path
    for verb in ("rotate_key", "revoke"):
        assert act(client, machine.account, verb).status_code == 403
    assert machine.get("requests/").status_code == 200


def test_an_owner_who_has_left_is_shown(manager: User, console: Any) -> None:
    machine = make_machine("requests:read")
    User.objects.filter(pk=machine.account.owner_id).update(is_active=False)
    assert "has left: choose another owner" in console(manager).get(LIST).content.decode()
    assert machine.get("requests/").status_code == 200


def test_the_timeline_names_it(
    support: User, console: Any, connection: ServiceRequest, manager: User
) -> None:
    machine = make_machine("requests:work")
    machine.post(f"requests/{connection.pk}/comments/", {"notes": "From dispatch"})
    ticket = console(support).get(f"/admin/gasutil/servicerequest/{connection.pk}/change/")
    assert "Dispatch" in ticket.content.decode()
    history = console(manager).get("/admin/gasutil/requestupdate/")
    assert "Dispatch" in history.content.decode()


def test_a_manager_cannot_bypass_the_console(support: User) -> None:
    with pytest.raises(Exception, match="permission"):
        machines.create_machine(actor=Actor(support), name="x")


@pytest.mark.parametrize("sent", ["expires_at=abc", "expires_at=-1", "scopes=requests:work"])
def test_a_link_fills_in_nothing(sent: str, console: Any, manager: User) -> None:
    answer = console(manager).get(f"{ADD}?{sent}")
    initial = answer.context["adminform"].form.initial
    assert (answer.status_code, set(initial)) == (200, {"networks", "expires_at"})
    assert initial["expires_at"] > timezone.now()
