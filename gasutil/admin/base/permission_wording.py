"""Permissions in plain words, by subject."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

SUBJECTS: Mapping[Any, Mapping[str, Any]] = {
    _("Requests"): {
        "view_servicerequest": _("View the queue"),
        "work_servicerequest": _("Work on requests"),
        "record_past_events": _("Record what happened more than 24 hours ago"),
        "submit_for_customer": _("File requests for customers"),
        "view_incident": _("View incidents"),
        "receive_escalations": _("Be notified of missed deadlines"),
        "view_review": _("View reviews of closed requests"),
        "review_servicerequest": _("Review closed emergencies and missed deadlines"),
        "share_savedview": _("Share saved views with everyone"),
        "view_bulkrun": _("View other people's bulk runs"),
    },
    _("Audit"): {
        "view_requestupdate": _("View the change history"),
        "export_servicerequest": _("Export requests"),
        "export_requestupdate": _("Export the change history"),
        "export_user": _("Export users"),
        "view_securityevent": _("View the security log"),
        "export_securityevent": _("Export the security log"),
        "view_export": _("View exports"),
        "import_servicerequest": _("Import requests"),
    },
    _("Users and groups"): {
        "view_user": _("View users"),
        "change_user": _("Change users"),
        "view_historicaluser": _("View the history of users"),
        "approve_support": _("Approve support representatives"),
        "erase_customer": _("Erase the personal data of customers"),
        "view_group": _("View groups"),
        "view_accessreview": _("See who can do what, and the access list"),
        "add_accessreview": _("Review the access list"),
    },
    _("Request types and calendars"): {
        "view_requesttype": _("View request types"),
        "add_requesttype": _("Add request types"),
        "change_requesttype": _("Change request types and approve safety texts"),
        "view_historicalrequesttype": _("View the history of request types"),
        "view_calendar": _("View calendars"),
        "add_calendar": _("Add calendars"),
        "change_calendar": _("Change calendars"),
    },
    _("Teams and canned replies"): {
        "view_team": _("View teams"),
        "add_team": _("Add teams"),
        "change_team": _("Change teams"),
        "delete_team": _("Delete teams"),
        "view_cannedreply": _("View canned replies"),
        "add_cannedreply": _("Add canned replies"),
        "change_cannedreply": _("Change canned replies"),
        "delete_cannedreply": _("Delete canned replies"),
    },
    _("Deliveries and webhooks"): {
        "view_delivery": _("View deliveries"),
        "resend_delivery": _("Send deliveries again"),
        "view_webhook": _("View webhooks"),
        "add_webhook": _("Add webhooks"),
        "change_webhook": _("Change, pause and test webhooks"),
        "delete_webhook": _("Delete webhooks"),
    },
    _("Machine accounts"): {
        "view_machineaccount": _("View machine accounts"),
        "add_machineaccount": _("Add machine accounts"),
        "change_machineaccount": _("Change and revoke machine accounts and rotate their keys"),
    },
    _("Background tasks"): {
        "view_backgroundtask": _("View background tasks"),
        "run_backgroundtask": _("Run failed background tasks again"),
    },
}
WORDS: Mapping[str, Any] = {
    codename: words for names in SUBJECTS.values() for codename, words in names.items()
}
KNOWN = frozenset(WORDS)


def grouped(permissions: Iterable[Permission]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return permissions by what they are about, each by its id and in words.

    Those that no page asks for come last, by their names.
    """
    by_codename = {permission.codename: permission for permission in permissions}
    result = [
        (
            str(subject),
            [
                (by_codename[name].pk, str(words))
                for name, words in names.items()
                if name in by_codename
            ],
        )
        for subject, names in SUBJECTS.items()
    ]
    others = sorted((item.name, item.pk) for name, item in by_codename.items() if name not in KNOWN)
    result.append((_t("Other permissions"), [(pk, name) for name, pk in others]))
    return [(subject, names) for subject, names in result if names]
