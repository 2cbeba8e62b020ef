"""The object permissions on one request, for superusers. Only `access.py` changes them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gasutil import access
from gasutil.access import representatives
from gasutil.admin.base.http import actor_of
from gasutil.admin.requests import tickets


def urls(model_admin: Any) -> list[URLPattern]:
    """Return the address of the page."""
    view = model_admin.admin_site.admin_view(
        require_safe(lambda request, object_id: object_permissions(model_admin, request, object_id))
    )
    return [path("<int:object_id>/who/", view, name="gasutil_servicerequest_who")]


def object_permissions(model_admin: Any, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show who holds which permission on a request, and why each of them may see it."""
    if not request.user.is_superuser:
        raise Http404
    ticket = tickets.find_request(actor_of(request), object_id)
    site = model_admin.admin_site
    request.current_app = site.name
    page = {
        **site.each_context(request),
        "ticket": ticket,
        "grants": [
            (user, user.pk == ticket.customer_id, names)
            for user, names in access.grants_on(ticket).items()
        ],
        "staff": representatives().count(),
        "opts": model_admin.opts,
        "original": ticket,
        "title": _("Who can see this"),
    }
    return TemplateResponse(request, "gasutil/who.html", page)
