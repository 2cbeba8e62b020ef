"""Many requests at once: the bar above a selection, the preview and the report.

The preview is the page that says what will happen, and the report says what did.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from gasutil.admin.base.dialog_forms import NoteForm
from gasutil.admin.base.formatting import EMPTY_VALUE, STATUS_COLOURS, danger, in_words, time_ago
from gasutil.admin.base.http import actor_of, pk_of
from gasutil.admin.base.model_admin import DeskAdmin
from gasutil.admin.base.pagination import CappedPaginator
from gasutil.admin.base.readonly import ReadOnly
from gasutil.admin.requests.verb_forms.routing import RepresentativeField
from gasutil.errors import Conflict, DeskError
from gasutil.identity.sessions import background
from gasutil.models import BulkRun, BulkVerb, Incident, Outcome, ServiceRequest
from gasutil.workflow import bulk

BULK_ICONS: Mapping[str, str] = {
    BulkVerb.ASSIGN: "person_add",
    BulkVerb.TAKE: "front_hand",
    BulkVerb.COMMENT: "chat",
    BulkVerb.HOLD: "pause",
    BulkVerb.RESUME: "play_arrow",
    BulkVerb.RESOLVE: "check_circle",
    BulkVerb.JOIN: "hub",
}


def _action(verb: BulkVerb) -> Callable[..., HttpResponse]:
    """Return the queue action that previews a verb for the selection."""

    def act(
        model_admin: Any, request: HttpRequest, queryset: QuerySet[ServiceRequest]
    ) -> HttpResponse:
        pks = list(queryset.values_list("pk", flat=True)[: bulk.most() + 1])
        try:
            run = bulk.prepare(actor=actor_of(request), verb=verb, pks=pks)
        except Conflict as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(_url(run))

    act.__name__ = f"bulk_{verb.value}"
    for name, value in {
        "short_description": verb.label,
        "key": act.__name__,
        "icon": BULK_ICONS[verb],
        "do_not_call_in_templates": True,
    }.items():
        setattr(act, name, value)
    return act


ACTIONS = tuple(_action(verb) for verb in BulkVerb)


class BulkForm(NoteForm):
    """The message and the assignee of a run."""

    assigned_to = RepresentativeField(required=False, empty_label=_("Choose a representative"))
    incident = forms.ModelChoiceField(
        Incident.objects.none(),
        label=_("Incident"),
        required=False,
        empty_label=_("Choose an open incident"),
        widget=UnfoldAdminSelectWidget(),
    )
    field_order = ("assigned_to", "incident", "notes")

    def __init__(self, *args: Any, run: BulkRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if run.verb == BulkVerb.JOIN:
            self.fields["incident"].queryset = Incident.objects.filter(closed_at=None)
        else:
            del self.fields["incident"]
        if run.verb == BulkVerb.ASSIGN:
            self.fields["assigned_to"].offer(self.request.user.pk)
        else:
            del self.fields["assigned_to"]

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of the verb, with the id of the representative."""
        values = super().arguments()
        chosen = values.pop("assigned_to", None)
        incident = values.pop("incident", None)
        return values | {
            "assigned_to": chosen and chosen.pk,
            "incident": incident and incident.pk,
        }


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnly, DeskAdmin):
    """Bulk runs: the user's own, and all for managers."""

    list_display = ("title", "author_name", "counted", "when")
    list_display_links = ("title",)
    list_per_page = 50
    list_fullwidth = True
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user is staff."""
        return actor_of(request).is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the user is staff."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkRun]:
        """Return the runs that were started."""
        return bulk.started(actor_of(request))

    def get_urls(self) -> list[URLPattern]:
        """Add the URLs of a run's page."""
        steps = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(guard(partial(view, self))),
                name=f"gasutil_bulkrun_{name}",
            )
            for name, guard, view in (
                ("look", require_POST, update_preview),
                ("run", require_POST, run_it),
                ("progress", lambda view: background(require_safe(view)), show_progress),
            )
        ]
        return [*steps, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the preview, the progress or the report of a run."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405)
        run = find_run(request, object_id)
        form = BulkForm(
            request=request,
            run=run,
            initial={
                "assigned_to": run.assigned_to_id,
                "notes": run.notes,
                "is_internal": run.is_internal,
            },
        )
        return page(self, request, run, form)

    @display(description=_("What"), header=True)
    def title(self, obj: BulkRun) -> list[str]:
        """Return the verb and the message."""
        named = {BulkVerb.ASSIGN: obj.assigned_to, BulkVerb.JOIN: obj.incident}.get(
            BulkVerb(obj.verb)
        )
        whom = f": {named}" if named else ""
        return [
            f"{label(obj)}{whom}",
            format_html('<span dir="auto">{}</span>', obj.notes.partition("\n")[0][:120]),
        ]

    @display(description=_("Who"))
    def author_name(self, obj: BulkRun) -> str:
        """Return the author."""
        return str(obj.author)

    @display(description=_("Requests"))
    def counted(self, obj: Any) -> str:
        """Return the number of requests by outcome."""
        refused = _(", %(number)d failed") % {"number": obj.n_refused} if obj.n_refused else ""
        return _("%(done)d of %(all)d done") % {"done": obj.n_done, "all": obj.n_all} + refused

    @display(description=_("When"))
    def when(self, obj: BulkRun) -> str | SafeString:
        """Return the time of the start."""
        return time_ago(obj.confirmed_at, timezone.now())


def find_run(request: HttpRequest, pk: str | int) -> BulkRun:
    """Return a run that the user may see; raise `Http404`."""
    run = bulk.runs_of(actor_of(request)).filter(pk=pk_of(pk)).first()
    if run is None or (run.confirmed_at is None and run.author_id != request.user.pk):
        raise Http404
    return run


def update_preview(model_admin: BulkRunAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, and preview it again."""
    run = find_run(request, pk)
    form = BulkForm(request=request, run=run, data=request.POST)
    if form.is_valid() and (run := _run_verb(form, run, bulk.update_draft, request)):
        form = BulkForm(request=request, run=run, data=request.POST)
    return render(request, "gasutil/bulk_prospects.html", {**preview_texts(run), "form": form})


def run_it(model_admin: BulkRunAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Start a run; a second submit shows the result of the first."""
    run = find_run(request, pk)
    form = BulkForm(request=request, run=run, data=request.POST)
    if run.confirmed_at is None and form.is_valid():
        _run_verb(form, run, bulk.confirm, request)
    if form.errors:
        return page(model_admin, request, find_run(request, pk), form)
    return HttpResponseRedirect(_url(run))


def show_progress(model_admin: BulkRunAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Show the progress of a run; the page reloads at the end."""
    run = find_run(request, pk)
    if run.finished_at:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "gasutil/bulk_progress.html", so_far(run))


def _run_verb(
    form: BulkForm, run: BulkRun, verb: Callable[..., BulkRun], request: HttpRequest
) -> BulkRun:
    try:
        return verb(run.pk, actor=actor_of(request), **form.arguments())
    except DeskError as error:
        if BulkRun.objects.filter(
            pk=run.pk, confirmed_at=None
        ).exists():  # otherwise it was submitted twice
            form.refuse(error)
    return run


def page(
    model_admin: BulkRunAdmin, request: HttpRequest, run: BulkRun, form: BulkForm
) -> HttpResponse:
    """Return the page of a run in its current state."""
    stage = "preview" if run.confirmed_at is None else "report" if run.finished_at else "progress"
    context_of: Mapping[str, Callable[[BulkRun], dict[str, Any]]] = {
        "preview": preview_texts,
        "progress": so_far,
        "report": report,
    }
    site = model_admin.admin_site
    request.current_app = site.name
    shown = {
        **site.each_context(request),
        **context_of[stage](run),
        "stage": stage,
        "form": form,
        "opts": model_admin.opts,
        "original": run,
        "title": label(run),
        "verb_icon": BULK_ICONS[run.verb],
        "when": time_ago(run.confirmed_at, timezone.now()),
        "preserved_filters": model_admin.get_preserved_filters(request),
    }
    return TemplateResponse(request, "gasutil/bulk.html", shown)


def preview_texts(run: BulkRun) -> dict[str, Any]:
    """Return the context of a preview.

    Requests that can't be changed come first, with the reason.
    """
    reasons = {
        row: "" if run.previewed_at is None else bulk.previewed_reason(row)
        for row in bulk.rows_of(run)
    }
    return {
        "run": run,
        "lacks": run.previewed_at is None,
        "previewed": time_ago(run.previewed_at, timezone.now()),
        "refused": [_row(row, reason) for row, reason in reasons.items() if reason],
        "possible": [_row(row) for row, reason in reasons.items() if not reason],
        "label": label(run),
    }


def so_far(run: BulkRun) -> dict[str, Any]:
    """Return the progress of a run."""
    counted = bulk.progress(run)
    gone = counted["all"] - counted["waiting"]
    return {
        "run": run,
        "counted": counted,
        "gone": gone,
        "percent": 100 * gone // max(counted["all"], 1),
    }


def report(run: BulkRun) -> dict[str, Any]:
    """Return the context of a report."""
    rows = bulk.rows_of(run)
    return {
        "run": run,
        "refused": [_row(row, row.reason) for row in rows if row.outcome == Outcome.REFUSED],
        "possible": [_row(row) for row in rows if row.outcome == Outcome.DONE],
    }


def label(run: BulkRun) -> str:
    """Return the label of a run's verb."""
    return str(BulkVerb(run.verb).label).rstrip("…")


def _row(row: Any, reason: str = "") -> dict[str, Any]:
    ticket = row.service_request
    return {
        "ticket": ticket,
        "colour": STATUS_COLOURS[ticket.status],
        "danger": danger(ticket),
        "assignee": ticket.assigned_to or EMPTY_VALUE,
        "reason": in_words(reason),
    }


def _url(run: BulkRun) -> str:
    return reverse("admin:gasutil_bulkrun_change", args=[run.pk])
