"""The form of a report: its period and its filters, which the URL has as that of the API."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from gasutil.admin.base.filters import choices
from gasutil.errors import Invalid
from gasutil.reports.periods import PERIODS, Period, this_month
from gasutil.reports.tables import ReportQuery, zone

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(9000, 1, 1)
WITHOUT_PREVIOUS = "none"


class DayInput(UnfoldAdminTextInputWidget):
    """A day, as the browser asks for it."""

    input_type = "date"


class ReportForm(forms.Form):
    """The period, the filters, and whether to compare."""

    request_type = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())
    team = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())
    compare = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget())

    def __init__(self, given: Mapping[str, str], now: dt.datetime) -> None:
        self.now = now
        super().__init__(given, auto_id="report_%s")
        known = choices()
        labels = {"request_type": _("Request type"), "team": _("Team"), "compare": _("Compare")}
        options = {
            "request_type": [("", _("All types")), *known["type"]],
            "team": [("", _("All teams")), *known["team"]],
            "compare": [
                ("", _("With the period before")),
                (WITHOUT_PREVIOUS, _("With nothing")),
            ],
        }
        for name, label in labels.items():
            field: Any = self.fields[name]
            field.label, field.choices = label, options[name]
        for name, label in {"from": _("From"), "to": _("To (not included)")}.items():
            self.fields[name] = _day_field(label)
        self.order_fields(["from", "to", "request_type", "team", "compare"])

    @classmethod
    def of(cls, request: HttpRequest) -> "ReportForm":
        """Return the form of a URL; without a period, that of this month."""
        now = timezone.now()
        today = now.astimezone(zone()).date()
        asked = request.GET.dict()
        known = PERIODS.get(asked.get("period", ""), this_month)(today)
        if "period" in asked or not {"from", "to"} & asked.keys():
            asked |= {"from": known.start.isoformat(), "to": known.end.isoformat()}
        return cls(asked, now)

    def question(self) -> ReportQuery | None:
        """Return what is asked for; None if it is not valid, with the errors in the form."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        try:
            return ReportQuery(
                start=given["from"],
                end=given["to"],
                now=self.now,
                request_type=given["request_type"],
                team=int(given["team"]) if given["team"] else None,
            )
        except Invalid as error:
            for problem in error.errors:
                self.add_error(problem.field, problem.message)
            return None

    @property
    def compares(self) -> bool:
        """Return whether to show the period before."""
        return bool(self.cleaned_data["compare"] != WITHOUT_PREVIOUS)

    @property
    def period(self) -> Period | None:
        """Return the days of the form, if they are valid."""
        start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        return Period(start, end) if start and end else None

    def asked(self) -> dict[str, str]:
        """Return the parameters of the URL of what is asked for."""
        given = {name: self.data.get(name, "") for name in self.fields}
        return {name: value for name, value in given.items() if value}


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=DayInput(attrs={"required": True}),
        input_formats=["%Y-%m-%d"],
        validators=[_validate_year],
    )


def _validate_year(day: dt.date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise forms.ValidationError(_("Enter a date."))
