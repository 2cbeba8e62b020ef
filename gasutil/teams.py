"""Teams: which requests a representative can take."""

from django.db.models import Q

from gasutil.access import Actor
from gasutil.models import EMERGENCIES, RequestType, Team


def of(actor: Actor) -> list[Team]:
    """Return the teams of a user."""
    return list(Team.objects.filter(members=actor.id)) if actor.id else []


def within_reach(actor: Actor) -> Q:
    """Return the condition of the requests that a user may be assigned.

    They are those of the user's teams, those of no team, and every emergency.

    A user without a team may be assigned any.
    """
    mine = of(actor)
    if not mine:
        return Q()
    elsewhere = RequestType.objects.filter(teams__isnull=False).exclude(teams__in=mine)
    codes = list(elsewhere.values_list("code", flat=True).distinct())
    return ~Q(request_type__in=codes) | EMERGENCIES if codes else Q()
