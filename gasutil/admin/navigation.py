"""The sidebar and the tabs, by what somebody may see."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from gasutil import background
from gasutil.admin import queue
from gasutil.admin.site import actor_of
from gasutil.models import User, UserType

QUEUE = "gasutil_servicerequest"
OVERSIGHT = (
    ("Change history", "history", "gasutil_requestupdate", "gasutil.view_requestupdate"),
    ("Deliveries", "outgoing_mail", "gasutil_delivery", "gasutil.view_delivery"),
    ("Users", "group", "gasutil_user", "gasutil.view_user"),
)
CONFIGURATION = (
    ("Request types", "category", "gasutil_requesttype", "gasutil.change_requesttype"),
    ("Calendars", "calendar_month", "gasutil_calendar", "gasutil.view_calendar"),
    ("Groups", "shield_person", "auth_group", "auth.view_group"),
    ("Background work", "schedule", "gasutil_backgroundtask", background.MAY_LOOK),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar's groups of links."""
    groups: list[dict[str, Any]] = [
        {"title": "Work", "items": _work(request)},
        {"title": "Oversight", "separator": True, "items": _allowed(request, OVERSIGHT) + _waiting(request)},
        {"title": "Configuration", "separator": True, "items": _allowed(request, CONFIGURATION)},
    ]
    return [group for group in groups if group["items"]]


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the tabs above the queue, one for each view of it."""
    if not actor_of(request).is_staff or request.path != _list(QUEUE):
        return []
    known, current = queue.counts(actor_of(request)), queue.view_of(request)
    items = [
        {"title": _counted(view.title, known.get(name)), "link": f"?view={name}", "active": name == current}
        for name, view in queue.VIEWS.items()
    ]
    return [{"models": ["gasutil.servicerequest"], "items": items}]


def _work(request: HttpRequest) -> list[dict[str, Any]]:
    shown = queue.view_of(request) if request.path == _list(QUEUE) else ""
    inside = request.path.startswith(_list(QUEUE)) and shown not in ("mine", "emergencies")
    return [
        {"title": "Requests", "icon": "confirmation_number", "link": _list(QUEUE), "active": inside},
        _view(request, "mine", shown, {"title": "My requests", "icon": "assignment_ind", "badge_variant": "info"}),
        _view(request, "emergencies", shown, {"title": "Emergencies", "icon": "emergency_home", "badge_style": "solid"}),
        {
            "title": "Incidents",
            "icon": "hub",
            "link": _list("gasutil_incident"),
            "active": request.path.startswith(_list("gasutil_incident")),
        },
    ]


def _view(request: HttpRequest, name: str, shown: str, item: dict[str, Any]) -> dict[str, Any]:
    number = queue.counts(actor_of(request))[name]
    return item | {"link": f"{_list(QUEUE)}?view={name}", "active": shown == name, "badge": "" if number == "0" else number}


def _waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the link to those who wait for approval, as long as somebody does."""
    if not request.user.has_perm("gasutil.approve_support"):
        return []
    number = User.objects.filter(user_type=UserType.SUPPORT, is_approved=False, is_active=True)[:100].count()
    link = f"{_list('gasutil_user')}?approval=waiting"
    active = request.path == _list("gasutil_user") and request.GET.get("approval") == "waiting"
    item = {"title": "Waiting for approval", "icon": "how_to_reg", "link": link, "active": active, "badge": str(number)}
    return [item | {"badge_variant": "warning"}] if number else []


def _allowed(request: HttpRequest, links: tuple[tuple[str, str, str, str], ...]) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "icon": icon,
            "link": _list(name),
            "active": request.path.startswith(_list(name)) and "approval" not in request.GET,
        }
        for title, icon, name, permission in links
        if request.user.has_perm(permission)
    ]


def _list(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def _counted(title: str, number: str | None) -> str:
    return title if number is None else format_html('{} <span class="tab-count">{}</span>', title, number)
