"""Banners above every page about problems of the service desk."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import background
from gasutil.background import Signs
from gasutil.identity import second_factor
from gasutil.models import User
from gasutil.models.heartbeats import ESCALATION, WEBHOOKS, WORKER
from gasutil.notify import alarms
from gasutil.workflow import catalogue, escalation, webhooks


@dataclass(frozen=True, kw_only=True)
class Banner:
    """One problem of the service desk itself."""

    icon: str
    text: str
    link: str = ""
    link_text: str = ""
    is_grave: bool = False


def banners(request: HttpRequest) -> list[Banner]:
    """Return the problems that concern the user."""
    signs = background.signs(timezone.now(), _conditions(request))
    wrong = signs.conditions
    result = _background(request, signs) + _alarms(request, wrong) + _enrolment(request)
    link = reverse("admin:gasutil_requesttype_changelist")
    if "texts" in wrong and request.path != link:  # its own banner names the texts
        text = _("Some published safety texts are not approved.")
        result.append(Banner(icon="gpp_maybe", text=text, link=link, link_text=_("View all")))
    if "webhooks" in wrong:
        link = f"{reverse('admin:gasutil_webhook_changelist')}?state__exact=dead"
        text = _("A webhook is paused and receives no events.")
        result.append(Banner(icon="sync_problem", text=text, link=link, link_text=_("View")))
    return result


def _enrolment(request: HttpRequest) -> list[Banner]:
    """Return the banner of users who have to set up a second factor."""
    user = request.user
    if not isinstance(user, User) or user.enrol_by is None or not second_factor.is_required(user):
        return []
    text = _("Your role needs a second factor. Set it up by %(day)s.") % {
        "day": date_format(timezone.localtime(user.enrol_by), "DATE_FORMAT")
    }
    link = reverse("admin:second_factor")
    return [Banner(icon="shield_person", text=text, link=link, link_text=_("Set up"))]


def _alarms(request: HttpRequest, wrong: frozenset[str]) -> list[Banner]:
    """Return the reasons why alarms may not reach a person: every member of staff sees them."""
    result = []
    if "unheard" in wrong:
        may_look = request.user.has_perm("gasutil.view_delivery")
        link = (
            f"{reverse('admin:gasutil_delivery_changelist')}?state__exact=failed"
            if may_look
            else ""
        )
        text = _(
            "An escalation reached no one because its emails failed. Watch the queue and contact a"
            " supervisor yourself."
        )
        result.append(
            Banner(icon="alarm_off", text=text, link=link, link_text=_("View all"), is_grave=True)
        )
    if "recipients" in wrong:
        text = _(
            "Escalations reach no one: no active supervisor or administrator has an email address."
        )
        result.append(Banner(icon="notification_important", text=text, is_grave=True))
    return result


def _conditions(request: HttpRequest) -> list[tuple[str, QuerySet[Any]]]:
    """Return the problems of alarms and configuration that the user may see."""
    answers = {
        "gasutil.change_requesttype": ("texts", catalogue.to_approve()),
        "gasutil.change_webhook": ("webhooks", webhooks.dead()),
    }
    asked: list[tuple[str, QuerySet[Any]]] = [
        answers[permission] for permission in answers if request.user.has_perm(permission)
    ]
    me = User.objects.filter(username=request.user.get_username())
    return [
        *asked,
        ("unheard", alarms.unheard()),
        ("recipients", me.filter(~Exists(alarms.receivers()))),
    ]


def _background(request: HttpRequest, signs: Signs) -> list[Banner]:
    """Return the problems of background work; with a link for users who may see it."""
    may_look, now = request.user.has_perm(background.MAY_LOOK), timezone.now()
    link = reverse("admin:gasutil_backgroundtask_changelist") if may_look else ""
    result = []
    if not signs.heard(ESCALATION, now - escalation.ESCALATION_TIMEOUT):
        message = _(
            "Escalation has not run for two minutes, so supervisors are not notified of "
            "missed deadlines. Watch the queue and have the escalation worker started."
        )
        result.append(Banner(icon="alarm_off", text=message, is_grave=True))
    if not signs.heard(WORKER, now - background.HEARTBEAT_TIMEOUT):
        message = _(
            "The background worker has not run for a minute, so no emails are sent. Have it"
            " started."
        )
        result.append(Banner(icon="mail_off", text=message, link=link, link_text=_("View")))
    if request.user.has_perm("gasutil.change_webhook") and not signs.heard(
        WEBHOOKS, now - background.HEARTBEAT_TIMEOUT
    ):
        message = _(
            "The webhook worker has not run for a minute, so no webhooks are sent. Have it started."
        )
        result.append(Banner(icon="sync_problem", text=message, link=link, link_text=_("View")))
    if may_look and signs.failed:
        message = ngettext(
            "%(n)s background task failed in the last 24 hours.",
            "%(n)s background tasks failed in the last 24 hours.",
            signs.failed,
        )
        result.append(
            Banner(
                icon="error",
                text=message % {"n": signs.failed},
                link=f"{link}?state=failed",
                link_text=_("View all"),
            )
        )
    return result
