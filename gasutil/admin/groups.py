"""Groups: superusers edit them, managers look at them."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin

from gasutil.admin.readonly import SuperusersAlone

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(SuperusersAlone, DjangoGroupAdmin, ModelAdmin):
    """The groups and what they may do."""

    show_full_result_count = False
