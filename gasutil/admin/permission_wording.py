"""What each permission lets somebody do, in plain words and by what it is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

SUBJECTS: Mapping[Any, Mapping[str, Any]] = {
    _("Requests"): {
        "view_servicerequest": _("See the queue"),
        "submit_for_customer": _("File requests for customers"),
        "view_incident": _("See incidents"),
        "receive_escalations": _("Be told when a milestone has passed unmet"),
        "share_savedview": _("Share saved views with everybody"),
        "view_bulkrun": _("See the bulk runs of others"),
    },
    _("Oversight"): {
        "view_requestupdate": _("Read the change history"),
        "export_servicerequest": _("Export requests"),
        "export_requestupdate": _("Export the change history"),
        "export_user": _("Export users"),
        "view_export": _("See who has exported what"),
        "import_servicerequest": _("Import requests"),
    },
    _("Users and groups"): {
        "view_user": _("See users"),
        "change_user": _("Change users"),
        "view_historicaluser": _("Read the history of users"),
        "approve_support": _("Approve support representatives"),
        "view_group": _("See groups"),
    },
    _("Request types and hours"): {
        "view_requesttype": _("See request types"),
        "add_requesttype": _("Add request types"),
        "change_requesttype": _("Change request types and approve safety texts"),
        "view_historicalrequesttype": _("Read the history of request types"),
        "view_calendar": _("See calendars"),
        "add_calendar": _("Add calendars"),
        "change_calendar": _("Change calendars"),
    },
    _("Teams and canned replies"): {
        "view_team": _("See teams"),
        "add_team": _("Add teams"),
        "change_team": _("Change teams"),
        "delete_team": _("Delete teams"),
        "view_cannedreply": _("See canned replies"),
        "add_cannedreply": _("Add canned replies"),
        "change_cannedreply": _("Change canned replies"),
        "delete_cannedreply": _("Delete canned replies"),
    },
    _("Deliveries and webhooks"): {
        "view_delivery": _("See what has been sent to whom"),
        "resend_delivery": _("Have something sent again"),
        "view_webhook": _("See webhooks"),
        "add_webhook": _("Add webhooks"),
        "change_webhook": _("Change, pause and test webhooks"),
        "delete_webhook": _("Delete webhooks"),
    },
    _("Background work"): {
        "view_backgroundtask": _("See background work"),
        "run_backgroundtask": _("Have failed work done again"),
    },
}
KNOWN = {codename for names in SUBJECTS.values() for codename in names}


def grouped(permissions: Iterable[Permission]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return permissions by what they are about, each by its id and in words; those that no page asks for come last, by their names."""
    by_codename = {one.codename: one for one in permissions}
    found = [
        (str(subject), [(by_codename[name].pk, str(words)) for name, words in names.items() if name in by_codename])
        for subject, names in SUBJECTS.items()
    ]
    others = sorted((one.name, one.pk) for name, one in by_codename.items() if name not in KNOWN)
    found.append((_t("Others"), [(pk, name) for name, pk in others]))
    return [(subject, names) for subject, names in found if names]
