"""What everybody in the console has to know at once, above every page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from gasutil.models.heartbeats import ESCALATION, WORKER, Heartbeat
from gasutil.workflow import catalogue, escalation


@dataclass(frozen=True, kw_only=True)
class Banner:
    """One thing that is wrong with the desk itself."""

    icon: str
    said: str
    link: str = ""
    link_said: str = ""
    is_grave: bool = False


DEAF = Banner(
    icon="alarm_off",
    said="Escalation has not run for two minutes: deadlines may pass without anybody being told. Watch the queue, and have the escalation worker started.",
    is_grave=True,
)
STOPPED = Banner(
    icon="mail_off",
    said="The background worker has not run for two minutes: mails are not sent, and files wait. Have it started.",
)


def banners(request: HttpRequest) -> list[Banner]:
    """Return what is wrong with the desk, as far as it concerns whoever asks."""
    silent = Heartbeat.objects.silent({ESCALATION: escalation.SILENCE, WORKER: escalation.SILENCE})
    found = [banner for name, banner in ((ESCALATION, DEAF), (WORKER, STOPPED)) if name in silent]
    if request.user.has_perm("gasutil.change_requesttype") and catalogue.to_approve().exists():
        link = reverse("admin:gasutil_requesttype_changelist")
        found.append(
            Banner(icon="gpp_maybe", said="Reporters are shown safety texts that nobody has approved.", link=link, link_said="Look at them")
        )
    return found
