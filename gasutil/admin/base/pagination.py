"""Pages of lists."""

from unfold.paginator import InfinitePaginator


class CappedPaginator(InfinitePaginator):
    """Pages without a COUNT, up to a depth that no one browses to: a search finds what lies deeper."""

    count = 10_000
