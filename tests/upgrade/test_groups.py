"""An upgrade grants managers the export of requests.

It changes nothing else of groups that managers have customised.
"""

import json
from typing import Any

import pytest

from tests.support.processes import manage

pytestmark = pytest.mark.services
TAKEN_AWAY = ["approve_support", "export_user"]
CUSTOMISE = f"""
# The history of groups has no table yet.
from django.conf import settings
settings.SIMPLE_HISTORY_ENABLED = False
from django.contrib.auth.models import Group, Permission
def find(*names):
    return Permission.objects.filter(content_type__app_label="gasutil", codename__in=names)
from gasutil.groups import PERMISSIONS
for name, codenames in PERMISSIONS.items():  # as the release of that time made them
    Group.objects.get_or_create(name=name)[0].permissions.set(find(*codenames))
managers = Group.objects.get(name="Managers")
# as releases before 0020 have it
managers.permissions.remove(*find("export_servicerequest", *{TAKEN_AWAY}))
managers.permissions.add(*find("delete_calendar"))
regional = Group.objects.create(name="Regional managers")
regional.permissions.set(find("view_user", "receive_escalations"))
"""
LIST = """
import json
from django.contrib.auth.models import Group
print(json.dumps({
    group.name: sorted(group.permissions.values_list("codename", flat=True))
    for group in Group.objects.all()
}))
"""
TAKE_AWAY = """
from django.contrib.auth.models import Group, Permission
Group.objects.get(name="Managers").permissions.remove(Permission.objects.get(codename="export_servicerequest"))
"""


def shell(environment: dict[str, str], code: str) -> str:
    return manage("shell", "-v0", "-c", code, environment=environment)


def groups(environment: dict[str, str]) -> Any:
    return json.loads(shell(environment, LIST))


def migrate(environment: dict[str, str], *to: str) -> None:
    manage("migrate", "-v0", "gasutil", *to, environment=environment)


def test_an_upgrade_leaves_changes_of_managers(environment: dict[str, str]) -> None:
    migrate(environment, "0019")
    shell(environment, CUSTOMISE)
    before = groups(environment)
    assert "export_servicerequest" not in before["Managers"]
    migrate(environment)
    after = groups(environment)
    assert set(after["Managers"]) == set(before["Managers"]) | {
        "export_servicerequest",
        "view_securityevent",
        "export_securityevent",
        "add_machineaccount",
        "change_machineaccount",
        "view_machineaccount",
        "record_past_events",
        "erase_customer",
        "view_accessreview",
        "add_accessreview",
        "view_review",
        "review_servicerequest",
    }
    assert set(TAKEN_AWAY).isdisjoint(after["Managers"])
    assert (
        after["Regional managers"]
        == before["Regional managers"]
        == ["receive_escalations", "view_user"]
    )
    assert after["Support"] == [*before["Support"], "work_servicerequest"]

    shell(environment, TAKE_AWAY)
    migrate(environment)
    assert "export_servicerequest" not in groups(environment)["Managers"]


def test_a_renamed_group_is_left_alone(environment: dict[str, str]) -> None:
    migrate(environment, "0019")
    shell(environment, f"{CUSTOMISE}\nmanagers.name = 'Duty managers'; managers.save()")
    migrate(environment)
    result = groups(environment)
    assert {"export_servicerequest", *TAKEN_AWAY} <= set(result["Managers"])  # made again
    assert "export_servicerequest" not in result["Duty managers"]
