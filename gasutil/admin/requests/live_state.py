"""The state that every page of the console asks for regularly.

It has the emergencies that no one has acknowledged, and the number of the last update, by which a
page finds out that it has missed something.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gasutil import access, deadlines
from gasutil.access import Actor, is_representative
from gasutil.admin.base.formatting import first_line
from gasutil.admin.base.http import actor_of
from gasutil.admin.requests.clocks import due_label
from gasutil.admin.requests.tickets import url
from gasutil.deadlines import Milestone
from gasutil.dynamic_forms import dangers
from gasutil.identity.sessions import background
from gasutil.models import URGENT_FIRST, RequestUpdate, ServiceRequest

MAX_ALARMS_SHOWN = 3
MAX_ALARMS_COUNTED = 100
ADDRESS_CHARACTERS = 90


@dataclass(frozen=True, kw_only=True)
class EmergencyAlarm:
    """An emergency that no one has acknowledged, as its alarm shows it."""

    pk: int
    round: str  # another after a reopening, so that pages announce it again
    reference: str
    url: str
    icon: str
    type: str
    address: str
    is_reopened: bool
    assignee: str
    due: SafeString
    dangers: list[str]

    @property
    def text(self) -> str:
        """Return it in one line, for the notification of a browser."""
        parts = [self.address, *self.dangers, _("Reopened") if self.is_reopened else ""]
        return " · ".join(part for part in parts if part)


@background
def live_state(request: HttpRequest) -> JsonResponse:
    """Return the alarms and the number of the last update."""
    actor = actor_of(request)
    waiting = deadlines.unacknowledged_emergencies(access.visible_to(actor, ServiceRequest))
    alarms, number = _alarms(waiting.filter(is_unverified=False))
    unverified = waiting.filter(is_unverified=True, unverified_report__group__acknowledged_at=None)
    state = {
        "alarms": [
            {"key": f"{alarm.pk} {alarm.round}", **_shown(alarm, actor)} for alarm in alarms
        ],
        "number": number,
        "unverified": unverified.order_by()[:MAX_ALARMS_COUNTED].count(),
        "latest": _latest_update(),
    }
    return JsonResponse(state, headers={"Cache-Control": "no-store"})


def _alarms(waiting: Any) -> tuple[list[EmergencyAlarm], int]:
    """Return the most urgent alarms, and the number of all."""
    now = timezone.now()
    rows = list(
        waiting.select_related("request_type", "assigned_to").order_by(*URGENT_FIRST)[
            :MAX_ALARMS_COUNTED
        ]
    )
    return [_alarm(obj, now) for obj in rows[:MAX_ALARMS_SHOWN]], len(rows)


def _alarm(obj: ServiceRequest, now: Any) -> EmergencyAlarm:
    first: Milestone = deadlines.milestones_of(obj)[0]
    return EmergencyAlarm(
        pk=obj.pk,
        round=first.due_at.isoformat(),
        reference=obj.reference,
        url=url(obj.pk),
        icon=obj.request_type.icon or "emergency_home",
        type=obj.request_type.localised_name,
        address=first_line(obj.address, ADDRESS_CHARACTERS),
        is_reopened=first.met_before is not None,
        assignee=str(obj.assigned_to or ""),
        due=due_label(first.due_at, now),
        dangers=dangers(obj),
    )


def _shown(alarm: EmergencyAlarm, actor: Actor) -> dict[str, Any]:
    context = {"alarm": alarm, "can_take": is_representative(actor.person)}
    return {
        "html": render_to_string("gasutil/emergency_alarm.html", context),
        "title": alarm.type,
        "text": alarm.text,
        "url": alarm.url,
    }


def _latest_update() -> int:
    ids = RequestUpdate.objects.order_by("-history_id").values_list("history_id", flat=True)
    return ids.first() or 0
