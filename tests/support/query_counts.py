"""The cost of a call in statements, for few rows and for many."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

SIZES = (1, 40)


def cost_of(call: Callable[[], Any]) -> tuple[int, Any]:
    """Make a call in a warm process with empty caches; return its queries and its response."""
    call()
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        response = call()
    assert response.status_code == 200, response
    return len(queries), response


def assert_cost_is_constant(
    call: Callable[[], Any],
    grow: Callable[[int], Any],
    rows: Callable[[Any], int],
    *,
    at_most: int,
    sizes: tuple[int, ...] = SIZES,
) -> None:
    """Assert that a call costs the same for each number of rows, and that it shows them.

    `grow(number)` adds rows, and `rows(response)` counts those that a response shows. A page of an
    error costs the same for any number too: that the response shows more rows tells them apart.
    """
    costs, shown = [], []
    for before, size in pairwise((0, *sizes)):
        grow(size - before)
        cost, response = cost_of(call)
        costs.append(cost)
        shown.append(rows(response))
    assert shown == sorted({*shown}), shown
    assert shown[0] > 0, shown
    assert len({*costs}) == 1, dict(zip(sizes, costs, strict=True))
    assert costs[0] <= at_most


def listed(response: Any) -> int:
    """Return how many rows a list of the console shows."""
    return len(response.context["cl"].result_list)


def count_of(text: str) -> Callable[[Any], int]:
    """Return a function that counts a text in a response."""
    return lambda response: response.content.decode().count(text)
