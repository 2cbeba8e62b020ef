"""The versions of a type in words: which question or limit was otherwise, and how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds
from gasutil.admin.base.history import Readable
from gasutil.dynamic_forms import Question, questions
from gasutil.models import AnswerKind, RequestType, User

QUESTION: Mapping[str, Any] = {
    "label": gettext_lazy("label"),
    "kind": gettext_lazy("kind"),
    "help": gettext_lazy("help"),
    "is_required": gettext_lazy("required"),
    "unit": gettext_lazy("unit"),
    "minimum": gettext_lazy("minimum"),
    "maximum": gettext_lazy("maximum"),
    "pattern": gettext_lazy("pattern"),
    "choices": gettext_lazy("choices"),
    "shown_if": gettext_lazy("asked if field"),
    "shown_if_value": gettext_lazy("asked if field has value"),
}
LONG_FIELDS = ("description", "safety_instructions")
NOT_AS_COLUMNS = ("id", "form", "limits", "safety_approved_by", "safety_approved_at")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One difference in words; where there is no old and no new, the label says it all."""

    field: str
    old: str = ""
    new: str = ""
    is_long: bool = False


class Versions(Readable):
    """The differences between two rows of a type's history."""

    def differences(self, old: Any, new: Any) -> list[Said]:
        """Return the differences of the newer row, in the order of the page."""
        return [
            *self._columns(old, new),
            *_approval(old, new),
            *fields_said(old.form, new.form),
            *limits_said(old.limits, new.limits),
        ]

    def _columns(self, old: Any, new: Any) -> Iterator[Said]:
        for field in RequestType._meta.concrete_fields:
            before, after = getattr(old, field.attname), getattr(new, field.attname)
            if field.name in NOT_AS_COLUMNS or before == after:
                continue
            result = [self._said(field, row) for row in (old, new)]
            yield Said(
                field=str(field.verbose_name).capitalize(),
                old=result[0],
                new=result[1],
                is_long=field.name in LONG_FIELDS,
            )

    def _said(self, field: Any, row: Any) -> str:
        value = getattr(row, field.attname)
        if field.is_relation:
            return _named(field.related_model, value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return (
            str(dict(field.flatchoices).get(value, value))
            if value not in (None, "")
            else EMPTY_VALUE
        )


def _named(model: type[Model], pk: Any) -> str:
    if pk is None:
        return EMPTY_VALUE
    result = model._default_manager.filter(pk=pk).first()
    return str(result) if result else _("deleted (%(id)s)") % {"id": pk}


def _approval(old: Any, new: Any) -> Iterator[Said]:
    if old.safety_approved_at != new.safety_approved_at:
        yield Said(field=_("Safety text"), old=_approved(old), new=_approved(new))


def _approved(row: Any) -> str:
    if row.safety_approved_at is None:
        return _("not approved") if row.safety_instructions else EMPTY_VALUE
    params = {
        "name": _named(User, row.safety_approved_by_id),
        "time": datetime_seconds(row.safety_approved_at),
    }
    return _("approved by %(name)s, %(time)s") % params


def fields_said(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Return the differences between two forms."""
    before, after = (
        {question.name: question for question in questions(form)} for form in (old, new)
    )
    result = [
        Said(field=_("Field “%(label)s” added") % {"label": question.label})
        for name, question in after.items()
        if name not in before
    ]
    result += [
        Said(field=_("Field “%(label)s” removed") % {"label": question.label})
        for name, question in before.items()
        if name not in after
    ]
    for name, question in after.items():
        if name in before:
            result += _question_said(before[name], question)
    return result + _order_said(_("Field order"), before, after)


def _question_said(old: Question, new: Question) -> Iterator[Said]:
    for name, word in QUESTION.items():
        if _pairs(getattr(old, name)) == _pairs(getattr(new, name)):
            continue
        yield Said(
            field=f"“{old.label}”: {word}", old=_answer(old, name, new), new=_answer(new, name, old)
        )


def _answer(question: Question, name: str, other: Question) -> str:
    value = getattr(question, name)
    if name == "choices":
        same = list(question.labels.values()) == list(other.labels.values())
        return (
            ", ".join(
                f"{key}: {label}" if same else label for key, label in question.labels.items()
            )
            or EMPTY_VALUE
        )
    if name == "kind":
        return str(AnswerKind(value).label)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return (
        f"{value:g}"
        if isinstance(value, float)
        else str(value)
        if value not in (None, "")
        else EMPTY_VALUE
    )


def _pairs(value: Any) -> Any:
    return [list(pair) for pair in value] if isinstance(value, list | tuple) else value


def limits_said(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Said]:
    """Return the differences between two lists of limits."""
    before, after = ({limit["name"]: limit for limit in limits} for limits in (old, new))
    result = [
        Said(field=_("Milestone “%(label)s” added") % limit, new=_length(limit))
        for name, limit in after.items()
        if name not in before
    ]
    result += [
        Said(field=_("Milestone “%(label)s” removed") % limit, old=_length(limit))
        for name, limit in before.items()
        if name not in after
    ]
    for name, limit in after.items():
        was = before.get(name, limit)
        if was["label"] != limit["label"]:
            result.append(
                Said(
                    field=_("Milestone “%(label)s”: label") % was,
                    old=was["label"],
                    new=limit["label"],
                )
            )
        if _length(was) != _length(limit):
            result.append(Said(field=limit["label"], old=_length(was), new=_length(limit)))
    return result + _order_said(_("Milestone order"), before, after)


def _length(limit: Mapping[str, Any]) -> str:
    text = _("%(minutes)s min") % limit
    if limit["minutes"] >= 120:
        text = _("%(minutes)s min (%(hours)s h)") % {
            "minutes": limit["minutes"],
            "hours": f"{limit['minutes'] / 60:g}",
        }
    return (
        _("%(length)s in business hours") % {"length": text} if limit["in_business_hours"] else text
    )


def _order_said(title: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Said]:
    old, new = (
        [name for name in before if name in after],
        [name for name in after if name in before],
    )
    return [] if old == new else [Said(field=title, old=_list(before, old), new=_list(after, new))]


def _list(rows: Mapping[str, Any], names: Sequence[str]) -> str:
    return ", ".join(
        rows[name].label if isinstance(rows[name], Question) else rows[name]["label"]
        for name in names
    )
