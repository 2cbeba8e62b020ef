"""The field for the time at which something happened, if that is not now."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from gasutil.datetimes import parse_local

MINUTE = dt.timedelta(minutes=1)


class WhenField(forms.CharField):
    """A date and a time of the operator's time zone, to the minute; empty for now."""

    def __init__(self, **about: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
        widget.input_type = "datetime-local"
        super().__init__(required=False, widget=widget, **about)

    def clean(self, value: Any) -> Any:
        """Return the time in UTC, or None."""
        text = super().clean(value)
        try:
            return parse_local(text, now=timezone.now()) if text else None
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(_("Enter a date and time.")) from error


def not_before(moment: dt.datetime | None, first: dt.datetime) -> dt.datetime | None:
    """Return a time that is given to the minute, or `first` if that is in the same minute."""
    if moment is not None and moment < first < moment + MINUTE:
        return first
    return moment
