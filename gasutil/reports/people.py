"""The report on people: what each support representative did on the requests of a period."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Q

from gasutil.models import OPEN_STATUSES, Status, User, UserType
from gasutil.reports.rounds import Starts, facts_of, rounds_in, updates_in
from gasutil.reports.tables import REQUEST_LIST, ReportQuery, count

HANDLED_COUNT, RESOLVED_COUNT, REOPENED_COUNT, MET_COUNT, UNVERIFIED_COUNT = (
    *("handled", "resolved", "reopened", "milestones_met", "unverified"),
)
COLUMNS_OF_PEOPLE = (
    *("person", "person_name", "team", "team_name", HANDLED_COUNT, RESOLVED_COUNT),
    *(REOPENED_COUNT, MET_COUNT, UNVERIFIED_COUNT),
)
COUNTS_REQUESTS = (HANDLED_COUNT, UNVERIFIED_COUNT)
WORK_COLUMNS = ("history_user", "previous_status", "status")
EVERY_UPDATE = Q(history_id__isnull=False)


class Work(NamedTuple):
    """An update of a request: its author, when it happened, and the statuses."""

    request: int
    update: int
    at: dt.datetime
    author: int | None
    before: str | None
    status: str


def read_people(question: ReportQuery) -> list[dict[str, Any]]:
    """Return a row for each support representative, and each team whose requests they worked on.

    The team is the one that had the request's type at the time: null where none had it.
    """
    names: dict[int, str] = question.once("support names", _support_names)
    facts = facts_of(question)
    groups: dict[tuple[int, int | None], dict[str, set[int]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for person, column, work in _events(question):
        if person not in names:
            continue
        request_type, is_unverified = facts[work.request]
        if is_unverified and column != HANDLED_COUNT:
            continue
        for team in _teams(question, request_type, work.at):
            ids = groups[person, team][UNVERIFIED_COUNT if is_unverified else column]
            ids.add(work.request if column == HANDLED_COUNT else work.update)
    order = sorted(groups, key=lambda key: (names[key[0]].casefold(), key[0], key[1] or 0))
    return [_row(question, names, key, groups[key]) for key in order]


def _support_names() -> dict[int, str]:
    people = User.objects.filter(Q(user_type=UserType.SUPPORT) | Q(is_superuser=True))
    return {person.pk: person.get_full_name() or person.username for person in people}


def _teams(question: ReportQuery, request_type: str, at: dt.datetime) -> Iterator[int | None]:
    """Yield the teams of a type at a time, as far as the filters include them."""
    if not question.includes(request_type, at):
        return
    if question.team is not None:
        yield question.team
        return
    teams: list[int | None] = list(question.team_history.teams_of(request_type, at))
    yield from teams or [None]


def _events(question: ReportQuery) -> Iterator[tuple[int | None, str, Work]]:
    """Yield what counts: for whom, in which column, and the update."""
    starts, updates = updates_in(question, EVERY_UPDATE, WORK_COLUMNS)
    met = _met_in_time(question, starts)
    resolved_by: dict[int, int | None] = {}  # who resolved a request last
    for work in map(Work._make, updates):
        yield work.author, HANDLED_COUNT, work
        if work.before == Status.RESOLVED and work.status in OPEN_STATUSES:
            yield resolved_by.get(work.request), REOPENED_COUNT, work
        if work.before in OPEN_STATUSES and work.status == Status.RESOLVED:
            resolved_by[work.request] = work.author
            yield work.author, RESOLVED_COUNT, work
        if work.at in met[work.request]:
            # A note of the same call has a row of its own, at the same time.
            met[work.request].discard(work.at)
            yield work.author, MET_COUNT, work


def _met_in_time(question: ReportQuery, starts: Starts) -> dict[int, set[dt.datetime]]:
    """Return when milestones of each request were met in time."""
    times: dict[int, set[dt.datetime]] = defaultdict(set)
    for item in rounds_in(question, starts):
        if item.met_at is not None and item.is_met:
            times[item.request].add(item.met_at)
    return times


def _row(
    question: ReportQuery,
    names: Mapping[int, str],
    key: tuple[int, int | None],
    ids: Mapping[str, set[int]],
) -> dict[str, Any]:
    person, team = key
    counts = {
        column: count(ids.get(column, ()), REQUEST_LIST)
        if column in COUNTS_REQUESTS
        else count(ids.get(column, ()))
        for column in (HANDLED_COUNT, RESOLVED_COUNT, REOPENED_COUNT, MET_COUNT, UNVERIFIED_COUNT)
    }
    team_name = None if team is None else question.team_history.names.get(team)
    return {
        "person": person,
        "person_name": names[person],
        "team": team,
        "team_name": team_name,
        **counts,
    }
