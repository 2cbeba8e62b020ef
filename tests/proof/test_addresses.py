"""The IP address and the channel of history rows: who sees them, and when they are erased."""

import base64
import datetime as dt
import json

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import Channel, Leaf, LogKey, RequestUpdate, User
from gasutil.proof import erasure
from gasutil.proof.checking import Checker
from gasutil.proof.notes import PublicKey
from gasutil.proof.proofs import proof_of
from gasutil.workflow import approval
from gasutil_verify.proofs import verify_proof
from tests.support.proof import log_key, publish

ADDRESS = "127.0.0.1"


def problems():
    keys = [PublicKey.parse(vkey) for vkey in LogKey.objects.values_list("vkey", flat=True)]
    return Checker(keys).check()


@pytest.fixture
def commented(leak, api, support):
    api(support).post(f"requests/{leak.pk}/comments/", {"notes": "On our way"})
    return leak


def disclosed(actor, obj):
    return {name for row in proof_of(actor, obj)["rows"] for name in row["disclosures"]}


def test_it_works(commented):
    row = RequestUpdate.objects.filter(id=commented.pk).latest("history_id")
    assert (row.ip, row.channel) == (ADDRESS, Channel.API)


def test_what_no_call_made_has_none(leak):
    assert RequestUpdate.objects.get(id=leak.pk).ip is None


def test_rows_of_accounts_have_both(api, customer):
    api(customer).patch("profile/", {"phone_number": "+919812345678"})
    row = customer.history.latest()
    assert (row.ip, row.channel) == (ADDRESS, Channel.API)


def test_rows_of_the_console_have_its_channel(root, console):
    group = Group.objects.create(name="Helpers")
    path = f"/admin/auth/group/{group.pk}/change/"
    permission = Permission.objects.get(codename="view_servicerequest")
    console(root).post(path, {"name": "Helpers", "permissions": [permission.pk]})
    row = group.history.latest()
    assert (row.ip, row.channel, row.history_user) == (ADDRESS, Channel.CONSOLE, root)
    assert [each.permission for each in row.permissions.all()] == [permission]


def test_the_groups_of_an_account_are_in_its_history(pending, manager):
    User.objects.filter(pk=pending.pk).update(email_confirmed=True)
    approval.approve(pending.pk, actor=Actor(manager, Channel.CONSOLE))
    row = pending.history.latest()
    assert [each.group.name for each in row.groups.all()] == ["Support"]
    assert row.history_user == manager
    publish()
    assert problems() == []


@pytest.mark.django_db
def test_the_groups_that_ship_have_a_first_row():
    for group in Group.objects.all():
        assert group.history.exists()


def test_managers_alone_see_the_address_in_proofs(commented, manager, customer, colleague):
    publish()
    assert "ip" in disclosed(Actor(manager), commented)
    assert "ip" not in disclosed(Actor(colleague), commented)
    assert "ip" not in disclosed(Actor(customer), commented)


def test_an_address_is_erased_after_a_year_and_its_leaf_stays(commented, manager):
    publish()
    kept = json.dumps(proof_of(Actor(manager), commented), default=str).encode()
    hashes = list(Leaf.objects.order_by("index").values_list("hash", flat=True))
    almost = timezone.now() + dt.timedelta(days=erasure.ADDRESS_DAYS - 1)
    assert erasure.erase_addresses(almost) == 0
    assert RequestUpdate.objects.exclude(ip=None).exists()
    later = timezone.now() + dt.timedelta(days=erasure.ADDRESS_DAYS + 1)
    assert erasure.erase_addresses(later) == len(hashes)
    assert not RequestUpdate.objects.exclude(ip=None).exists()
    assert not User.history.exclude(ip=None).exists()
    assert not Leaf.objects.exclude(ip_salt=None).exists()
    assert Leaf.objects.exclude(salt=None).count() == len(hashes)
    assert list(Leaf.objects.order_by("index").values_list("hash", flat=True)) == hashes
    assert problems() == []
    now = json.dumps(proof_of(Actor(manager), commented)).encode()
    assert "ip" not in disclosed(Actor(manager), commented)
    for proof in (kept, now):
        assert len(verify_proof(proof, log_key()).rows) == 2
    rows = json.loads(now)["rows"]
    assert all("ip" in json.loads(base64.b64decode(row["entry"]))["salted"] for row in rows)


def test_tidy_erases_them_once(commented, monkeypatch):
    publish()
    monkeypatch.setattr(erasure, "ADDRESS_DAYS", -1)
    monkeypatch.setattr(erasure, "BATCH_SIZE", 3)
    call_command("tidy", verbosity=0)
    assert not RequestUpdate.objects.exclude(ip=None).exists()
    assert erasure.erase_addresses() == 0
