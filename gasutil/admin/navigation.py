"""The sidebar and the tabs, by the user's permissions."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil import background, figures
from gasutil.admin.base.http import actor_of
from gasutil.admin.reports import emails, pages
from gasutil.admin.requests import queue, saved_views
from gasutil.workflow import access_reviews

QUEUE_MODEL = "gasutil_servicerequest"
OVERSIGHT = (
    (
        gettext_lazy("Change history"),
        "history",
        "gasutil_requestupdate",
        "gasutil.view_requestupdate",
    ),
    (gettext_lazy("Deliveries"), "outgoing_mail", "gasutil_delivery", "gasutil.view_delivery"),
    (
        gettext_lazy("Erasures"),
        "person_remove",
        "gasutil_erasure",
        "gasutil.erase_customer",
    ),
    (gettext_lazy("Exports"), "download", "gasutil_export", "gasutil.view_export"),
    (gettext_lazy("Security log"), "login", "gasutil_securityevent", "gasutil.view_securityevent"),
    (gettext_lazy("Users"), "group", "gasutil_user", "gasutil.view_user"),
)
CONFIGURATION = (
    (
        gettext_lazy("Request types"),
        "category",
        "gasutil_requesttype",
        "gasutil.change_requesttype",
    ),
    (gettext_lazy("Teams"), "groups", "gasutil_team", "gasutil.view_team"),
    (
        gettext_lazy("Canned replies"),
        "quickreply",
        "gasutil_cannedreply",
        "gasutil.view_cannedreply",
    ),
    (gettext_lazy("Calendars"), "calendar_month", "gasutil_calendar", "gasutil.view_calendar"),
    (gettext_lazy("Webhooks"), "webhook", "gasutil_webhook", "gasutil.view_webhook"),
    (
        gettext_lazy("Machine accounts"),
        "smart_toy",
        "gasutil_machineaccount",
        "gasutil.view_machineaccount",
    ),
    (gettext_lazy("Groups"), "shield_person", "auth_group", "auth.view_group"),
    (gettext_lazy("Background tasks"), "schedule", "gasutil_backgroundtask", background.MAY_LOOK),
)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar's groups of links."""
    groups: list[dict[str, Any]] = [
        {"title": _("Work"), "items": _work(request)},
        {"title": _("Saved views"), "separator": True, "items": saved_views.sidebar_items(request)},
        {
            "title": _("Audit"),
            "separator": True,
            "items": [
                *_reports(request),
                *_reviews(request),
                *_allowed(request, OVERSIGHT),
                *_rights(request),
                *_waiting(request),
            ],
        },
        {"title": _("Configuration"), "separator": True, "items": _allowed(request, CONFIGURATION)},
    ]
    return [group for group in groups if group["items"]]


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the tabs above the queue, one for each view of it."""
    if not actor_of(request).is_staff or request.path != _list(QUEUE_MODEL):
        return []
    known = queue.view_counts(actor_of(request))
    current = (
        ""
        if any(link.is_current for link in saved_views.links(request))
        else queue.view_of(request.GET)
    )
    items = [
        {
            "title": _counted(view.title, known[name]),
            "link": f"?view={name}",
            "active": name == current,
        }
        for name, view in queue.QUEUE_VIEWS.items()
    ]
    return [{"models": ["gasutil.servicerequest"], "items": items}]


def _work(request: HttpRequest) -> list[dict[str, Any]]:
    is_saved = any(link.is_current for link in saved_views.links(request))
    shown = (
        queue.view_of(request.GET) if request.path == _list(QUEUE_MODEL) and not is_saved else ""
    )
    inside = (
        request.path.startswith(_list(QUEUE_MODEL))
        and shown not in ("mine", "emergencies")
        and not is_saved
    )
    start = reverse("admin:index")
    return [
        {
            "title": _("Overview"),
            "icon": "space_dashboard",
            "link": start,
            "active": request.path == start,
        },
        {
            "title": _("Requests"),
            "icon": "confirmation_number",
            "link": _list(QUEUE_MODEL),
            "active": inside,
        },
        _view(
            request,
            "mine",
            shown,
            {"title": _("My requests"), "icon": "assignment_ind", "badge_variant": "info"},
        ),
        _view(
            request,
            "emergencies",
            shown,
            {"title": _("Emergencies"), "icon": "emergency_home", "badge_style": "solid"},
        ),
        {
            "title": _("Incidents"),
            "icon": "hub",
            "link": _list("gasutil_incident"),
            "active": _inside(request, "gasutil_incident"),
        },
        {
            "title": _("Bulk runs"),
            "icon": "library_add_check",
            "link": _list("gasutil_bulkrun"),
            "active": _inside(request, "gasutil_bulkrun"),
        },
    ]


def _view(request: HttpRequest, name: str, shown: str, item: dict[str, Any]) -> dict[str, Any]:
    number = queue.view_counts(actor_of(request))[name]
    return item | {
        "link": f"{_list(QUEUE_MODEL)}?view={name}",
        "active": shown == name,
        "badge": "" if number == "0" else number,
    }


def _reviews(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the link to the reviews, with the number of those that wait."""
    if not request.user.has_perm("gasutil.view_review"):
        return []
    number = figures.open_stats().reviews
    item = {
        "title": _("Reviews"),
        "icon": "fact_check",
        "link": _list("gasutil_review"),
        "active": _inside(request, "gasutil_review"),
        "badge": str(number) if number else "",
    }
    return [item | {"badge_variant": "warning"}]


def _waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the link to the accounts that wait for approval, if there are any."""
    if not request.user.has_perm("gasutil.approve_support"):
        return []
    number = figures.open_stats().waiting
    link = f"{_list('gasutil_user')}?approval=waiting"
    active = request.path == _list("gasutil_user") and request.GET.get("approval") == "waiting"
    item = {
        "title": _("Waiting for approval"),
        "icon": "how_to_reg",
        "link": link,
        "active": active,
        "badge": str(number),
    }
    return [item | {"badge_variant": "warning"}] if number else []


def _reports(request: HttpRequest) -> list[dict[str, Any]]:
    if not emails.may_read(request):
        return []
    item = {"title": _("Reports"), "icon": "bar_chart", "link": pages.first_url()}
    return [item | {"active": request.path.startswith(reverse("admin:reports"))}]


def _rights(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the links to the pages of who may do what."""
    if not request.user.has_perm(access_reviews.VIEW):
        return []
    pages = (
        (_("Who can do this?"), "person_search", reverse("admin:who_may")),
        (_("Access list"), "fact_check", reverse("admin:access_list")),
    )
    return [
        {"title": title, "icon": icon, "link": link, "active": request.path == link}
        for title, icon, link in pages
    ]


def _allowed(
    request: HttpRequest, links: tuple[tuple[Any, str, str, str], ...]
) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "icon": icon,
            "link": _list(name),
            "active": _inside(request, name) and "approval" not in request.GET,
        }
        for title, icon, name, permission in links
        if request.user.has_perm(permission)
    ]


def _inside(request: HttpRequest, name: str) -> bool:
    """Return whether a page is one of a model's, by the name of its address."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").startswith(f"{name}_")


def _list(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def _counted(title: Any, number: str) -> str:
    return format_html('{} <span class="tab-count">{}</span>', title, number)
