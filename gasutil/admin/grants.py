"""Who may see one request, for superusers to look at. Grants are made and kept by `access.py` alone: no page edits them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gasutil import access
from gasutil.admin import tickets
from gasutil.admin.site import actor_of
from gasutil.workflow.steps import representatives


def urls(model_admin: Any) -> list[URLPattern]:
    """Return the address of the page."""
    view = model_admin.admin_site.admin_view(require_safe(lambda request, object_id: who(model_admin, request, object_id)))
    return [path("<int:object_id>/who/", view, name="gasutil_servicerequest_who")]


def who(model_admin: Any, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show who holds which permission on a request, and why each of them may see it."""
    if not request.user.is_superuser:
        raise Http404
    ticket = tickets.find(actor_of(request), object_id)
    site = model_admin.admin_site
    request.current_app = site.name
    page = {
        **site.each_context(request),
        "ticket": ticket,
        "grants": [(user, user.pk == ticket.customer_id, names) for user, names in access.grants_on(ticket).items()],
        "staff": representatives().count(),
        "opts": model_admin.opts,
        "original": ticket,
        "title": _("Who may see this"),
    }
    return TemplateResponse(request, "gasutil/who.html", page)
