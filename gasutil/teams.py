"""Whose work is whose: what the teams of a representative may take."""

from django.db.models import Q

from gasutil.access import Actor
from gasutil.models import Priority, RequestType, Team

EMERGENCIES = Q(is_emergency=True) | Q(priority=Priority.EMERGENCY)


def of(actor: Actor) -> list[Team]:
    """Return the teams that somebody is in."""
    return list(Team.objects.filter(members=actor.id)) if actor.id else []


def within_reach(actor: Actor) -> Q:
    """Return the condition of the requests that somebody may be given: of his teams, of no team, and every emergency.

    Whoever is in no team is given anything.
    """
    mine = of(actor)
    if not mine:
        return Q()
    elsewhere = RequestType.objects.filter(teams__isnull=False).exclude(teams__in=mine)
    codes = list(elsewhere.values_list("code", flat=True).distinct())
    return ~Q(request_type__in=codes) | EMERGENCIES if codes else Q()
