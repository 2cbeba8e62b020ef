"""The active filters of a list in words, each with the address of the list without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gasutil.admin.base.model_admin import DeskChangeList


@dataclass(frozen=True, kw_only=True)
class ActiveFilter:
    """A filter that a list is filtered by.

    Args:
        label: the name of the filter.
        value: what it shows, in words.
        is_known: whether its value still exists.
        url: the address of the list without it.
    """

    label: str
    value: str
    is_known: bool
    url: str


def active_filters(changelist: DeskChangeList) -> list[ActiveFilter]:
    """Return the active filters of a list, in the order of its form."""
    return list(_active_filters(changelist))


def _active_filters(changelist: DeskChangeList) -> Iterator[ActiveFilter]:
    for spec in changelist.filter_specs:
        values = {name: changelist.value_of(name) for name in changelist.params_of(spec)}
        if not values:
            continue
        value = _describe(spec, values, changelist)
        unknown = {"value": next(iter(values.values()))}
        yield ActiveFilter(
            label=capfirst(str(spec.title)),
            value=value or _("“%(value)s” does not exist any more") % unknown,
            is_known=bool(value),
            url=changelist.get_query_string(dict.fromkeys((*values, PAGE_VAR))),
        )


def _describe(spec: Any, values: dict[str, str], changelist: DeskChangeList) -> str:
    """Return what a filter shows, or an empty text for a value that it does not know."""
    if hasattr(spec, "describe"):
        return str(spec.describe(values))
    fields = next(iter(spec.choices(changelist)))["form"].fields
    for name, value in values.items():
        if name not in fields:  # a lookup that the form doesn't offer
            continue
        labels = {str(key): label for key, label in fields[name].choices if str(key)}
        if value in labels:
            return str(labels[value])
    return ""
