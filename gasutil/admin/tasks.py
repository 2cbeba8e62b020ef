"""Background work: how long the queue is, what failed and why, who works on it; and the way to have it done again."""

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
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.views import ChangeList

from gasutil import background
from gasutil.admin import task_wording as wording
from gasutil.admin.queue import CappedPaginator
from gasutil.admin.readonly import ReadOnly
from gasutil.admin.site import actor_of
from gasutil.admin.word_forms import SafeDialogForm, go, show
from gasutil.admin.wording import NOTHING, exact, moment
from gasutil.errors import DeskError
from gasutil.models import BackgroundTask, Worker

RUN_AGAIN = {
    "title": gettext_lazy("Run again"),
    "description": gettext_lazy("It is done as soon as a worker is free. Your name is noted with it."),
}

admin.site.unregister(DBTaskResult)  # its own page would show what ours says in words


class StateFilter(DropdownFilter):
    """How a task stands."""

    title = gettext_lazy("state")
    parameter_name = "state"
    all_option = ["", gettext_lazy("All but what is set for later")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states."""
        return [(name, str(label)) for name, label in wording.STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the tasks of a state; what is set for later hides the rest, and is shown to whoever asks for it."""
        now, status = timezone.now(), {state: status for status, state in wording.BY_STATUS.items()}
        later = Q(status="READY", run_after__gt=now) & ~Q(run_after=background.AT_ONCE)
        match self.value():
            case wording.WAITING:
                return queryset.filter(pk__in=background.due(now).order_by().values("pk"))
            case wording.LATER:
                return queryset.filter(later).order_by("run_after")
            case state if state in status:
                return queryset.filter(status=status[state])
        return queryset.exclude(later)


class QueueFilter(DropdownFilter):
    """Which queue a task is in."""

    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the queues."""
        return [(name, wording.queue_said(name)) for name in background.QUEUES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the tasks of a queue."""
        return queryset.filter(queue_name=self.value()) if self.value() else queryset


class KindFilter(DropdownFilter):
    """What a task does."""

    title = gettext_lazy("work")
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the sorts of tasks that there are."""
        return [(name, wording.said(name)) for name in wording.KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the tasks of a sort."""
        return queryset.filter(task_path=self.value()) if self.value() else queryset


class TaskList(ChangeList):
    """A page of tasks, with what they speak of."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Read the page, then what its tasks speak of."""
        super().get_results(request)
        rows = list(self.result_list)
        subjects = wording.Subjects(rows)
        for row in rows:
            row.subject = subjects.say(row)
        self.result_list = rows


@admin.register(BackgroundTask)
class TaskAdmin(ReadOnly, ModelAdmin):
    """The tasks that workers have done and have yet to do."""

    list_display = ("what", "subject", "state", "due", "waited", "tries")
    list_display_links = ("what",)
    list_filter = (StateFilter, QueueFilter, KindFilter)
    list_filter_submit = True
    list_before_template = "gasutil/background.html"
    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    ordering = ("-enqueued_at",)
    sortable_by = ()
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether somebody may look: tasks hold addresses."""
        return request.user.has_perm(background.MAY_LOOK)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may look."""
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the dialog."""
        again = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.run_again))
        return [path("<uuid:pk>/run-again/", again, name="task_run_again"), *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[TaskList]:
        """Return the list that knows what tasks speak of."""
        return TaskList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, below how the queues stand and who works."""
        shown = {"title": _("Background work")} | (standing(timezone.now()) if self.has_view_permission(request) else {})
        return super().changelist_view(request, shown | (extra_context or {}))  # type: ignore[no-any-return]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
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
            "original": obj,
            "title": wording.said(obj.task_path),
            "preserved_filters": self.get_preserved_filters(request),
        }
        return TemplateResponse(request, "gasutil/task.html", page)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Say that there is no such page: the task's own tells who had it run again."""
        raise Http404

    def run_again(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Show the dialog, or have a task that failed done again."""
        obj = self._find(request, str(pk))
        form = SafeDialogForm(request=request, object_id=pk, data=request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                background.run_again(pk, actor=actor_of(request))
            except DeskError as error:
                form.refuse(error)
            else:
                messages.success(request, _("It is in the queue again."))
                return go(request, reverse("admin:gasutil_backgroundtask_change", args=[obj.pk]))
        return show(request, RUN_AGAIN, form, _("Run again"))

    def _find(self, request: HttpRequest, pk: str) -> Any:
        try:
            obj = BackgroundTask.objects.filter(pk=UUID(pk)).first() if self.has_view_permission(request) else None
        except ValueError:
            obj = None
        if obj is None:
            raise Http404
        return obj

    @display(description=gettext_lazy("Work"), header=True)
    def what(self, obj: Any) -> list[str]:
        """Return what a task does, above its queue."""
        return [wording.said(obj.task_path), wording.queue_said(obj.queue_name)]

    @display(description=gettext_lazy("For"))
    def subject(self, obj: Any) -> SafeString | str:
        """Return what a task speaks of."""
        found: SafeString | str = obj.subject
        return found

    @display(description=gettext_lazy("State"), label=wording.COLOURS)
    def state(self, obj: Any) -> tuple[str, str]:
        """Return how a task stands."""
        state = wording.state_of(obj, timezone.now())
        return state, str(wording.STATES[state])

    @display(description=gettext_lazy("Due"))
    def due(self, obj: Any) -> SafeString | str:
        """Return from when a task may be done."""
        return wording.when(wording.due_at(obj), timezone.now())

    @display(description=gettext_lazy("Waited"))
    def waited(self, obj: Any) -> str:
        """Return how long a task has waited for a worker."""
        return wording.waited(obj, timezone.now())

    @display(description=gettext_lazy("Tries"))
    def tries(self, obj: Any) -> int:
        """Return how many workers have begun a task."""
        return len(obj.worker_ids)


def standing(now: dt.datetime) -> dict[str, Any]:
    """Return how the queues stand, and who works on them."""
    alive = set(Worker.objects.alive(now).values_list("pk", flat=True))
    return {
        "lines": [
            {"name": wording.queue_said(name), "queue": queue, "oldest": wording.short(queue.oldest), "key": name}
            for name, queue in background.queues(now).items()
        ],
        "workers": [
            {"worker": one, "is_alive": one.pk in alive, "beat": moment(one.beat_at, now), "started": moment(one.started_at, now)}
            for one in Worker.objects.order_by("queues", "started_at")
        ],
    }


def about(obj: Any, now: dt.datetime) -> dict[str, Any]:
    """Return what the page of a task shows."""
    state = wording.state_of(obj, now)
    again = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(BackgroundTask, for_concrete_model=False), object_id=str(obj.pk)
    )
    places = {one.pk: one.place for one in Worker.objects.filter(pk__in=obj.worker_ids)}
    return {
        "task": obj,
        "state": wording.STATES[state],
        "colour": wording.COLOURS[state],
        "subject": wording.Subjects([obj]).say(obj),
        "facts": [
            (_("Queue"), wording.queue_said(obj.queue_name)),
            (_("Queued"), exact(obj.enqueued_at)),
            (_("Due"), wording.when(wording.due_at(obj), now)),
            (_("Waited"), wording.waited(obj, now)),
            (_("Begun"), moment(obj.started_at, now)),
            (_("Ended"), moment(obj.finished_at, now)),
            (_("Tries"), len(obj.worker_ids)),
            (_("Worker"), places.get(obj.worker_ids[-1], _("One that is gone")) if obj.worker_ids else NOTHING),
            (_("Name"), obj.task_path),
        ],
        "error": obj.traceback.strip().rpartition("\n")[2],
        "again": [(entry.user, moment(entry.action_time, now)) for entry in again.select_related("user")[:20]],
    }
