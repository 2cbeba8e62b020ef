"""Request types: managers add and edit them; whatever was filed under one needs it for ever, so none is deleted."""

from django.contrib import admin
from django.db.models import TextField
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from gasutil.admin.history import WithHistory
from gasutil.admin.wording import PRIORITY_COLOURS
from gasutil.models import RequestType


@admin.register(RequestType)
class RequestTypeAdmin(WithHistory, ModelAdmin):
    """The catalogue."""

    list_display = ("name", "code", "is_emergency", "priority_label", "is_active")
    list_filter = ("is_active", "is_emergency")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("name", "code")
    fieldsets = (
        (None, {"fields": ("name", "code", "description", "is_active")}),
        ("Urgency", {"fields": ("is_emergency", "priority", "safety_instructions")}),
    )
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})}}
    actions = None
    warn_unsaved_form = True

    def get_readonly_fields(self, request: HttpRequest, obj: RequestType | None = None) -> tuple[str, ...]:
        """Keep the code of a type that exists: apps and old requests call it by that."""
        return ("code",) if obj else ()

    def has_view_permission(self, request: HttpRequest, obj: RequestType | None = None) -> bool:
        """Return whether somebody looks after the catalogue; agents read it where they need it."""
        return bool(request.user.has_perm("gasutil.change_requesttype"))

    def has_delete_permission(self, request: HttpRequest, obj: RequestType | None = None) -> bool:
        """Refuse: a type is made inactive instead."""
        return False

    @display(description="Priority", label=dict(PRIORITY_COLOURS))
    def priority_label(self, obj: RequestType) -> tuple[str, str]:
        """Return the priority, in its colour."""
        return obj.priority, obj.get_priority_display()
