"""What one can do, in plain words, and what each needs: for the page “Who can do this?”.

The verbs decide; a sweep of the tests compares what this table says with what they do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from gasutil.access import CUSTOMERS, OWNER_OR_STAFF, REPRESENTATIVES, STAFF, Role
from gasutil.admin.base.permission_wording import SUBJECTS, WORDS
from gasutil.models import MachineScope

WORK_PERMISSION, PAST = "work_servicerequest", "record_past_events"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do: who may, and with which permissions or scope.

    `permissions` is what representatives need, `scope` what machine accounts need: without one,
    they can't do it. `roles` is what the actor must be, on the request if it is about one.
    """

    name: str
    label: Any
    roles: frozenset[Role] = REPRESENTATIVES
    permissions: Sequence[str] = ()
    scope: MachineScope | None = None
    is_reading: bool = False  # also for customers with whom the request is shared
    is_message: bool = False  # of the owner; on a closed request, it is stored only
    is_move: bool = False  # the table of transitions says when
    is_for_open: bool = False  # only while the request is open
    ends_emergency: bool = False  # for persons alone, if the request is an emergency


_change = partial(
    Action, roles=STAFF, permissions=(WORK_PERMISSION,), scope=MachineScope.REQUESTS_WORK
)  # of a request
ON_REQUESTS = (
    Action(
        name="see",
        label=_("See the request"),
        roles=OWNER_OR_STAFF,
        scope=MachineScope.REQUESTS_READ,
        is_reading=True,
    ),
    Action(
        name="history",
        label=_("Read its history and internal notes"),
        roles=STAFF,
        scope=MachineScope.REQUESTS_READ,
    ),
    _change(name="comment", label=_("Write a message"), roles=OWNER_OR_STAFF, is_message=True),
    _change(name="note", label=_("Write an internal note")),
    _change(name="attach", label=_("Add a file"), roles=OWNER_OR_STAFF, is_message=True),
    _change(name="take", label=_("Take it"), scope=None, is_for_open=True),
    _change(name="assign", label=_("Assign it")),
    _change(name="start", label=_("Start work"), is_move=True),
    _change(name="hold", label=_("Put it on hold"), is_move=True),
    _change(name="resume", label=_("Resume work"), is_move=True),
    _change(name="resolve", label=_("Resolve it"), is_move=True, ends_emergency=True),
    _change(name="reopen", label=_("Reopen it"), roles=OWNER_OR_STAFF, is_move=True),
    _change(
        name="cancel",
        label=_("Cancel it"),
        roles=OWNER_OR_STAFF,
        is_move=True,
        ends_emergency=True,
    ),
    _change(name="prioritise", label=_("Change its priority"), ends_emergency=True),
    _change(name="reclassify", label=_("Change its type"), is_for_open=True, ends_emergency=True),
    _change(name="record", label=_("Record a step or an outcome"), is_for_open=True),
    _change(name="explain_breach", label=_("Say why a deadline was missed"), scope=None),
    _change(name=PAST, label=WORDS[PAST], permissions=(WORK_PERMISSION, PAST), scope=None),
    _change(name="join", label=_("Add it to an incident")),
    _change(name="leave", label=_("Remove it from its incident"), scope=None),
    _change(name="refer", label=_("Set its ID in another system")),
)
BY_ROLE = (
    Action(name="submit", label=_("File a request of their own"), roles=CUSTOMERS),
    Action(
        name="read_customers",
        label=_("Look up customers by the API"),
        roles=STAFF,
        scope=MachineScope.CUSTOMERS_READ,
    ),
    Action(
        name="read_reports",
        label=_("Read reports"),
        permissions=("view_requestupdate",),
        scope=MachineScope.REPORTS_READ,
    ),
)
SCOPES_OF_PERMISSIONS: Mapping[str, MachineScope] = {
    "submit_for_customer": MachineScope.INTAKE_CREATE,
    **{
        f"{verb}_webhook": MachineScope.WEBHOOKS_MANAGE
        for verb in ("view", "add", "change", "delete")
    },
}


def _of_permissions() -> list[tuple[Any, list[Action]]]:
    """Return an action for each permission that no other action is about, by subject."""
    return [
        (
            subject,
            [
                Action(
                    name=name,
                    label=label,
                    permissions=(name,),
                    scope=SCOPES_OF_PERMISSIONS.get(name),
                )
                for name, label in names.items()
                if name not in (WORK_PERMISSION, PAST, "view_servicerequest")
            ],
        )
        for subject, names in SUBJECTS.items()
    ]


ACTIONS_BY_SUBJECT: Sequence[tuple[Any, Sequence[Action]]] = (
    (_("A request"), ON_REQUESTS),
    (_("Everyone by their role"), BY_ROLE),
    *_of_permissions(),
)
PERMITTED_ACTIONS: Mapping[str, Action] = {
    action.name: action for _subject, actions in ACTIONS_BY_SUBJECT for action in actions
}
