"""The rows of a type's page: its questions and limits, with each error at its row and field."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from gasutil.dynamic_forms import definition_errors, form_of, row_danger_errors
from gasutil.errors import FieldError
from gasutil.models import AnswerKind, MilestoneLimit, RequestField
from gasutil.models.fields import TextField
from gasutil.workflow.catalogue import FIRST, LAST, limit_errors, required_errors
from gasutil.workflow.guards import NO_ACCESS, NOT_A_LEAK

BOUNDS = ("minimum", "maximum")
USES: Mapping[str, Sequence[str]] = {
    AnswerKind.SHORT_TEXT: (*BOUNDS, "pattern"),
    AnswerKind.LONG_TEXT: (*BOUNDS, "pattern"),
    AnswerKind.WHOLE_NUMBER: ("unit", *BOUNDS),
    AnswerKind.DECIMAL: ("unit", *BOUNDS),
    AnswerKind.METER_READING: ("unit", *BOUNDS),
    AnswerKind.YES_NO: ("danger_answers",),
    AnswerKind.ONE_OF: ("choices", "danger_answers"),
    AnswerKind.SEVERAL_OF: ("choices", "danger_answers", *BOUNDS),
    AnswerKind.DATE: BOUNDS,
    AnswerKind.DATE_TIME: BOUNDS,
}
FOR_SOME_KINDS: Mapping[str, Any] = {
    "unit": "",
    "minimum": None,
    "maximum": None,
    "pattern": "",
    "choices": "",
    "danger_answers": "",
}


class RowForm(forms.ModelForm[Any]):
    """One row, which is dragged to its place.

    A new row in which nothing but the place was changed does not count as a row yet.
    """

    position = forms.IntegerField(
        required=False, min_value=0, max_value=32767, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["position"] = None

    def has_changed(self) -> bool:
        """Return whether the row is filled in, or an existing one has moved."""
        return bool(set(self.changed_data) - (set() if self.instance.pk else {"position"}))

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the check for duplicate names to the formset: the other row may be removed."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions | {"request_type"}


class FieldForm(RowForm):
    """One question of a type; values that its type of answer does not use are not stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BOUNDS:  # 40, not 40.0
            bound = self.initial.get(name)
            self.initial[name] = (
                int(bound) if isinstance(bound, float) and bound.is_integer() else bound
            )

    def clean(self) -> dict[str, Any]:
        """Clear the values that the answer type does not use."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        used = USES.get(cleaned.get("kind", ""), ())
        return cleaned | {
            name: empty
            for name, empty in FOR_SOME_KINDS.items()
            if name not in used and name in cleaned
        }


class RowFormSet(PaginationInlineFormSet):
    """The rows of a type, in their order."""

    def remaining(self) -> list[RowForm]:
        """Return the rows that stay or come, in their order.

        Those just added come last, unless they were dragged.
        """
        rows = [
            form
            for form in self.forms
            if not self._should_delete_form(form) and (form.instance.pk or form.has_changed())
        ]
        return sorted(rows, key=_place)

    def clean(self) -> None:
        """Give each row a number, and add each error to its row."""
        rows = self.remaining()
        free = 1 + max((_place(row)[1] for row in rows), default=-1)
        for row in rows:
            if row.cleaned_data.get("position") is None:
                row.instance.position, free = free, free + 1
        for row, error in self.row_errors(rows):
            if error.field not in row.errors:
                row.add_error(error.field, error.message)

    def row_errors(self, rows: Sequence[RowForm]) -> list[tuple[RowForm, FieldError]]:
        """Return the errors of the rows taken together."""
        raise NotImplementedError

    def save(self, commit: bool = True) -> Any:
        """Save the rows; two of them may have exchanged their names."""
        renamed = [form.instance.pk for form in self.initial_forms if "name" in form.changed_data]
        if renamed:
            self.model.objects.filter(pk__in=renamed).update(
                name=Concat(Value("row "), Cast("pk", CharField()))
            )
        return super().save(commit)


class FieldFormSet(RowFormSet):
    """The questions of a type."""

    def row_errors(self, rows: Sequence[RowForm]) -> list[tuple[RowForm, FieldError]]:
        """Return the errors of the form definition."""
        errors = [
            (rows[place], error)
            for place, error in definition_errors(form_of(row.instance for row in rows))
        ]
        errors += [(row, error) for row in rows for error in row_danger_errors(row.instance)]
        if not self.instance.creates_emergencies:
            return errors
        return errors + [
            (row, error) for row in rows for error in required_errors(form_of([row.instance]))
        ]


class MilestoneFormSet(RowFormSet):
    """The limits of a type."""

    def row_errors(self, rows: Sequence[RowForm]) -> list[tuple[RowForm, FieldError]]:
        """Return the milestones with a duplicate name or a wrong position."""
        names = [row.instance.name for row in rows]
        return [
            (rows[_offender(error.code, names)], error)
            for error in limit_errors([{"name": name} for name in names])
        ]


def _place(row: RowForm) -> tuple[bool, int]:
    position = getattr(row, "cleaned_data", {}).get("position")
    return position is None, position or 0


def _offender(code: str, names: Sequence[str]) -> int:
    """Return the names of the milestones that an error is about."""
    if code == "reserved":
        return next(place for place, name in enumerate(names) if name in (NO_ACCESS, NOT_A_LEAK))
    if code == "not_last":
        return names.index(LAST)
    if code == "not_first":
        return names.index(FIRST, 1)
    return next(place for place, name in enumerate(names) if name in names[:place])


def renamed_rows(formsets: Iterable[RowFormSet]) -> dict[str, dict[str, str]]:
    """Return the new names of rows, by section and old name."""
    return {
        formset.prefix: {
            form.initial["name"]: form.instance.name
            for form in formset.remaining()
            if form.instance.pk and "name" in form.changed_data
        }
        for formset in formsets
    }


class RowsInline(StackedInline):
    """Rows that are dragged into their order.

    What is always wanted is in a line, the rest below it.
    """

    template = "gasutil/type_rows.html"
    extra = 0
    ordering_field = "position"
    hide_ordering_field = True
    intro: Any = ""
    heads: Sequence[tuple[str, Any]] = ()
    uses_json = ""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user manages the catalogue: rows have no permissions of their own."""
        return bool(request.user.has_perm("gasutil.change_requesttype"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user manages the catalogue."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user manages the catalogue."""
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user manages the catalogue: published rows stay in their versions."""
        return self.has_view_permission(request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Show booleans as switches, and suggest the names that the page knows."""
        if db_field.name in ("is_required", "in_business_hours", "marks_care"):
            kwargs["widget"] = UnfoldBooleanSwitchWidget()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs |= {"autocomplete": "off"}
        return field


class FieldInline(RowsInline):
    """The questions of a type."""

    model = RequestField
    form = FieldForm
    formset = FieldFormSet
    intro = _("The questions for the customer, in this order. Drag the dots to reorder.")
    heads = (("label", _("Label")), ("kind", _("Kind")), ("is_required", _("Required")))
    uses_json = json.dumps(USES)
    fieldsets = (
        (None, {"fields": ("label", "kind", "is_required")}),
        (
            _("More"),
            {
                "fields": (
                    "name",
                    "help",
                    "choices",
                    "unit",
                    "minimum",
                    "maximum",
                    "pattern",
                    "shown_if",
                    "shown_if_value",
                    "marks_care",
                    "danger_answers",
                    "position",
                )
            },
        ),
    )
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})}}


class MilestoneInline(RowsInline):
    """The limits of a type."""

    model = MilestoneLimit
    form = RowForm
    formset = MilestoneFormSet
    verbose_name = _("milestone")
    verbose_name_plural = _("milestones")
    intro = _("The time limit for each milestone, counted from when a request is filed.")
    heads = (
        ("label", _("Label")),
        ("minutes", _("Minutes")),
        ("in_business_hours", _("Business hours")),
    )
    fieldsets = (
        (None, {"fields": ("label", "minutes", "in_business_hours")}),
        (_("More"), {"fields": ("name", "source", "position")}),
    )
