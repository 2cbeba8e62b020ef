"""The page that lists the persons affected by a breach, as a CSV file."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from gasutil.admin.base.http import actor_of
from gasutil.errors import Invalid
from gasutil.privacy.breach import BASES, BreachPeriod
from gasutil.workflow import privacy


def _bases() -> list[tuple[str, Any]]:
    return [(name, basis.label) for name, basis in BASES.items()]


class AffectedForm(forms.Form):
    """What a breach was of, and when it was."""

    basis = forms.ChoiceField(
        label=_("What the breach was of"), choices=_bases, widget=UnfoldAdminSelectWidget()
    )
    value = forms.CharField(
        label=_("Username or IP address"),
        required=False,
        help_text=_("For what an account changed, and for logins from an IP address."),
        widget=UnfoldAdminTextInputWidget(),
    )
    since = forms.DateField(label=_("From"), widget=UnfoldAdminSingleDateWidget())
    until = forms.DateField(label=_("To"), widget=UnfoldAdminSingleDateWidget())

    def period(self) -> BreachPeriod:
        """Return the days, with the last one."""
        first, last = self.cleaned_data["since"], self.cleaned_data["until"]
        return BreachPeriod(_midnight(first), _midnight(last + dt.timedelta(days=1)))

    def refuse(self, error: Invalid) -> None:
        """Add the errors of the verb."""
        for problem in error.errors:
            self.add_error(problem.field, problem.message)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def affected_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show the form; on POST, return the file."""
    form = AffectedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            text = privacy.list_affected(
                form.cleaned_data["basis"],
                form.cleaned_data["value"],
                form.period(),
                actor=actor_of(request),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            headers = {"Content-Disposition": 'attachment; filename="affected-persons.csv"'}
            return HttpResponse(f"\ufeff{text}", content_type="text/csv", headers=headers)
    page = {**context, "form": form, "title": _t("Persons affected by a breach")}
    return render(request, "gasutil/affected.html", page)
