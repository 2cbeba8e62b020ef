"""Groups: superusers edit them, managers look at them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from gasutil.admin.permission_wording import KNOWN, grouped
from gasutil.admin.readonly import SuperusersAlone
from gasutil.groups import PERMISSIONS

admin.site.unregister(Group)


def offered(group: Group) -> "QuerySet[Permission]":
    """Return the permissions that pages ask for, and whatever else a group holds."""
    held = group.permissions.values("pk") if group.pk else ()
    return Permission.objects.filter(Q(content_type__app_label__in=("gasutil", "auth"), codename__in=KNOWN) | Q(pk__in=held))


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own has no parameters at run time
    """A group's name, and what it may do, by what that is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            field: Any = self.fields["permissions"]
            field.queryset = offered(self.instance)
            field.widget.choices = grouped(field.queryset)


@admin.register(Group)
class GroupAdmin(SuperusersAlone, ModelAdmin):
    """The groups and what they may do."""

    form = GroupForm
    search_fields = ("name",)
    ordering = ("name",)
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        """Return what may be changed, or what may be read."""
        return ("name", "permissions" if self.has_change_permission(request, obj) else "may")

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        """Return what is only told: to whoever may change nothing what it may do, and to all the name of a group that verbs know by it."""
        if not self.has_change_permission(request, obj):
            return ("may",)
        return ("name",) if obj and obj.name in PERMISSIONS else ()

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Refuse for the groups that every installation has: approving somebody gives one of them."""
        return super().has_delete_permission(request, obj) and not (obj and obj.name in PERMISSIONS)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a list to tick, in place of a box of everything that Django knows."""
        widget = UnfoldAdminCheckboxSelectMultipleWidget(attrs={"class": "permissions"})
        return forms.ModelMultipleChoiceField(Permission.objects.none(), required=False, widget=widget, label=_("What it may do"))

    @display(description=_("What it may do"))
    def may(self, obj: Group) -> SafeString:
        """Return what a group may do, by what that is about."""
        rows = (
            (subject, format_html_join("", "<li>{}</li>", ((words,) for _pk, words in names)))
            for subject, names in grouped(obj.permissions.all())
        )
        return format_html('<dl class="permissions">{}</dl>', format_html_join("", "<div><dt>{}</dt><dd><ul>{}</ul></dd></div>", rows))
