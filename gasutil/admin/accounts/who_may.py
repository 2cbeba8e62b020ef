"""Who may do what, and why: the rules of `access` and of the verbs, in words."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from gasutil import access, deadlines
from gasutil.access import Actor, Role
from gasutil.admin.accounts.permitted_actions import Action
from gasutil.admin.base.permission_wording import WORDS
from gasutil.identity import second_factor
from gasutil.models import MachineScope, ServiceRequest, Status, User
from gasutil.workflow import guards, transitions
from gasutil.workflow.steps import missed_milestones


class Verdict(NamedTuple):
    """Whether an actor may do something, and why, as a phrase for the page."""

    allowed: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """Where some accounts have their permissions from, read in three queries."""

    groups: Mapping[int, Mapping[int, str]] = field(default_factory=dict)  # of a user, by ID
    granted: Mapping[str, Collection[int]] = field(default_factory=dict)  # groups of a permission
    direct: Mapping[int, Collection[str]] = field(default_factory=dict)  # of a user

    @classmethod
    def of(cls, users: Iterable[User]) -> "Holdings":
        """Return where these accounts have their permissions from."""
        pks = [user.pk for user in users]
        groups: dict[int, dict[int, str]] = {}
        members = User.groups.through.objects.filter(user__in=pks).order_by("group__name")
        for user, group, name in members.values_list("user_id", "group_id", "group__name"):
            groups.setdefault(user, {})[group] = name
        granted: dict[str, set[int]] = {}
        rows = Group.permissions.through.objects.filter(permission__codename__in=WORDS)
        for codename, group in rows.values_list("permission__codename", "group_id"):
            granted.setdefault(codename, set()).add(group)
        direct: dict[int, set[str]] = {}
        own = User.user_permissions.through.objects.filter(user__in=pks)
        for user, codename in own.values_list("user_id", "permission__codename"):
            direct.setdefault(user, set()).add(codename)
        return cls(groups=groups, granted=granted, direct=direct)

    def ways(self, user: User, permission: str) -> list[str]:
        """Return how a user has a permission, in words; empty without it."""
        having = self.granted.get(permission, ())
        by_group = [
            _("group %(name)s") % {"name": name}
            for group, name in self.groups.get(user.pk, {}).items()
            if group in having
        ]
        is_direct = permission in self.direct.get(user.pk, ())
        return [*by_group, *([_("given to the account itself")] if is_direct else [])]


def decide(
    actor: Actor,
    action: Action,
    obj: ServiceRequest | None,
    holdings: Holdings,
    now: dt.datetime,
) -> Verdict:
    """Return whether an actor may do something, to a request if it is about one, and why."""
    if actor.machine is not None:
        verdict = _of_machine(actor, action, obj, now)
    elif second_factor.is_enrolment_overdue(actor.person) and actor.request_id is None:
        return _no(_("Must set up a second factor first"))
    elif actor.role in access.HOLDERS:
        verdict = _of_customer(actor, action, obj)
    else:
        verdict = _of_representative(actor.person, actor.role, action, holdings)
    obstacle = obj and verdict.allowed and _obstacle(actor, action, obj, now)
    return _no(obstacle) if obstacle else verdict


def _yes(why: str) -> Verdict:
    return Verdict(allowed=True, why=why)


def _no(why: str) -> Verdict:
    return Verdict(allowed=False, why=why)


def _of_machine(
    actor: Actor, action: Action, obj: ServiceRequest | None, now: dt.datetime
) -> Verdict:
    if actor.machine is None or not actor.machine.is_active(now):
        return _no(_("Its key is revoked or has expired"))
    if action.scope is None:
        return _no(_("Not for machine accounts"))
    scope = {"scope": MachineScope(action.scope).value}
    if not actor.has_scope(action.scope):
        return _no(_("Lacks the scope %(scope)s") % scope)
    if obj is not None and _needs_person(action, obj):
        return _no(_("An emergency: only a person may do this"))
    return _yes(_("Scope %(scope)s") % scope)


def _needs_person(action: Action, obj: ServiceRequest) -> bool:
    """Return whether this would end an emergency, which no machine account may."""
    if not (action.ends_emergency and obj.is_pressing):
        return False
    return action.name != "resolve" or guards.last_outcome(obj) != deadlines.MADE_SAFE


def _of_customer(actor: Actor, action: Action, obj: ServiceRequest | None) -> Verdict:
    if Role.CUSTOMER in action.roles:
        is_customer = actor.role is Role.CUSTOMER
        return _yes(_("A customer")) if is_customer else _no(_("Only with an account"))
    if Role.OWNER not in action.roles:
        return _no(_("Only for the staff"))
    if obj is None:
        return _yes(_("Customers, on their own requests"))
    if Role.OWNER in access.roles_on(actor, obj):
        by_link = actor.role is Role.REPORTER
        return _yes(_("By the link for tracking it") if by_link else _("Owner"))
    if not access.visible_to(actor, ServiceRequest).filter(pk=obj.pk).exists():
        return _no(_("Has no permission on this request"))
    return Verdict(allowed=action.is_reading, why=_("Can see it, but does not own it"))


def _of_representative(user: User, role: Role, action: Action, holdings: Holdings) -> Verdict:
    if role is Role.STRANGER:
        return _no(_("The account is deactivated"))
    if role is not Role.SUPPORT:
        return _no(_("Not approved as a support representative"))
    if Role.SUPPORT not in action.roles:
        return _no(_("Only for customers"))
    if user.is_superuser:
        return _yes(_with_limits(user, [_("Superuser")]))
    ways = {name: holdings.ways(user, name) for name in action.permissions}
    for name, held in ways.items():
        if not held:
            return _no(_("Lacks the permission “%(name)s”") % {"name": WORDS[name]})
    grounds = [
        _("Support representative"),
        *dict.fromkeys(way for held in ways.values() for way in held),
    ]
    return _yes(_with_limits(user, grounds))


def _with_limits(user: User, grounds: list[str]) -> str:
    """Return the grounds, with a remark for an account that can't use the console."""
    limits = [] if user.is_staff else [_("by the API only")]
    return ", ".join([*grounds, *limits])


def _obstacle(actor: Actor, action: Action, obj: ServiceRequest, now: dt.datetime) -> str:
    """Return why the state of the request does not allow this now, or nothing."""
    roles = access.roles_on(actor, obj)
    not_now = _("Not while it is %(status)s") % {"status": obj.get_status_display()}
    if action.is_move:
        verbs = {move.verb for move in transitions.moves(obj, roles, now).values()}
        return "" if action.name in verbs else not_now
    is_open = Status(obj.status) not in transitions.CLOSED
    if action.is_for_open and not is_open:
        return not_now
    is_stored_only = action.is_message and Role.OWNER in roles and not is_open
    if is_stored_only and transitions.move_by_message(obj, roles, now) is None:
        return not_now
    if action.name == "prioritise" and obj.request_type.is_emergency:
        return _("Its type is an emergency: change the type instead")
    if action.name == "leave" and obj.incident_id is None:
        return _("It is in no incident")
    if action.name == "explain_breach" and not missed_milestones(obj, now):
        return _("No deadline was missed")
    return ""
