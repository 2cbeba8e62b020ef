"""Bringing requests as a table: the file, what is wrong with it by row and field, and the word to file it."""

import zipfile
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from import_export.formats.base_formats import CSV, XLSX
from unfold.widgets import UnfoldAdminFileFieldWidget

from gasutil.admin.site import actor_of
from gasutil.errors import Conflict, Invalid, NotFound
from gasutil.models import Import
from gasutil.workflow import imports

LARGEST = 2 * 2**20  # bytes of a file
UNPACKED = 30 * 2**20  # bytes that an XLSX file, which is an archive, may come to


class TableForm(forms.Form):
    """The file."""

    file = forms.FileField(label=gettext_lazy("CSV or XLSX file"), widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx"}))

    def clean_file(self) -> list[dict[str, Any]]:
        """Return the rows of the file."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("This file is too large; at most 2 MiB."))
        try:
            rows = read(file)
        except Exception as error:  # whatever a parser makes of what somebody sends
            raise forms.ValidationError(_("This file can't be read. Save it as CSV (UTF-8) or XLSX.")) from error
        return rows


def read(file: "UploadedFile[bytes]") -> list[dict[str, Any]]:
    """Return the rows of a table, each by the headings of its columns; rows that are empty are left out."""
    content = file.read()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            if sum(one.file_size for one in archive.infolist()) > UNPACKED:
                raise ValueError("It unpacks to more than is taken.")
        data = XLSX().create_dataset(content)
    else:
        data = CSV(encoding="utf-8-sig").create_dataset(content)
    headings = [str(name or "").strip() for name in data.headers or []]
    return [dict(zip(headings, row, strict=True)) for row in data if any(value not in (None, "") for value in row)]


def urls(model_admin: Any) -> list[URLPattern]:
    """Return the addresses of the pages."""
    site = model_admin.admin_site
    bring_it = require_http_methods(["GET", "HEAD", "POST"])(lambda request: bring(model_admin, request))
    look_at = require_http_methods(["GET", "HEAD"])(lambda request, pk: look(model_admin, request, pk))
    return [
        path("import/", site.admin_view(bring_it), name="gasutil_servicerequest_import"),
        path("import/<int:pk>/", site.admin_view(look_at), name="gasutil_servicerequest_import_look"),
        path("import/<int:pk>/file/", site.admin_view(require_POST(file_all)), name="gasutil_servicerequest_import_file"),
    ]


def may(request: HttpRequest) -> bool:
    """Return whether somebody may bring a table."""
    return actor_of(request).is_staff and request.user.has_perm("gasutil.import_servicerequest")


def bring(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Ask for the file, or keep it and show what is wrong with it."""
    if not may(request):
        raise Http404
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if request.method == "POST" and form.is_valid():
        try:
            table = imports.keep(actor=actor_of(request), filename=str(request.FILES["file"]), rows=form.cleaned_data["file"])
            return HttpResponseRedirect(_url("look", table.pk))
        except Invalid as error:
            for fault in error.faults:
                form.add_error("file", fault.message)
    return _page(model_admin, request, {"form": form, "needed": imports.NEEDED, "taken": imports.TAKEN})


def look(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is wrong with a table, or what it would file."""
    table = _find(request, pk)
    if table.confirmed_at:
        return HttpResponseRedirect(reverse("admin:gasutil_servicerequest_changelist"))
    faults = imports.look(table, actor=actor_of(request))
    wrong: dict[int, list[imports.RowFault]] = {}
    for fault in faults:
        wrong.setdefault(fault.row, []).append(fault)
    told = [(number, table.rows[number - 1] if number else {}, found) for number, found in wrong.items()]
    headings = list(table.rows[0])
    shown = {"table": table, "wrong": told, "headings": headings, "sample": [[row[name] for name in headings] for row in table.rows[:10]]}
    return _page(model_admin, request, shown)


def file_all(request: HttpRequest, pk: int) -> HttpResponse:
    """File every row of a table, or none."""
    table = _find(request, pk)
    try:
        table = imports.confirm(pk, actor=actor_of(request))
    except Conflict as error:
        messages.warning(request, error.message)
        return HttpResponseRedirect(_url("look", table.pk))
    messages.success(request, _("%(number)d requests of %(file)s are filed.") % {"number": table.number, "file": table.filename})
    return HttpResponseRedirect(reverse("admin:gasutil_servicerequest_changelist"))


def _find(request: HttpRequest, pk: int) -> Import:
    if not may(request):
        raise Http404
    try:
        return imports.find(pk, actor=actor_of(request))
    except NotFound as error:
        raise Http404 from error


def _page(model_admin: Any, request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    site = model_admin.admin_site
    request.current_app = site.name
    page = {**site.each_context(request), **shown, "opts": model_admin.opts, "title": _("Import requests")}
    return TemplateResponse(request, "gasutil/import.html", page)


def _url(name: str, pk: int) -> str:
    return reverse(f"admin:gasutil_servicerequest_import_{name}", args=[pk])
