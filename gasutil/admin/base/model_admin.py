"""The base classes of every list in the console."""

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ORDER_VAR
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

SORTED_COLUMN = re.compile(r"(-?)([0-9]{1,2})")


class DeskChangeList(ChangeList):
    """Read the parameters of a list's own filters, and sort by the columns that can be sorted.

    Ignore or reject the rest.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters.

        Raise for a parameter that none of them has read, which Django would look up in the
        database.
        """
        filters = super().get_filters(request)
        foreign = sorted(filters[2].keys() - set(self.model_admin.linked_by))
        if foreign:
            self._reject(foreign[0])
        return filters

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """Return the rows; Django by itself sorts by any column, whatever `sortable_by` says."""
        order = self._order()
        for params, value in ((self.params, order), (self.filter_params, [order])):
            params.pop(ORDER_VAR, None)
            if order:
                params[ORDER_VAR] = value
        return super().get_queryset(request, exclude_parameters)

    @property
    def active_filters(self) -> int:
        """Return the number of active filters."""
        return sum(1 for spec in self.filter_specs if any(self.params_of(spec)))

    def params_of(self, spec: Any) -> list[str]:
        """Return the active parameters of one filter."""
        return [name for name in spec.expected_parameters() if name and self.value_of(name)]

    def value_of(self, name: str) -> str:
        """Return the value of a parameter of a filter, or an empty text."""
        return str((self.filter_params.get(name) or [""])[-1])

    def _reject(self, lookup: str) -> None:
        """Reject a lookup of a column.

        For a parameter that names none, Django redirects to the list without it.
        """
        try:
            self.lookup_opts.get_field(lookup.partition("__")[0])
        except FieldDoesNotExist as error:
            raise IncorrectLookupParameters(lookup) from error
        raise DisallowedModelAdminLookup(f"Filtering by {lookup} not allowed")

    def _order(self) -> str:
        """Return the ordering that the URL asks for, with each sortable column once."""
        parts: dict[int, str] = {}
        for part in self.params.get(ORDER_VAR, "").split("."):
            column = SORTED_COLUMN.fullmatch(part)
            if column and self._is_sortable(number := int(column[2])):
                parts.setdefault(number, f"{column[1]}{number}")
        return ".".join(parts.values())

    def _is_sortable(self, number: int) -> bool:
        names = self.list_display[number : number + 1]
        return any(
            (self.sortable_by is None or name in self.sortable_by) and self.get_ordering_field(name)
            for name in names
        )


def _without(nested: Sequence[Any], beginnings: tuple[str, ...]) -> list[Any]:
    """Return nested lists of texts without those with one of these beginnings."""
    return [
        _without(item, beginnings) if isinstance(item, list) else item
        for item in nested
        if isinstance(item, list) or not str(item).startswith(beginnings)
    ]


class DeskAdmin(ModelAdmin):
    """Accept the parameters of a list's own filters, and no other lookup."""

    linked_by: tuple[
        str, ...
    ] = ()  # parameters besides the filters, which the console's own links use
    show_facets = (
        ShowFacets.NEVER
    )  # counting each choice of each filter costs a query over all rows

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Accept every parameter here.

        `DeskChangeList` rejects those that no filter reads, before rows are read.
        """
        return True

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what is deleted as well, without the rows of many-to-many tables."""
        nested, counts, *rest = super().get_deleted_objects(objs, request)
        tables = [
            relation.remote_field.through._meta
            for relation in self.model._meta.many_to_many
            if relation.remote_field.through._meta.auto_created
        ]
        beginnings = tuple(f"{capfirst(table.verbose_name)}: " for table in tables)
        plurals = {table.verbose_name_plural for table in tables}
        return (
            _without(nested, beginnings),
            {name: number for name, number in counts.items() if name not in plurals},
            *rest,
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeskChangeList]:
        """Return the class of the list."""
        return DeskChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list.

        After a second wrong address Django would say that the database is broken.
        """
        query = request.GET.copy()
        query.pop(ERROR_FLAG, None)
        request.GET = query  # type: ignore[assignment]  # views only read it
        return super().changelist_view(request, extra_context)  # type: ignore[no-any-return]
