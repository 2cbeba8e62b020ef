"""Background work: how long the queue is, what failed and why, who works on it.

And the way to have it done again.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django_tasks_db.models import DBTaskResult
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from gasutil import background
from gasutil.admin.base.dialog_forms import SafeDialogForm, htmx_redirect, render_dialog
from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds, time_ago
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.model_admin import DeskAdmin, DeskChangeList
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.operations import task_wording as wording
from gasutil.errors import DeskError
from gasutil.models import BackgroundTask, Worker

RUN_AGAIN = {
    "title": gettext_lazy("Run again"),
    "description": gettext_lazy(
        "The task runs as soon as a worker is free. Your name is recorded."
    ),
}

admin.site.unregister(DBTaskResult)  # its own page would show what ours says in words


class StateFilter(DropdownFilter):
    """Filter tasks by their state."""

    title = gettext_lazy("state")
    parameter_name = "state"
    all_option = ["", gettext_lazy("All except scheduled")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states."""
        return [(name, str(label)) for name, label in wording.STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to a state; scheduled tasks appear only if they are chosen."""
        now, status = timezone.now(), {state: status for status, state in wording.BY_STATUS.items()}
        later = Q(status="READY", run_after__gt=now) & ~Q(run_after=background.NO_RUN_AFTER)
        match self.value():
            case wording.WAITING:
                return queryset.filter(pk__in=background.due_tasks(now).order_by().values("pk"))
            case wording.LATER:
                return queryset.filter(later).order_by("run_after")
            case state if state in status:
                return queryset.filter(status=status[state])
        return queryset.exclude(later)


class QueueFilter(DropdownFilter):
    """Filter tasks by their queue."""

    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the queues."""
        return [(name, wording.queue_label(name)) for name in background.QUEUES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the tasks of a queue."""
        return queryset.filter(queue_name=self.value()) if self.value() else queryset


class KindFilter(DropdownFilter):
    """Filter tasks by their kind."""

    title = gettext_lazy("task")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the kinds of tasks."""
        return [(name, wording.task_label(name)) for name in wording.TASK_KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter to the tasks of a kind."""
        return queryset.filter(task_path=self.value()) if self.value() else queryset


class TaskList(DeskChangeList):
    """A page of tasks, with their subjects."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, then the subjects of its tasks."""
        super().get_results(request)
        rows = list(self.result_list)
        subjects = wording.Subjects(rows)
        for row in rows:
            row.subject = subjects.describe(row)
        self.result_list = rows


@admin.register(BackgroundTask)
class TaskAdmin(ReadOnly, DeskAdmin):
    """The background tasks, finished and queued."""

    list_display = ("what", "subject", "state", "due", "waited", "tries")
    list_display_links = ("what",)
    list_filter = (StateFilter, QueueFilter, KindFilter)
    list_filter_submit = True
    list_before_template = "gasutil/background.html"
    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = ("-enqueued_at",)
    sortable_by = ()
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user may see tasks: they contain addresses."""
        return request.user.has_perm(background.MAY_LOOK)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may see tasks."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the dialog."""
        again = self.admin_site.admin_view(
            require_http_methods(["GET", "HEAD", "POST"])(self.run_again)
        )
        return [path("<uuid:pk>/run-again/", again, name="task_run_again"), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TaskList]:
        """Return the list class that loads the subjects of tasks."""
        return TaskList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, below the state of the queues and the workers."""
        shown = {"title": _("Background tasks")} | (
            queue_status(timezone.now()) if self.has_view_permission(request) else {}
        )
        return super().changelist_view(request, shown | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one task; running it again has an address of its own."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        obj = self._find(request, object_id)
        request.current_app = self.admin_site.name
        page = {
            **self.admin_site.each_context(request),
            **about(obj, timezone.now()),
            "may_run": obj.status == "FAILED" and request.user.has_perm(background.MAY_RUN),
            "opts": self.opts,
            "original": wording.task_label(obj.task_path),
            "title": wording.task_label(obj.task_path),
            "preserved_filters": self.get_preserved_filters(request),
        }
        return TemplateResponse(request, "gasutil/task.html", page)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Raise `Http404`: the page of the task shows who ran it again."""
        raise Http404

    def run_again(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Show the dialog, or run a failed task again."""
        obj = self._find(request, str(pk))
        form = SafeDialogForm(
            request=request, object_id=pk, data=request.POST if request.method == "POST" else None
        )
        if request.method == "POST" and form.is_valid():
            try:
                background.run_again(pk, actor=actor_of(request))
            except DeskError as error:
                form.refuse(error)
            else:
                messages.success(request, _("Task queued again."))
                return htmx_redirect(
                    request, reverse("admin:gasutil_backgroundtask_change", args=[obj.pk])
                )
        return render_dialog(request, RUN_AGAIN, form, _("Run again"))

    def _find(self, request: HttpRequest, pk: str) -> Any:
        try:
            obj = (
                BackgroundTask.objects.filter(pk=UUID(pk)).first()
                if self.has_view_permission(request)
                else None
            )
        except ValueError:
            obj = None
        if obj is None:
            raise Http404
        return obj

    @display(description=gettext_lazy("Work"), header=True)
    def what(self, obj: Any) -> list[str]:
        """Return the kind of a task and its queue."""
        return [wording.task_label(obj.task_path), wording.queue_label(obj.queue_name)]

    @display(description=gettext_lazy("For"))
    def subject(self, obj: Any) -> SafeString | str:
        """Return the object that a task is about."""
        result: SafeString | str = obj.subject
        return result

    @display(description=gettext_lazy("State"), label=wording.TASK_COLOURS)
    def state(self, obj: Any) -> tuple[str, str]:
        """Return the state of a task."""
        state = wording.state_of(obj, timezone.now())
        return state, str(wording.STATES[state])

    @display(description=gettext_lazy("Due"))
    def due(self, obj: Any) -> SafeString | str:
        """Return the time from which a task can run."""
        return wording.when(wording.due_at(obj), timezone.now())

    @display(description=gettext_lazy("Waited"))
    def waited(self, obj: Any) -> str:
        """Return the time that a task has waited for a worker."""
        return wording.waited(obj, timezone.now())

    @display(description=gettext_lazy("Attempts"))
    def tries(self, obj: Any) -> int:
        """Return the number of workers that have started a task."""
        return len(obj.worker_ids)


def queue_status(now: dt.datetime) -> dict[str, Any]:
    """Return the state of the queues, and their workers."""
    alive = set(Worker.objects.alive(now).values_list("pk", flat=True))
    return {
        "lines": [
            {
                "name": wording.queue_label(name),
                "queue": queue,
                "oldest": wording.short_duration(queue.oldest),
                "key": name,
            }
            for name, queue in background.queues(now).items()
        ],
        "workers": [
            {
                "worker": worker,
                "is_alive": worker.pk in alive,
                "beat": time_ago(worker.beat_at, now),
                "started": time_ago(worker.started_at, now),
            }
            for worker in Worker.objects.order_by("queues", "started_at")
        ],
    }


def about(obj: Any, now: dt.datetime) -> dict[str, Any]:
    """Return the context of the page of a task."""
    state = wording.state_of(obj, now)
    again = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(BackgroundTask, for_concrete_model=False),
        object_id=str(obj.pk),
    )
    places = {worker.pk: worker.place for worker in Worker.objects.filter(pk__in=obj.worker_ids)}
    return {
        "task": obj,
        "state": wording.STATES[state],
        "colour": wording.TASK_COLOURS[state],
        "subject": wording.Subjects([obj]).describe(obj),
        "facts": [
            (_("Queue"), wording.queue_label(obj.queue_name)),
            (_("Queued"), datetime_seconds(obj.enqueued_at)),
            (_("Due"), wording.when(wording.due_at(obj), now)),
            (_("Waited"), wording.waited(obj, now)),
            (_("Started"), time_ago(obj.started_at, now)),
            (_("Ended"), time_ago(obj.finished_at, now)),
            (_("Attempts"), len(obj.worker_ids)),
            (
                _("Worker"),
                places.get(obj.worker_ids[-1], _("Deleted")) if obj.worker_ids else EMPTY_VALUE,
            ),
            (_("Name"), obj.task_path),
        ],
        "error": obj.traceback.strip().rpartition("\n")[2],
        "again": [
            (entry.user, time_ago(entry.action_time, now))
            for entry in again.select_related("user")[:20]
        ],
    }
