"""The search of every page of the console.

It shows what is found while an agent types, and the same as a page of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.admin.accounts.ended_session import is_script
from gasutil.admin.base.formatting import STATUS_COLOURS, danger, time_ago, titled
from gasutil.admin.base.http import actor_of
from gasutil.search.hits import Hit, Hits, find_hits, is_searchable

QUEUE_URL_NAME = "admin:gasutil_servicerequest_changelist"
MAX_QUERY_CHARACTERS = 200
PARTS: Mapping[str, Any] = {
    "reference": gettext_lazy("Reference"),
    "type": gettext_lazy("Type"),
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("Email"),
    "username": gettext_lazy("Username"),
    "address": gettext_lazy("Address"),
    "incident": gettext_lazy("Incident"),
    "title": gettext_lazy("Title"),
    "note": gettext_lazy("Note"),
    "internal": gettext_lazy("Internal note"),
    "file": gettext_lazy("File"),
}


@dataclass(frozen=True, kw_only=True)
class Group:
    """The hits of one kind, under a heading."""

    name: str
    title: Any
    hits: Sequence[Mapping[str, Any]]


def search(
    request: HttpRequest, page_context: Callable[[HttpRequest], Mapping[str, Any]]
) -> HttpResponse:
    """Show what is found: a script gets the hits alone, for the dialog."""
    text = request.GET.get("q", "").strip()[:MAX_QUERY_CHARACTERS]
    result = find_hits(actor_of(request), text)
    shown = {
        "q": text,
        "is_searched": is_searchable(text),
        "groups": _groups(result),
        "number": result.number,
        "has_more": result.has_more,
        "all_url": f"{reverse(QUEUE_URL_NAME)}?{urlencode({'q': text})}",
    }
    if is_script(request):
        return render(request, "gasutil/search_hits.html", {**shown, "is_dialog": True})
    return TemplateResponse(
        request, "gasutil/search.html", {**page_context(request), **shown, "title": _("Search")}
    )


def _groups(result: Hits) -> list[Group]:
    customers = Group(
        name="customers", title=_("Customers"), hits=[_customer(hit) for hit in result.customers]
    )
    requests = Group(
        name="requests", title=_("Requests"), hits=[_request(hit) for hit in result.requests]
    )
    incidents = Group(
        name="incidents", title=_("Incidents"), hits=[_incident(hit) for hit in result.incidents]
    )
    order = (
        [incidents, customers, requests]
        if result.has_incident_first
        else [customers, requests, incidents]
    )
    return [group for group in order if group.hits]


def _request(hit: Hit) -> dict[str, Any]:
    obj: Any = hit.row
    return {
        "url": reverse("admin:gasutil_servicerequest_change", args=[obj.pk]),
        "icon": "emergency_home" if obj.is_pressing else "confirmation_number",
        "is_pressing": obj.is_pressing and obj.is_open,
        "danger": danger(obj),
        "title": hit.shown["description"],
        "meta": [
            ("reference", hit.shown["reference"]),
            ("kind", hit.shown["type"]),
            ("name", hit.shown["name"]),
        ],
        "status": obj.get_status_display(),
        "colour": STATUS_COLOURS[obj.status],
        "when": time_ago(obj.created_at, timezone.now(), ago=False),
        **_matched(hit),
    }


def _customer(hit: Hit) -> dict[str, Any]:
    user: Any = hit.row
    return {
        "url": f"{reverse(QUEUE_URL_NAME)}?{urlencode({'customer__id__exact': user.pk})}",
        "icon": "person",
        "title": hit.shown["name"],
        "meta": [("phone", hit.shown["phone"])],
        "status": "" if user.is_active else _("Inactive"),
        "hint": _("All requests"),
        **_matched(hit),
    }


def _incident(hit: Hit) -> dict[str, Any]:
    incident: Any = hit.row
    return {
        "url": reverse("admin:gasutil_incident_change", args=[incident.pk]),
        "icon": "hub",
        "title": hit.shown["title"],
        "meta": [("reference", hit.shown["reference"])],
        "status": _("Closed") if incident.closed_at else _("Open"),
        "colour": "success" if incident.closed_at else "warning",
        "when": time_ago(incident.created_at, timezone.now(), ago=False),
        **_matched(hit),
    }


def _matched(hit: Hit) -> dict[str, Any]:
    """Return the names of the parts that matched, and the text around the match.

    That text is of the matching part that is not shown anyway.
    """
    label = ""
    if hit.match:
        label = titled(hit.match.question) if hit.match.question else PARTS[hit.match.part]
    return {
        "matched": [PARTS[name] for name in hit.matched],
        "label": label,
        "snippet": hit.match.parts if hit.match else [],
    }
