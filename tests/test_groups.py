import io
from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection

from gasutil.admin.base.permission_wording import KNOWN
from gasutil.groups import (
    ADMINISTRATORS,
    AUDITORS,
    MANAGERS,
    PERMISSIONS,
    STAFF_ROLES,
    SUPPORT,
    TEAM_LEADS,
    roles_of,
)
from gasutil.models import User


def test_a_new_installation_has_their_permissions(db: None) -> None:
    held = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }
    assert held == {name: set(codenames) for name, codenames in PERMISSIONS.items()}


def test_an_upgrade_adds_new_permissions_and_no_removed_ones(db: None) -> None:
    managers = Group.objects.get(name=MANAGERS)
    managers.permissions.remove(Permission.objects.get(codename="export_user"))
    Permission.objects.get(
        codename="view_team"
    ).delete()  # as if this were the release that brings it
    call_command("migrate", stdout=io.StringIO())
    held = set(managers.permissions.values_list("codename", flat=True))
    assert held == set(PERMISSIONS[MANAGERS]) - {"export_user"}


def test_an_upgrade_gives_managers_the_export_of_requests(db: None) -> None:
    managers = Group.objects.get(name=MANAGERS)
    managers.permissions.remove(Permission.objects.get(codename="export_servicerequest"))
    migration = import_module("gasutil.migrations.0020_export_permission")
    migration.grant(apps, SimpleNamespace(connection=connection))
    assert managers.permissions.filter(codename="export_servicerequest").exists()


def test_an_upgrade_brings_the_roles_that_are_new(db: None) -> None:
    Group.objects.filter(name__in=[TEAM_LEADS, AUDITORS, ADMINISTRATORS]).delete()
    night = Group.objects.create(name="Night shift")
    before = set(Group.objects.get(name=MANAGERS).permissions.all())
    call_command("migrate", stdout=io.StringIO())
    for name in (TEAM_LEADS, AUDITORS, ADMINISTRATORS):
        held = Group.objects.get(name=name).permissions.values_list("codename", flat=True)
        assert sorted(held) == sorted(PERMISSIONS[name])
    assert set(Group.objects.get(name=MANAGERS).permissions.all()) == before
    assert not night.permissions.exists()


def test_every_permission_of_a_group_has_plain_words() -> None:
    assert {codename for names in PERMISSIONS.values() for codename in names} <= KNOWN


def test_auditors_see_everything_and_change_nothing() -> None:
    assert set(PERMISSIONS[AUDITORS]) == {name for name in KNOWN if name.startswith("view_")}


def test_administrators_do_not_work_on_requests_or_take_data_of_customers_away() -> None:
    kept = {"work_servicerequest", "submit_for_customer", "erase_customer", "export_user"}
    kept |= {"import_servicerequest", "export_servicerequest", "export_requestupdate"}
    assert kept.isdisjoint(PERMISSIONS[ADMINISTRATORS])


def test_roles_are_named_without_those_that_they_include() -> None:
    def named(*groups: str) -> list[str]:
        return [str(role.label) for role in roles_of(groups)]

    assert [named(*role.groups) for role in STAFF_ROLES] == [
        [str(role.label)] for role in STAFF_ROLES
    ]
    assert named(SUPPORT, MANAGERS, AUDITORS) == ["Manager", "Auditor"]
    assert named(MANAGERS) == named("Night shift") == []


def test_managers_alone_may_approve(support: User, manager: User) -> None:
    assert [user.has_perm("gasutil.approve_support") for user in (support, manager)] == [
        False,
        True,
    ]


def test_an_upgrade_lets_everyone_work_who_could_work_before(
    customer: User, support: User, colleague: User
) -> None:
    Group.objects.filter(name__in=[AUDITORS, ADMINISTRATORS]).delete()  # they came later
    permission = Permission.objects.get(codename="work_servicerequest")
    night = Group.objects.create(name="Night shift")
    night.permissions.add(Permission.objects.get(codename="view_servicerequest"))
    Group.objects.create(name="Others")
    Group.objects.get(name=SUPPORT).permissions.remove(permission)
    colleague.groups.set([])
    support.groups.set([night])
    migration = import_module("gasutil.migrations.0041_work_permission")
    migration.grant(apps, SimpleNamespace(connection=connection))
    migration.grant(apps, SimpleNamespace(connection=connection))  # it can run again
    assert {group.name for group in permission.group_set.all()} == {SUPPORT, "Night shift"}
    assert list(permission.user_set.all()) == [colleague]
    assert not customer.has_perm("gasutil.work_servicerequest")


def test_an_upgrade_renames_the_permission_for_escalations(db: None) -> None:
    migration = import_module("gasutil.migrations.0046_plain_permission_name")
    permission = Permission.objects.get(codename="receive_escalations")
    permission.name = "Is told when a milestone has passed unmet"
    permission.save()
    migration.rename(apps, SimpleNamespace(connection=connection))
    permission.refresh_from_db()
    assert permission.name == "Can receive notices of missed deadlines"
