"""The addresses of lists.

They accept the parameters of their own filters alone, and no value causes a server error.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gasutil import figures
from gasutil.admin.base.model_admin import DeskAdmin, DeskChangeList
from gasutil.models import ServiceRequest, User
from tests.support.console import QUEUE, Browser
from tests.support.hostile_input import HOSTILE
from tests.support.request_types import make_type

pytestmark = pytest.mark.sweep

# A value that no row has, and too long to be in a random key of a session: a query that has it
# has come from the address.
MARK = "zq7zq7zq7"
LOOKUPS = ("", "__exact", "__regex", "__in", "__isnull", "__gt", "__isempty", "_from")
SHARED = (
    "q",
    "p",
    "o",
    "all",
    "e",
    "_popup",
    "_to_field",
    "_facets",
    "_changelist_filters",
)  # Django's own
OF_THE_QUEUE = ("view", "after", "before")
EXTRA_QUERIES = 2  # of a list that is narrowed: the account that a search names


class Answer(NamedTuple):
    """A response, and the statements that it took."""

    response: Any
    queries: list[str]

    @property
    def status(self) -> int:
        return int(self.response.status_code)


class Visitor:
    """A user of the console who looks at lists."""

    def __init__(self, client: Browser, model: type) -> None:
        self.client, self.path = client, path_of(model)

    def get(self, **params: Any) -> Answer:
        """Open the list with the given parameters."""
        with CaptureQueriesContext(connection) as captured:
            response = self.client.get(f"{self.path}?{urlencode(params, doseq=True)}")
        return Answer(response, [query["sql"] for query in captured])


@pytest.fixture(autouse=True)
def long_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the statistics of the sidebar cached, however slow the machine is.

    Only the list's own queries count.
    """
    monkeypatch.setattr(figures, "MIN_CACHE_SECONDS", 3600)


def path_of(model: Any, page: str = "changelist") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def own(response: Any) -> set[str]:
    """Return the parameters of a list's own filters and links."""
    filters = {
        name for spec in response.context["cl"].filter_specs for name in spec.expected_parameters()
    }
    return filters | set(response.context["cl"].model_admin.linked_by)


def foreign(model: Any) -> Iterator[str]:
    """Yield lookups of a model.

    These are all of the columns that have a filter, and some of the others and of their relations.
    """
    filtered = {
        item[0] if isinstance(item, tuple) else item
        for item in admin.site.get_model_admin(model).list_filter
    }
    yield from ("no_column", "no_column__regex", "pk", "pk__in", "__", "a" * 500)
    for turn, field in enumerate(model._meta.get_fields()):
        lookups = LOOKUPS if field.name in filtered else LOOKUPS[turn % 3 :: 3]
        yield from (f"{field.name}{lookup}" for lookup in lookups)
        if field.is_relation and field.related_model:
            yield f"{field.name}__{field.related_model._meta.concrete_fields[1].name}__regex"


