"""The roles of the staff, and the groups that give them; superusers can change them later."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import connections, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from gasutil.models import HistoricalGroup, User
from gasutil.models.history import signed

SUPPORT = "Support"
TEAM_LEADS = "Team leads"
MANAGERS = "Managers"
AUDITORS = "Auditors"
ADMINISTRATORS = "Administrators"
# Groups whose members can change accounts or settings.
POWERFUL_GROUPS = (MANAGERS, ADMINISTRATORS)
PERMISSIONS: Mapping[str, list[str]] = {
    SUPPORT: [
        "view_servicerequest",
        "work_servicerequest",
        "view_requesttype",
        "view_incident",
        "submit_for_customer",
    ],
    TEAM_LEADS: [
        "view_requestupdate",
        "view_bulkrun",
        "view_delivery",
        "view_team",
        "receive_escalations",
        "record_past_events",
        "share_savedview",
        "add_cannedreply",
        "change_cannedreply",
        "delete_cannedreply",
        "view_cannedreply",
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
        "view_accessreview",
        "add_accessreview",
        "receive_escalations",
        "view_review",
        "review_servicerequest",
        "record_past_events",
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
        "erase_customer",
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
    AUDITORS: [
        "view_servicerequest",
        "view_requestupdate",
        "view_review",
        "view_incident",
        "view_bulkrun",
        "view_user",
        "view_historicaluser",
        "view_group",
        "view_accessreview",
        "view_requesttype",
        "view_historicalrequesttype",
        "view_calendar",
        "view_team",
        "view_cannedreply",
        "view_delivery",
        "view_webhook",
        "view_machineaccount",
        "view_backgroundtask",
        "view_export",
        "view_securityevent",
    ],
    ADMINISTRATORS: [
        "view_servicerequest",
        "view_user",
        "change_user",
        "view_historicaluser",
        "approve_support",
        "view_group",
        "view_accessreview",
        "view_requesttype",
        "add_requesttype",
        "change_requesttype",
        "view_historicalrequesttype",
        "view_calendar",
        "add_calendar",
        "change_calendar",
        "view_team",
        "add_team",
        "change_team",
        "delete_team",
        "view_cannedreply",
        "add_cannedreply",
        "change_cannedreply",
        "delete_cannedreply",
        "view_delivery",
        "resend_delivery",
        "view_webhook",
        "add_webhook",
        "change_webhook",
        "delete_webhook",
        "view_machineaccount",
        "add_machineaccount",
        "change_machineaccount",
        "view_backgroundtask",
        "run_backgroundtask",
        "view_export",
        "view_securityevent",
        "export_securityevent",
    ],
}


class StaffRole(NamedTuple):
    """A role of the staff, and the groups that give it."""

    label: Any
    groups: frozenset[str]


STAFF_ROLES = (
    StaffRole(_("Agent"), frozenset({SUPPORT})),
    StaffRole(_("Team lead"), frozenset({SUPPORT, TEAM_LEADS})),
    StaffRole(_("Manager"), frozenset({SUPPORT, MANAGERS})),
    StaffRole(_("Auditor"), frozenset({AUDITORS})),
    StaffRole(_("Administrator"), frozenset({ADMINISTRATORS})),
)


def roles_of(groups: Collection[str]) -> list[StaffRole]:
    """Return the roles that some groups give, without those that are part of another."""
    given = [role for role in STAFF_ROLES if role.groups.issubset(groups)]
    return [role for role in given if not any(role.groups < other.groups for other in given)]


before: set[str] = set()  # the permissions that there were when a migration began


def note_permissions(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Note which permissions there are before a migration.

    After the migration, this shows which permissions came with it.
    """
    before.clear()
    if Permission._meta.db_table in connections[using].introspection.table_names():
        before.update(Permission.objects.using(using).values_list("codename", flat=True))


def make_groups(sender: AppConfig, *, apps: Any = None, **kwargs: Any) -> None:
    """Make the groups that are missing, and give the others what is new.

    What a manager has taken away is not given back. A group without a history gets its first row.

    A permission that existed before and is added to a group here needs a migration that grants it
    (as 0020 does).
    """
    if apps is not None and not _has_history(apps):  # migrated back
        return
    for name, codenames in PERMISSIONS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        held = Permission.objects.filter(codename__in=codenames)
        group.permissions.add(*(held if is_new else held.exclude(codename__in=before)))
    for group in Group.objects.exclude(pk__in=HistoricalGroup.objects.values("id")):
        signed(group, None, gettext_noop("State at an upgrade")).save()


def _has_history(apps: Any) -> bool:
    return "historicalgroup" in apps.all_models["gasutil"]


def delete_group(group: Group, *, author: User | None) -> None:
    """Delete a group; the history of each member says that they have left it."""
    with transaction.atomic():
        for user in group.user_set.all():
            signed(user, author, gettext_noop("Group deleted")).groups.remove(group)
        signed(group, author, gettext_noop("Deleted")).delete()
