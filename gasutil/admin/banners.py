"""What everybody in the console has to know at once, above every page."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import background
from gasutil.background import Signs
from gasutil.models.heartbeats import ESCALATION, WORKER
from gasutil.workflow import catalogue, escalation, webhooks


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


def banners(request: HttpRequest) -> list[Banner]:
    """Return what is wrong with the desk, as far as it concerns whoever asks."""
    now = timezone.now()
    signs = background.signs(now)
    found = [] if signs.heard(ESCALATION, now - escalation.SILENCE) else [DEAF]
    if request.user.has_perm(background.MAY_LOOK):
        found += _background(signs, now)
    if request.user.has_perm("gasutil.change_requesttype") and catalogue.to_approve().exists():
        link = reverse("admin:gasutil_requesttype_changelist")
        found.append(
            Banner(icon="gpp_maybe", said="Reporters are shown safety texts that nobody has approved.", link=link, link_said="Look at them")
        )
    if request.user.has_perm("gasutil.change_webhook") and webhooks.dead().exists():
        link = f"{reverse('admin:gasutil_webhook_changelist')}?state__exact=dead"
        found.append(
            Banner(icon="sync_problem", said=_("A webhook has been paused: nothing arrives there."), link=link, link_said=_("Look at it"))
        )
    return found


def _background(signs: Signs, now: dt.datetime) -> list[Banner]:
    """Return what is wrong with background work, with the way to it."""
    found, link = [], reverse("admin:gasutil_backgroundtask_changelist")
    if not signs.heard(WORKER, now - background.SILENCE):
        told = _("No background worker has been heard of for a minute: no mail goes out. Have it started.")
        found.append(Banner(icon="hourglass_disabled", said=told, link=link, link_said=_("Look at it")))
    if signs.failed:
        told = ngettext(
            "%(n)s piece of background work has failed within a day.",
            "%(n)s pieces of background work have failed within a day.",
            signs.failed,
        )
        failed = f"{link}?state=failed"
        found.append(Banner(icon="error", said=told % {"n": signs.failed}, link=failed, link_said=_("Look at them")))
    return found
