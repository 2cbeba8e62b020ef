"""The verbs of subscriptions to reports: subscribe and unsubscribe."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import access
from gasutil.access import REPRESENTATIVES, Actor
from gasutil.errors import Conflict, FieldError, Invalid, NotFound
from gasutil.models import ReportFrequency, ReportSubscription, RequestType, Team
from gasutil.reports.catalogue import REPORTS_BY_NAME
from gasutil.reports.tables import READ_REPORTS

MAX_SUBSCRIPTIONS = 20  # of a person


def subscribe_to_report(
    *, actor: Actor, report: str, frequency: str, request_type: str = "", team: int | None = None
) -> ReportSubscription:
    """Have a report mailed to the actor, beginning with the last whole week or month.

    Raise `Invalid` for values that do not exist, `Conflict` for too many, or one that exists.
    """
    access.require(actor, REPRESENTATIVES)
    access.require_permission(actor, READ_REPORTS, _("Only managers can read reports."))
    _check(report, frequency, request_type, team)
    own = ReportSubscription.objects.filter(user=actor.person)
    if own.count() >= MAX_SUBSCRIPTIONS:
        text = ngettext(
            "You have %(number)d subscription. Delete it first.",
            "You have %(number)d subscriptions. Delete one of them first.",
            MAX_SUBSCRIPTIONS,
        )
        raise Conflict(text % {"number": MAX_SUBSCRIPTIONS})
    values = {
        "report": report,
        "frequency": frequency,
        "request_type": request_type,
        "team_id": team,
    }
    if own.filter(**values).exists():
        raise Conflict(_("You already receive this report."))
    return ReportSubscription.objects.create(user=actor.person, **values)


def end_subscription(pk: int, *, actor: Actor) -> None:
    """End one of the actor's own subscriptions; raise `NotFound` for another's."""
    access.require(actor, REPRESENTATIVES)
    number, _rows = ReportSubscription.objects.filter(pk=pk, user=actor.person).delete()
    if not number:
        raise NotFound


def _check(report: str, frequency: str, request_type: str, team: int | None) -> None:
    known = {
        "report": report in REPORTS_BY_NAME,
        "frequency": frequency in ReportFrequency.values,
        "request_type": not request_type or RequestType.objects.filter(code=request_type).exists(),
        "team": team is None or Team.objects.filter(pk=team).exists(),
    }
    wrong = [name for name, is_known in known.items() if not is_known]
    if wrong:
        text = _("Choose one of the options.")
        raise Invalid([FieldError(name, "invalid_choice", text) for name in wrong])
