"""The groups a new installation starts with; managers may change what they hold afterwards."""

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import connections

SUPPORT = "Support"
MANAGERS = "Managers"
PERMISSIONS: Mapping[str, list[str]] = {
    SUPPORT: [
        "view_servicerequest",
        "work_servicerequest",
        "view_requesttype",
        "view_incident",
        "submit_for_customer",
    ],
    MANAGERS: [
        "view_requestupdate",
        "add_requesttype",
        "change_requesttype",
        "view_historicalrequesttype",
        "view_user",
        "change_user",
        "view_historicaluser",
        "approve_support",
        "view_group",
        "receive_escalations",
        "view_delivery",
        "resend_delivery",
        "share_savedview",
        "add_calendar",
        "change_calendar",
        "view_calendar",
        "view_bulkrun",
        "view_export",
        "view_securityevent",
        "export_securityevent",
        "export_servicerequest",
        "export_requestupdate",
        "export_user",
        "import_servicerequest",
        "add_team",
        "change_team",
        "delete_team",
        "view_team",
        "add_cannedreply",
        "change_cannedreply",
        "delete_cannedreply",
        "view_cannedreply",
        "add_webhook",
        "change_webhook",
        "view_webhook",
        "delete_webhook",
        "add_machineaccount",
        "change_machineaccount",
        "view_machineaccount",
        "view_backgroundtask",
        "run_backgroundtask",
    ],
}


before: set[str] = set()  # the permissions that there were when a migration began


def note_permissions(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Note which permissions there are before a migration.

    After the migration, this shows which permissions came with it.
    """
    before.clear()
    if Permission._meta.db_table in connections[using].introspection.table_names():
        before.update(Permission.objects.using(using).values_list("codename", flat=True))


def make_groups(sender: AppConfig, **kwargs: Any) -> None:
    """Make the groups that are missing, and give the others what is new.

    What a manager has taken away is not given back.

    A permission that existed before and is added to a group here needs a migration that grants it
    (as 0020 does).
    """
    for name, codenames in PERMISSIONS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        held = Permission.objects.filter(codename__in=codenames)
        group.permissions.add(*(held if is_new else held.exclude(codename__in=before)))
