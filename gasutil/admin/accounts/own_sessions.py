"""The page on which users see their sessions and logins, and can end them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gasutil.admin.accounts.devices import device_icon, device_name
from gasutil.admin.base.formatting import time_ago
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.models import ConsoleSession, Login, User
from gasutil.workflow import own_logins

MAX_SHOWN_SESSIONS = 100
OTHERS = "others"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place where the user is logged in; `key` names it in the form."""

    key: str
    icon: str
    device: str
    user_agent: str
    ip: str | None
    opened: SafeString | str
    used: SafeString | str
    is_current: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Show the user's own sessions and logins, or end some."""
    if request.method == "POST":
        _end(request, request.POST.get("end", ""))
        return redirect("admin:my_sessions")
    user, now = actor_of(request).person, timezone.now()
    consoles, apps = _sessions(user, request.session.session_key or "", now), _logins(user, now)
    shown = {
        **admin.site.each_context(request),
        "sections": [
            (_("Console"), consoles, ""),
            (_("Apps and API"), apps, _("No apps are logged in to your account.")),
        ],
        "number_of_others": len(consoles) + len(apps) - 1,
        "others": OTHERS,
        "has_password": user.has_usable_password(),
        "title": _("Your sessions"),
    }
    return render(request, "gasutil/my_sessions.html", shown)


def _end(request: HttpRequest, key: str) -> None:
    """End the session or login that a button names."""
    actor = actor_of(request)
    kind, _dash, number = key.partition("-")
    if key == OTHERS:
        count = own_logins.delete_others(actor=actor, session_key=request.session.session_key or "")
        messages.success(
            request,
            ngettext("%(count)d session ended.", "%(count)d sessions ended.", count)
            % {"count": count},
        )
        return
    verbs: dict[str, Any] = {"session": own_logins.delete_session, "login": own_logins.delete}
    if kind not in verbs:
        raise Http404
    verbs[kind](pk_of(number), actor=actor)
    messages.success(request, _("Session ended."))


def _sessions(user: User, session_key: str, now: dt.datetime) -> list[Place]:
    """Return the user's console sessions, the current one first."""
    rows = ConsoleSession.objects.of(user, now).order_by("-last_used_at")[:MAX_SHOWN_SESSIONS]
    places = [
        _place(
            row, "session", row.pk, row.last_used_at, now, is_current=row.session_key == session_key
        )
        for row in rows
    ]
    return sorted(places, key=lambda place: not place.is_current)


def _logins(user: User, now: dt.datetime) -> list[Place]:
    """Return the user's API logins, the last used first."""
    rows = (
        Login.objects.active(user, now)
        .exclude(number=None)
        .order_by("-rotated_at")[:MAX_SHOWN_SESSIONS]
    )
    return [_place(row, "login", row.number or 0, row.rotated_at, now) for row in rows]


def _place(
    row: ConsoleSession | Login,
    kind: str,
    number: int,
    used_at: dt.datetime,
    now: dt.datetime,
    *,
    is_current: bool = False,
) -> Place:
    return Place(
        key=f"{kind}-{number}",
        icon=device_icon(row.user_agent),
        device=device_name(row.user_agent),
        user_agent=row.user_agent,
        ip=row.ip,
        opened=time_ago(row.created_at, now),
        used=time_ago(used_at, now),
        is_current=is_current,
    )