def hostile(model: Any, response: Any, *, every: int) -> list[tuple[str, Any]]:
    """Return the parameters of a list with the values to write into them.

    Its own parameters get all values; those that all lists have get some in turn.
    """
    turn = list(admin.site._registry).index(model)
    names = sorted(own(response) | set(OF_THE_QUEUE if model is ServiceRequest else ()))
    pairs = [(name, value) for name in names for value in HOSTILE.values()]
    pairs += [(name, value) for name in SHARED for value in [*HOSTILE.values()][turn % 3 :: 3]]
    return pairs[turn % every :: every]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_it_rejects_every_foreign_lookup(model: Any, visitors: list[Browser]) -> None:
    for number, client in enumerate(visitors):
        visitor = Visitor(client, model)
        visitor.get()  # fills caches
        usual = visitor.get()
        if usual.status == 403:
            assert visitor.get(pk__in=MARK).status == 403
            continue
        lookups = [name for name in foreign(model) if name not in own(usual.response)]
        for name in lookups if number == len(visitors) - 1 else lookups[number::7]:
            answer = visitor.get(**{name: MARK})
            assert answer.status in (302, 400), name
            assert answer.response.get("Location") in (None, f"{visitor.path}?e=1")
            assert not any(MARK in query for query in answer.queries), name
            assert len(answer.queries) < len(usual.queries), name


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_no_value_of_a_parameter_is_a_server_error(model: Any, visitors: list[Browser]) -> None:
    for number, client in enumerate(visitors):
        visitor = Visitor(client, model)
        visitor.get()
        usual = visitor.get()
        if usual.status == 403:
            continue
        for name, value in hostile(
            model, usual.response, every=1 if number == len(visitors) - 1 else 7
        ):
            answer = visitor.get(**{name: value})
            assert answer.status in (200, 302, 400, 404), (name, value)
            assert len(answer.queries) <= len(usual.queries) + EXTRA_QUERIES, (name, value)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_it_sorts_by_the_columns_that_can_be_sorted_alone(
    model: Any, desk: None, root: User, console: Any
) -> None:
    visitor = Visitor(console(root), model)
    changes = visitor.get().response.context["cl"]
    usual = changes.queryset.query.order_by
    for number, name in enumerate(changes.list_display):
        is_sortable = name in changes.sortable_by and changes.get_ordering_field(name)
        for order, stored in (
            (f"{number}", number),
            (f"-{number}", -number or "-0"),
            (f"0{number}.{number}.-{number}", number),
        ):
            sorted_by = visitor.get(o=order).response.context["cl"]
            if is_sortable:
                assert sorted_by.get_query_string() == f"?o={stored}"
            else:
                assert (sorted_by.get_query_string(), sorted_by.queryset.query.order_by) == (
                    "?",
                    usual,
                )


def test_an_order_has_a_column_once(desk: None, root: User, console: Any) -> None:
    visitor = Visitor(console(root), ServiceRequest)
    sorted_by = visitor.get(o=".".join(["2", "-2", "6", "5", "02"] * 200)).response.context["cl"]
    assert len(sorted_by.queryset.query.order_by) == 2 + 1  # and the id


def test_an_export_takes_the_parameters_of_its_list_alone(
    desk: None, root: User, console: Any
) -> None:
    client, export = console(root, raise_request_exception=False), path_of(ServiceRequest, "export")
    fields = {"format": "0", "servicerequest_id": "on"}
    assert client.post(f"{export}?description__regex={MARK}", fields).status_code == 400
    assert client.post(f"{export}?no_column={MARK}", fields).status_code == 404
    assert client.post(f"{export}?o=1.3.-4", fields).status_code == 200


def test_every_list_has_the_base_classes(rf: Any) -> None:
    others = [
        model
        for model, model_admin in admin.site._registry.items()
        if not (
            isinstance(model_admin, DeskAdmin)
            and issubclass(model_admin.get_changelist(rf.get("/")), DeskChangeList)
        )
    ]
    assert others == []


def test_a_list_of_an_address_with_an_error_is_the_list(
    desk: None, root: User, console: Any
) -> None:
    answer = console(root).get(QUEUE, {"e": "1", "no_column": MARK})
    assert (answer.status_code, answer["Location"]) == (302, f"{QUEUE}?e=1")
    assert console(root).get(QUEUE, {"e": "1"}).status_code == 200


def test_the_help_of_a_question_stays_text(root: User, customer: User, console: Any) -> None:
    make_type(
        "survey",
        fields=[{"name": "street", "kind": "short_text", "help": '<b x-init="hacked()">Where</b>'}],
    )
    page = (
        console(root)
        .get(
            "/admin/gasutil/servicerequest/new/",
            {"customer": customer.pk, "request_type": "survey"},
        )
        .content.decode()
    )
    assert "&lt;b x-init=&quot;hacked()&quot;&gt;Where" in page
    assert "<b x-init" not in page
