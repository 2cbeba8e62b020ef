"""Whether a representative is on duty: the console offers requests to those who are."""

from django.utils.translation import gettext_noop

from gasutil import access
from gasutil.access import STAFF, Actor
from gasutil.models import User
from gasutil.workflow import accounts


def set_off_duty(*, actor: Actor, is_off_duty: bool) -> User:
    """Set the actor off duty or on duty, with a row in the history of their account.

    Raises:
        NotAllowed: The actor is no support representative.
    """
    access.require(actor, STAFF)
    user = actor.person
    if user.is_off_duty == is_off_duty:
        return user
    reason = gettext_noop("Off duty") if is_off_duty else gettext_noop("On duty")
    return accounts.update_account(user.pk, actor, reason, is_off_duty=is_off_duty)
