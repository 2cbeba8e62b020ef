"""Autocompletion for the console's filters, limited to the columns of those filters."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter

QUERY_PARAMETERS = ("app_label", "model_name", "field_name")
FieldPath = tuple[str, str, str]


class FilterAutocomplete(AutocompleteJsonView):
    """Find the rows that a filter can be set to."""

    admin_site: AdminSite

    def process_request(self, request: HttpRequest) -> Any:
        """Return the field to search.

        Raise an error for a column that no filter has, which Django would look up in any relation.
        """
        if tuple(request.GET.get(name) for name in QUERY_PARAMETERS) not in set(
            self._columns(request)
        ):
            raise PermissionDenied
        return super().process_request(request)

    def _columns(self, request: HttpRequest) -> Iterator[FieldPath]:
        for model, model_admin in self.admin_site._registry.items():
            for item in model_admin.get_list_filter(request):
                if isinstance(item, tuple) and issubclass(item[1], AutocompleteSelectFilter):
                    field: Any = get_fields_from_path(model, str(item[0]))[-1]
                    yield field.model._meta.app_label, field.model._meta.model_name, field.name
