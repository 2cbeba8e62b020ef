"""What everybody in the console has to know at once, above every page."""

from dataclasses import dataclass

from django.db.models import Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import background
from gasutil.background import Signs
from gasutil.models.heartbeats import ESCALATION, WEBHOOKS, WORKER
from gasutil.workflow import catalogue, escalation, webhooks


@dataclass(frozen=True, kw_only=True)
class Banner:
    """One thing that is wrong with the desk itself."""

    icon: str
    said: str
    link: str = ""
    link_said: str = ""
    is_grave: bool = False


def banners(request: HttpRequest) -> list[Banner]:
    """Return what is wrong with the desk, as far as it concerns whoever asks."""
    found = _background(request, background.signs(timezone.now()))
    wrong = _wrong(request)
    if "texts" in wrong:
        link = reverse("admin:gasutil_requesttype_changelist")
        said = _("Reporters are shown safety texts that nobody has approved.")
        found.append(Banner(icon="gpp_maybe", said=said, link=link, link_said=_("Look at them")))
    if "webhooks" in wrong:
        link = f"{reverse('admin:gasutil_webhook_changelist')}?state__exact=dead"
        said = _("A webhook has been paused: nothing arrives there.")
        found.append(Banner(icon="sync_problem", said=said, link=link, link_said=_("Look at it")))
    return found


def _wrong(request: HttpRequest) -> set[str]:
    """Return what of the configuration whoever asks has to put right, in one query at most."""
    answers = {"gasutil.change_requesttype": ("texts", catalogue.to_approve()), "gasutil.change_webhook": ("webhooks", webhooks.dead())}
    asked = [answers[permission] for permission in answers if request.user.has_perm(permission)]
    rows = [found.order_by().values_list(Value(name)) for name, found in asked]
    return {name for (name,) in rows[0].union(*rows[1:])} if rows else set()


def _background(request: HttpRequest, signs: Signs) -> list[Banner]:
    """Return what is wrong with background work; the way to it is for those who may look at it."""
    may_look, now = request.user.has_perm(background.MAY_LOOK), timezone.now()
    link = reverse("admin:gasutil_backgroundtask_changelist") if may_look else ""
    found = []
    if not signs.heard(ESCALATION, now - escalation.SILENCE):
        told = _(
            "Escalation has not run for two minutes: deadlines may pass without anybody being told. "
            "Watch the queue, and have the escalation worker started."
        )
        found.append(Banner(icon="alarm_off", said=told, is_grave=True))
    if not signs.heard(WORKER, now - background.SILENCE):
        told = _("The background worker has not run for a minute: no mail goes out. Have it started.")
        found.append(Banner(icon="mail_off", said=told, link=link, link_said=_("Look at it")))
    if request.user.has_perm("gasutil.change_webhook") and not signs.heard(WEBHOOKS, now - background.SILENCE):
        told = _("The worker of webhooks has not run for a minute: nothing is posted. Have it started.")
        found.append(Banner(icon="sync_problem", said=told, link=link, link_said=_("Look at it")))
    if may_look and signs.failed:
        told = ngettext(
            "%(n)s piece of background work has failed within a day.",
            "%(n)s pieces of background work have failed within a day.",
            signs.failed,
        )
        found.append(Banner(icon="error", said=told % {"n": signs.failed}, link=f"{link}?state=failed", link_said=_("Look at them")))
    return found
