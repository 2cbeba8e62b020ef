"""The pages of an import.

They are the file, a preview of what was understood and what is wrong with it, and the confirmation.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from gasutil import tables
from gasutil.admin.base.formatting import time_ago
from gasutil.admin.base.http import actor_of
from gasutil.errors import Conflict, Invalid, NotFound
from gasutil.models import Import
from gasutil.workflow import imports

MAX_BYTES = 2 * 2**20
PREVIEW_ROWS = 10
DELIMITER_NAMES = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
}


class TableForm(forms.Form):
    """The file, and the sheet if it is not the first that looks right."""

    file = forms.FileField(
        label=gettext_lazy("CSV, XLSX or ODS file"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ",".join(tables.FORMATS)}),
    )
    sheet = forms.CharField(
        label=gettext_lazy("Sheet"),
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Needed only if the file has several sheets with requests."),
    )

    def clean_file(self) -> bytes:
        """Return the content of the file."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This file is too large. The limit is 2 MiB."))
        content: bytes = file.read()
        return content

    def create_draft(self, request: HttpRequest) -> Import | None:
        """Read the table and store it; or add what is wrong with it to the form."""
        data = self.cleaned_data
        try:
            table = tables.read(
                data["file"],
                needed=imports.REQUIRED_COLUMNS,
                max_rows=settings.IMPORT_LIMIT,
                sheet=data["sheet"],
            )
            return imports.create_draft(
                actor=actor_of(request), filename=str(request.FILES["file"]), table=table
            )
        except tables.TableError as error:
            self.add_error("file", list(error.messages))
        except Invalid as error:
            self.add_error("file", [problem.message for problem in error.errors])
        return None


def urls(model_admin: Any) -> list[URLPattern]:
    """Return the addresses of the pages."""
    site = model_admin.admin_site
    upload_view = require_http_methods(["GET", "HEAD", "POST"])(
        lambda request: upload(model_admin, request)
    )
    preview_view = require_http_methods(["GET", "HEAD"])(
        lambda request, pk: preview_page(model_admin, request, pk)
    )
    return [
        path("import/", site.admin_view(upload_view), name="gasutil_servicerequest_import"),
        path(
            "import/<int:pk>/",
            site.admin_view(preview_view),
            name="gasutil_servicerequest_import_look",
        ),
        path(
            "import/<int:pk>/validate/",
            site.admin_view(require_POST(validate)),
            name="gasutil_servicerequest_import_validate",
        ),
        path(
            "import/<int:pk>/file/",
            site.admin_view(require_POST(confirm)),
            name="gasutil_servicerequest_import_file",
        ),
    ]


def may_import(request: HttpRequest) -> bool:
    """Return whether the user can import tables."""
    return actor_of(request).is_staff and request.user.has_perm("gasutil.import_servicerequest")


def upload(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the form; store and validate the table, or show its errors."""
    if not may_import(request):
        raise Http404
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    draft = form.create_draft(request) if form.is_bound and form.is_valid() else None
    if draft:
        return HttpResponseRedirect(_url("look", draft.pk))
    columns = {
        "required_columns": imports.REQUIRED_COLUMNS,
        "optional_columns": imports.OPTIONAL_COLUMNS,
    }
    return _page(model_admin, request, {"form": form, "limit": settings.IMPORT_LIMIT, **columns})


def preview_page(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Show the parsed table, its errors, and the requests that it would create."""
    draft = _find(request, pk)
    if draft.confirmed_at:
        return HttpResponseRedirect(reverse("admin:gasutil_servicerequest_changelist"))
    names = list(draft.column_letters) or list(draft.rows[0])
    context = {
        "table": draft,
        "validated": time_ago(parse_datetime(draft.result.get("validated_at", "")), timezone.now()),
        "wrong": _by_row(draft, imports.stored_errors(draft)),
        "sample": draft.result.get("sample", []),
        "headings": [(draft.column_letters.get(name, ""), name) for name in names],
        "cells": [
            (number, [row[name] for name in names])
            for number, row in draft.numbered_rows[:PREVIEW_ROWS]
        ],
        "delimiter": DELIMITER_NAMES.get(
            draft.source.get("delimiter", ""), draft.source.get("delimiter", "")
        ),
    }
    return _page(model_admin, request, context)


def validate(request: HttpRequest, pk: int) -> HttpResponse:
    """Validate a table again, with the current types and customers."""
    draft = _find(request, pk)
    try:
        imports.validate(draft.pk, actor=actor_of(request))
    except Conflict as error:
        messages.warning(request, error.message)
    return HttpResponseRedirect(_url("look", draft.pk))


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Create the requests of all rows, or none."""
    draft = _find(request, pk)
    try:
        draft = imports.confirm(pk, actor=actor_of(request))
    except Conflict as error:
        messages.warning(request, error.message)
        return HttpResponseRedirect(_url("look", draft.pk))
    text = ngettext(
        "%(number)d request created from %(file)s.",
        "%(number)d requests created from %(file)s.",
        draft.number,
    )
    messages.success(request, text % {"number": draft.number, "file": draft.filename})
    return HttpResponseRedirect(reverse("admin:gasutil_servicerequest_changelist"))


def _by_row(
    draft: Import, errors: Iterable[imports.RowError]
) -> list[tuple[int, dict[str, Any], list[tuple[str, imports.RowError]]]]:
    """Return the rows that are not valid, each with its errors and their columns.

    The errors are in the order of the columns.
    """
    rows, letters = dict(draft.numbered_rows), draft.column_letters
    order = {letter: place for place, letter in enumerate(letters.values())}
    by_row: dict[int, list[tuple[str, imports.RowError]]] = {}
    for error in errors:
        column = letters.get(error.field) or letters.get(error.field.partition(".")[0], "")
        by_row.setdefault(error.row, []).append((column, error))
    return [
        (number, rows[number], sorted(result, key=lambda pair: order.get(pair[0], len(order))))
        for number, result in by_row.items()
    ]


def _find(request: HttpRequest, pk: int) -> Import:
    if not may_import(request):
        raise Http404
    try:
        return imports.find_import(pk, actor=actor_of(request))
    except NotFound as error:
        raise Http404 from error


def _page(model_admin: Any, request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    site = model_admin.admin_site
    request.current_app = site.name
    page = {
        **site.each_context(request),
        **shown,
        "opts": model_admin.opts,
        "title": _("Import requests"),
    }
    return TemplateResponse(request, "gasutil/import.html", page)


def _url(name: str, pk: int) -> str:
    return reverse(f"admin:gasutil_servicerequest_import_{name}", args=[pk])
