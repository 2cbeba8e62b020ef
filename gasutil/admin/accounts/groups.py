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
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from gasutil.admin.base.http import actor_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.permission_wording import KNOWN, grouped
from gasutil.admin.base.readonly import SuperusersAlone
from gasutil.admin.base.step_up import StepUpForms
from gasutil.groups import PERMISSIONS, delete_group
from gasutil.identity.security_log import record_event
from gasutil.models import SecurityEventType

admin.site.unregister(Group)


def offered_permissions(group: Group) -> "QuerySet[Permission]":
    """Return the permissions that pages check, and others that a group has."""
    held = group.permissions.values("pk") if group.pk else ()
    return Permission.objects.filter(
        Q(content_type__app_label__in=("gasutil", "auth"), codename__in=KNOWN) | Q(pk__in=held)
    )


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own has no parameters at run time
    """A group's name and its permissions, by subject."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "permissions" in self.fields:
            field: Any = self.fields["permissions"]
            field.queryset = offered_permissions(self.instance)
            field.widget.choices = grouped(field.queryset)


@admin.register(Group)
class GroupAdmin(StepUpForms, SuperusersAlone, DeskAdmin):
    """The groups and their permissions."""

    form = GroupForm
    search_fields = ("name",)
    ordering = ("name",)
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        """Return the fields, editable or not."""
        return ("name", "permissions" if self.has_change_permission(request, obj) else "may")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Group | None = None
    ) -> tuple[str, ...]:
        """Return the read-only fields.

        These are the permissions for users who can't change them, and the names of groups that
        verbs use.
        """
        if not self.has_change_permission(request, obj):
            return ("may",)
        return ("name",) if obj and obj.name in PERMISSIONS else ()

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:  # Django's own signature
        """Save the group's permissions, and record the changes."""
        before = set(form.instance.permissions.values_list("codename", flat=True))
        super().save_related(request, form, formsets, change)
        after = set(form.instance.permissions.values_list("codename", flat=True))
        if form.changed_data:
            self._record(
                request, form.instance, added=sorted(after - before), removed=sorted(before - after)
            )

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        """Delete the group, and record it."""
        self._record(request, obj, deleted=True)
        delete_group(obj, author=actor_of(request).user)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Group]") -> None:
        """Delete the groups, and record each."""
        for group in queryset:
            self._record(request, group, deleted=True)
            delete_group(group, author=actor_of(request).user)

    def _record(self, request: HttpRequest, group: Group, **details: Any) -> None:
        record_event(
            SecurityEventType.GROUP_CHANGE,
            user=actor_of(request).user,
            request=request,
            group=group.name,
            **details,
        )

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Reject the deletion of the groups that every installation has.

        An approval gives one of them.
        """
        return super().has_delete_permission(request, obj) and not (obj and obj.name in PERMISSIONS)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return checkboxes for the permissions, not Django's list of all."""
        widget = UnfoldAdminCheckboxSelectMultipleWidget(attrs={"class": "permissions"})
        return forms.ModelMultipleChoiceField(
            Permission.objects.none(), required=False, widget=widget, label=_("Permissions")
        )

    @display(description=_("Permissions"))
    def may(self, obj: Group) -> SafeString:
        """Return the permissions of a group, by subject."""
        rows = (
            (subject, format_html_join("", "<li>{}</li>", ((words,) for _pk, words in names)))
            for subject, names in grouped(obj.permissions.all())
        )
        return format_html(
            '<dl class="permissions">{}</dl>',
            format_html_join("", "<div><dt>{}</dt><dd><ul>{}</ul></dd></div>", rows),
        )
