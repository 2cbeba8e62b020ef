"""Which request types each team had, at any time."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby

from gasutil.models import Team

TEAM_COLUMNS = (
    *("history_id", "history_date", "history_type", "id", "name"),
    "historicalteam_request_types__requesttype__code",
)
DELETED = "-"  # the type of the last row of the history of an object
Since = tuple[dt.datetime, frozenset[str]]  # the types that a team has had since a time


class TeamHistory:
    """The request types of the teams since each change, by one query."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}  # the latest of each team

    @cached_property
    def _changes(self) -> dict[int, list[Since]]:
        changes: dict[int, list[Since]] = defaultdict(list)
        rows = Team.history.order_by("history_date", "history_id").values_list(*TEAM_COLUMNS)
        for (_, at, kind, team, name), items in groupby(rows.iterator(), lambda row: row[:5]):
            types = frozenset(item[5] for item in items)
            changes[team].append((at, frozenset() if kind == DELETED else types))
            self.names[team] = name
        return changes

    def has(self, team: int, request_type: str, at: dt.datetime) -> bool:
        """Return whether a team had a request type at a time."""
        changes = self._changes.get(team, [])
        index = bisect_right(changes, at, key=lambda change: change[0])
        return index > 0 and request_type in changes[index - 1][1]

    def teams_of(self, request_type: str, at: dt.datetime) -> Iterator[int]:
        """Yield the teams that had a request type at a time, in the order of their IDs."""
        return (team for team in sorted(self._changes) if self.has(team, request_type, at))
