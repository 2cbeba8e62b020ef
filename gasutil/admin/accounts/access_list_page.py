"""The access list of the staff: its page, its CSV file, and its reviews."""

import csv
import datetime as dt
import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from gasutil.admin.base.export_cells import cell
from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_minutes
from gasutil.admin.base.http import actor_of
from gasutil.admin.base.permission_wording import WORDS
from gasutil.admin.base.step_up import prompt_for
from gasutil.errors import Conflict, Invalid
from gasutil.identity.security_log import record_event
from gasutil.models import AccessReview, Export, SecurityEventType
from gasutil.workflow import access_reviews
from gasutil.workflow.access_reviews import AccountAccess

MAX_SHOWN_REVIEWS = 20


class AccessReviewForm(forms.Form):
    """The comment of a review, and the list that the reviewer saw."""

    comment = forms.CharField(
        label=gettext_lazy("What you checked and changed"),
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput())


@require_http_methods(["GET", "HEAD", "POST"])
def access_list(request: HttpRequest) -> HttpResponse:
    """Show the list, or record that it was reviewed."""
    _require_view(request)
    if prompt := prompt_for(request):
        return prompt
    form = AccessReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _review(request, form):
        return redirect("admin:access_list")
    accounts, last, now = (
        access_reviews.read_access_list(),
        access_reviews.last_review(),
        timezone.now(),
    )
    seen = access_reviews.digest_of_accounts(accounts)
    shown: dict[str, Any] = {
        **admin.site.each_context(request),
        "accounts": [_row(account) for account in accounts],
        "form": form,
        "seen": seen,
        "may_review": request.user.has_perm(access_reviews.REVIEW_ACCESS),
        "review_line": review_line(last, now),
        "is_due": access_reviews.is_due(last, now),
        "has_changed": last is not None and last.digest != seen,
        "reviews": AccessReview.objects.select_related("author")[:MAX_SHOWN_REVIEWS],
        "title": _("Access list"),
    }
    return render(request, "gasutil/access_list.html", shown)


@require_POST
def export_access_list(request: HttpRequest) -> HttpResponse:
    """Return the list as a CSV file, and record the export."""
    _require_view(request)
    if prompt := prompt_for(request):
        return prompt
    accounts = access_reviews.read_access_list()
    export = Export.objects.create(
        author=actor_of(request).person,
        what=AccessReview._meta.label_lower,
        file_format="csv",
        rows=len(accounts),
    )
    record_event(
        SecurityEventType.EXPORT,
        user=export.author,
        request=request,
        is_required=True,
        export=export.pk,
        what=export.what,
        rows=export.rows,
    )
    response = HttpResponse(_csv(accounts), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="access-list-{timezone.localdate().isoformat()}.csv"'
    )
    response["Cache-Control"] = "no-store"
    return response


def review_line(last: AccessReview | None, now: dt.datetime) -> str:
    """Return when the list was reviewed last, and when the next review is due."""
    if last is None:
        return _("The access list has never been reviewed.")
    params = {
        "day": date_format(timezone.localtime(last.reviewed_at), "DATE_FORMAT"),
        "name": last.author,
        "due": date_format(timezone.localtime(access_reviews.next_review_at(last)), "DATE_FORMAT"),
    }
    if access_reviews.is_due(last, now):
        return _("Access list reviewed on %(day)s by %(name)s. A review was due %(due)s.") % params
    return _("Access list reviewed on %(day)s by %(name)s. Next review due %(due)s.") % params


def _require_view(request: HttpRequest) -> None:
    if not request.user.has_perm(access_reviews.VIEW):
        raise PermissionDenied


def _review(request: HttpRequest, form: AccessReviewForm) -> bool:
    """Record the review; return whether that succeeded."""
    try:
        access_reviews.record_review(actor=actor_of(request), **form.cleaned_data)
    except Invalid as error:
        form.add_error("comment", error.errors[0].message)
        return False
    except Conflict as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, _("Access list reviewed."))
    return True


def _row(account: AccountAccess) -> dict[str, Any]:
    """Return one account as the page shows it."""
    user = account.user
    extra = [str(WORDS.get(name, name)) for name in account.extra_permissions]
    return {
        "user": user,
        "roles": [_("Superuser")] * user.is_superuser + account.roles,
        "groups": ", ".join(account.groups),
        "extra": ", ".join(extra),
        "last_login": datetime_minutes(timezone.localtime(user.last_login))
        if user.last_login
        else EMPTY_VALUE,
    }


def _csv(accounts: list[AccountAccess]) -> str:
    """Return the file; spreadsheets know its encoding by the mark at its beginning."""
    file = io.StringIO()
    names = ("name", "email", "roles", "last_login")
    writer = csv.DictWriter(file, [*names, *(accounts[0].rights if accounts else ())])
    writer.writeheader()
    for account in accounts:
        user = account.user
        row = {"name": str(user), "email": user.email, "roles": "; ".join(account.roles)}
        values = row | {"last_login": user.last_login} | account.rights
        lists = {name: "; ".join(item) for name, item in values.items() if isinstance(item, list)}
        writer.writerow({name: cell(value) for name, value in (values | lists).items()})
    return "\ufeff" + file.getvalue()
