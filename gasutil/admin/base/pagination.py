"""The pagination of lists."""

from unfold.paginator import InfinitePaginator


class CappedPaginator(InfinitePaginator):
    """Pages without a COUNT, up to a depth to which no one browses.

    Use a search to find later rows.
    """

    count = 10_000
