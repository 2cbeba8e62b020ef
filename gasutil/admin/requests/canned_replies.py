"""Canned replies: managers write them, agents use those of their teams and the general ones."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from gasutil import teams
from gasutil.access import Actor
from gasutil.admin.base.formatting import datetime_minutes, first_line
from gasutil.admin.base.history import EditorsReadHistory
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.models import CannedReply, ServiceRequest
from gasutil.models.canned_replies import GAP, VARIABLES
from gasutil.models.fields import TextField


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A canned reply for the composer, with its variables filled in."""

    title: str
    text: str
    is_internal: bool
    team: str


def offered_replies(actor: Actor, obj: ServiceRequest) -> list[Offer]:
    """Return the replies that an agent can insert on a request."""
    rows = CannedReply.objects.filter(
        Q(team=None) | Q(team__in=teams.of(actor)), is_active=True
    ).select_related("team")
    known = values(actor, obj)
    return [
        Offer(
            title=row.title,
            text=fill_placeholders(row.text, known),
            is_internal=row.is_internal,
            team=row.team.name if row.team else "",
        )
        for row in rows
    ]


def values(actor: Actor, obj: ServiceRequest) -> Mapping[str, str]:
    """Return the values of the variables for a request, as plain text."""
    return {
        "customer": str(obj.customer),
        "reference": obj.reference,
        "type": obj.request_type.localised_name,
        "address": " ".join(obj.address.split()),
        "due": _day(obj.resolve_by),
        "agent": str(actor.person),
    }


def fill_placeholders(text: str, known: Mapping[str, str]) -> str:
    """Return a text with its variables filled in."""
    return GAP.sub(lambda gap: known.get(gap[1], gap[0]), text)


def _day(at: dt.datetime | None) -> str:
    return datetime_minutes(at) if at else _t("[no date yet]")


@admin.register(CannedReply)
class CannedReplyAdmin(EditorsReadHistory, DeskAdmin):
    """The canned replies."""

    list_display = ("title", "beginning", "team_name", "kind", "is_active", "position")
    list_filter = ("team", "is_internal", "is_active")
    list_select_related = ("team",)
    search_fields = ("title", "text")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("title", "text", "variables")}),
        (_("Availability"), {"fields": (("team", "position"), ("is_internal", "is_active"))}),
    )
    readonly_fields = ("variables",)
    formfield_overrides = {
        TextField: {
            "widget": UnfoldAdminTextareaWidget(attrs={"rows": 8, "data-gaps": "variables"})
        }
    }
    actions = None
    warn_unsaved_form = True

    class Media:
        js = ("gasutil/variable_buttons.js",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Explain the empty choice of a team."""
        return super().formfield_for_foreignkey(
            db_field, request, empty_label=_t("Everyone"), **kwargs
        )

    @display(description=_("Variables"))
    def variables(self, obj: CannedReply) -> SafeString:
        """Return the variables as buttons that insert them into the text."""
        rows = ((f"{{{name}}}", meaning) for name, meaning in VARIABLES.items())
        buttons = format_html_join(
            "",
            '<li><button type="button" class="gap" data-gap="{0}">{0}</button>'
            " <span>{1}</span></li>",
            rows,
        )
        return format_html('<ul class="gaps">{}</ul>', buttons)

    @display(description=_("Text"))
    def beginning(self, obj: CannedReply) -> str:
        """Return the first line."""
        return first_line(" ".join(obj.text.split()), 90)

    @display(description=_("Team"), ordering="team__name")
    def team_name(self, obj: CannedReply) -> str:
        """Return the team, or everyone."""
        return str(obj.team) if obj.team else _t("Everyone")

    @display(description=_("Kind"), label={"note": "warning", "reply": "info"})
    def kind(self, obj: CannedReply) -> tuple[str, str]:
        """Return the kind: a reply to the customer, or an internal note."""
        return ("note", _t("Internal note")) if obj.is_internal else ("reply", _t("Reply"))
