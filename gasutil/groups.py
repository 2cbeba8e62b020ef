"""The groups a new installation starts with; managers may change what they hold afterwards."""

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

SUPPORT = "Support"
MANAGERS = "Managers"
PERMISSIONS: Mapping[str, list[str]] = {
    SUPPORT: ["view_servicerequest", "view_requesttype", "view_incident"],
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
        "add_calendar",
        "change_calendar",
        "view_calendar",
        "view_backgroundtask",
        "run_backgroundtask",
    ],
}


def make_groups(sender: AppConfig, **kwargs: Any) -> None:
    """Make the groups that are missing, once the permissions they hold are there."""
    for name, codenames in PERMISSIONS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(Permission.objects.filter(codename__in=codenames))
