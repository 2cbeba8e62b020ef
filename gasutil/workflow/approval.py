"""Who works as a representative, and who no longer does: a manager's verbs, and what becomes of the requests of those who go."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.access import SYSTEM, Actor
from gasutil.errors import Conflict, NotAllowed
from gasutil.groups import SUPPORT
from gasutil.models import ServiceRequest, User, UserType
from gasutil.workflow import accounts, requests

AT_ONCE = 100  # requests that are looked up together


def approve(pk: int, *, actor: Actor) -> User:
    """Give a support account its rights, in the API and the console; never one's own."""
    with transaction.atomic():
        user = _for_approval(pk, actor)
        if user.is_approved:
            raise Conflict(_("%(user)s is approved already.") % {"user": user})
        if not user.email_confirmed:
            told = _("%(user)s has to confirm %(email)s first: anybody can register with anybody's address.")
            raise Conflict(told % {"user": user, "email": user.email})
        user = accounts.change(pk, actor, gettext_noop("Approved"), is_approved=True, is_staff=True)
        user.groups.add(Group.objects.get(name=SUPPORT))
    return user


class Withdrawn(NamedTuple):
    """Who is no longer a representative, and how many open requests went back to the others."""

    user: User
    handed_back: int


def withdraw_approval(pk: int, *, actor: Actor) -> Withdrawn:
    """Take a support account's rights and open requests away again; never one's own."""
    with transaction.atomic():
        user = _for_approval(pk, actor)
        if not user.is_approved:
            raise Conflict(_("%(user)s is not approved.") % {"user": user})
        user = accounts.change(pk, actor, gettext_noop("Approval withdrawn"), is_approved=False, is_staff=False)
        user.groups.clear()
        return Withdrawn(user, hand_back(user, actor=actor))


def hand_back(user: User, *, actor: Actor) -> int:
    """Take every open request from whoever has just stopped being a representative, so that others are given them; return how many.

    The system does it: a manager who puts an account in order acknowledges no report by it.
    """
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is in one language, whoever wrote it
        told = _("%(user)s can have no requests any more: %(actor)s has changed the account.") % {"user": user, "actor": actor.user}
    held, count = ServiceRequest.objects.filter(is_open=True, assigned_to=user).order_by("pk").values_list("pk", flat=True), 0
    with transaction.atomic():
        while some := list(held[:AT_ONCE]):
            count += len([requests.assign(pk, actor=SYSTEM, assigned_to=None, notes=told, is_internal=True) for pk in some])
    return count


def _for_approval(pk: int, actor: Actor) -> User:
    if actor.user is None or not actor.user.has_perm("gasutil.approve_support"):
        raise NotAllowed(_("Only a manager can do this."))
    if actor.id == pk:
        raise NotAllowed(_("Nobody approves himself."))
    user = User.objects.select_for_update().filter(pk=pk, user_type=UserType.SUPPORT, is_superuser=False).first()
    if user is None:
        raise Conflict(_("This is not a support representative's account."))
    return user
