"""The versions of a type, with their differences in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.admin.base.formatting import EMPTY_VALUE, datetime_seconds
from gasutil.admin.base.history import Readable
from gasutil.admin.catalogue.text_wording import text_label
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
LONG_FIELDS = ("description", "safety_instructions", "spoken_instructions")
NOT_AS_COLUMNS = (
    *("id", "form", "limits", "safety_approved_by", "safety_approved_at", "approved_safety"),
    "approved_spoken",
    *("translations", "translated_from"),
)


@dataclass(frozen=True, kw_only=True)
class TypeDifference:
    """One difference in words; without old and new values, the label is enough."""

    field: str
    old: str = ""
    new: str = ""
    is_long: bool = False


class Versions(Readable):
    """The differences between two rows of a type's history."""

    def differences(self, old: Any, new: Any) -> list[TypeDifference]:
        """Return the differences of the newer row, in the order of the page."""
        return [
            *self._columns(old, new),
            *_approval(old, new),
            *field_differences(old.form, new.form),
            *limit_differences(old.limits, new.limits),
            *translation_differences(old, new),
        ]

    def _columns(self, old: Any, new: Any) -> Iterator[TypeDifference]:
        for field in RequestType._meta.concrete_fields:
            before, after = getattr(old, field.attname), getattr(new, field.attname)
            if field.name in NOT_AS_COLUMNS or before == after:
                continue
            result = [self._value_text(field, row) for row in (old, new)]
            yield TypeDifference(
                field=str(field.verbose_name).capitalize(),
                old=result[0],
                new=result[1],
                is_long=field.name in LONG_FIELDS,
            )

    def _value_text(self, field: Any, row: Any) -> str:
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


def _approval(old: Any, new: Any) -> Iterator[TypeDifference]:
    if old.safety_approved_at != new.safety_approved_at:
        yield TypeDifference(field=_("Safety text"), old=_approved(old), new=_approved(new))


def _approved(row: Any) -> str:
    if row.safety_approved_at is None:
        is_text = row.safety_instructions or row.spoken_instructions
        return _("not approved") if is_text else EMPTY_VALUE
    params = {
        "name": _named(User, row.safety_approved_by_id),
        "time": datetime_seconds(row.safety_approved_at),
    }
    return _("approved by %(name)s, %(time)s") % params


def field_differences(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[TypeDifference]:
    """Return the differences between two forms."""
    before, after = (
        {question.name: question for question in questions(form)} for form in (old, new)
    )
    result = [
        TypeDifference(field=_("Field “%(label)s” added") % {"label": question.label})
        for name, question in after.items()
        if name not in before
    ]
    result += [
        TypeDifference(field=_("Field “%(label)s” removed") % {"label": question.label})
        for name, question in before.items()
        if name not in after
    ]
    for name, question in after.items():
        if name in before:
            result += _question_differences(before[name], question)
    return result + _order_differences(_("Field order"), before, after)


def _question_differences(old: Question, new: Question) -> Iterator[TypeDifference]:
    for name, word in QUESTION.items():
        if _pairs(getattr(old, name)) == _pairs(getattr(new, name)):
            continue
        yield TypeDifference(
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


def limit_differences(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[TypeDifference]:
    """Return the differences between two lists of limits."""
    before, after = ({limit["name"]: limit for limit in limits} for limits in (old, new))
    result = [
        TypeDifference(field=_("Milestone “%(label)s” added") % limit, new=_length(limit))
        for name, limit in after.items()
        if name not in before
    ]
    result += [
        TypeDifference(field=_("Milestone “%(label)s” removed") % limit, old=_length(limit))
        for name, limit in before.items()
        if name not in after
    ]
    for name, limit in after.items():
        was = before.get(name, limit)
        if was["label"] != limit["label"]:
            result.append(
                TypeDifference(
                    field=_("Milestone “%(label)s”: label") % was,
                    old=was["label"],
                    new=limit["label"],
                )
            )
        if _length(was) != _length(limit):
            result.append(
                TypeDifference(field=limit["label"], old=_length(was), new=_length(limit))
            )
    return result + _order_differences(_("Milestone order"), before, after)


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


def translation_differences(old: Any, new: Any) -> list[TypeDifference]:
    """Return the differences between the translations of two rows, by language and text."""
    names = dict(settings.LANGUAGES)
    return [
        difference
        for code in sorted(old.translations.keys() | new.translations.keys())
        for difference in _language_differences(old, new, code, names.get(code, code))
    ]


def _language_differences(old: Any, new: Any, code: str, language: str) -> Iterator[TypeDifference]:
    """Yield the differences in one language; translations that follow a renamed row are none."""
    before, after = old.translations.get(code, {}), new.translations.get(code, {})
    was, now = old.translated_from.get(code, {}), new.translated_from.get(code, {})
    moved = {before[path] for path in before.keys() - after.keys()}.intersection(
        after[path] for path in after.keys() - before.keys()
    )
    for path in (*after, *(path for path in before if path not in after)):
        values = before.get(path, ""), after.get(path, "")
        label = f"{language}, {text_label(path, new if path in after else old)}"
        if values[0] == values[1]:
            if was.get(path) != now.get(path):
                yield TypeDifference(field=_("%(text)s: translation confirmed") % {"text": label})
        elif "" not in values or not moved.intersection(values):
            yield TypeDifference(
                field=label,
                old=values[0] or EMPTY_VALUE,
                new=values[1] or EMPTY_VALUE,
                is_long=path in LONG_FIELDS,
            )


def _order_differences(
    title: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[TypeDifference]:
    old, new = (
        [name for name in before if name in after],
        [name for name in after if name in before],
    )
    return (
        []
        if old == new
        else [TypeDifference(field=title, old=_list(before, old), new=_list(after, new))]
    )


def _list(rows: Mapping[str, Any], names: Sequence[str]) -> str:
    return ", ".join(
        rows[name].label if isinstance(rows[name], Question) else rows[name]["label"]
        for name in names
    )
