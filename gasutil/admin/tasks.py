"""Background work, for superusers to look at: which mail failed, and why."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult
from unfold.admin import ModelAdmin

from gasutil.admin.queue import CappedPaginator

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(DBTaskResultAdmin, ModelAdmin):
    """The tasks that the worker has done and has yet to do."""

    list_display: Any = ("task_name", "status", "enqueued_at", "finished_at")
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a superuser: tasks hold addresses."""
        return request.user.is_active and request.user.is_superuser

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether this is a superuser."""
        return self.has_view_permission(request)
