"""Pages of lists."""

from unfold.paginator import InfinitePaginator


class CappedPaginator(InfinitePaginator):
    """Pages without a COUNT, up to a depth to which no one browses.

    A search finds what lies deeper.
    """

    count = 10_000
