import io
from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection

from gasutil.groups import MANAGERS, PERMISSIONS, SUPPORT
from gasutil.models import User


def test_they_hold_what_they_are_to_hold_on_a_fresh_installation(db: None) -> None:
    held = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }
    assert held == {name: set(codenames) for name, codenames in PERMISSIONS.items()}


def test_an_upgrade_gives_them_what_is_new_and_nothing_back_that_was_taken_away(db: None) -> None:
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


def test_managers_alone_may_approve(support: User, manager: User) -> None:
    assert [user.has_perm("gasutil.approve_support") for user in (support, manager)] == [
        False,
        True,
    ]


def test_an_upgrade_lets_everyone_work_who_could_work_before(
    customer: User, support: User, colleague: User
) -> None:
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
