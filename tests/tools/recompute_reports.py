"""Recompute the figures of the reports from rows that the API exports.

It shares no code with the application: it reads `GET requests/`, `GET request-updates/` and
`GET request-types/` as JSON files of a folder, or as lists, and knows the rules from the
documentation alone. It covers requests of emergency types that were never lowered or reclassified:
their clocks run round the clock, so that no calendar is needed.

    python tests/tools/recompute_reports.py FOLDER
"""

import argparse
import datetime as dt
import json
import math
import pathlib
from collections import defaultdict
from typing import Any

OPEN = ("pending", "in_progress", "on_hold")
CLOSED = ("resolved", "cancelled")
STEPS = ("acknowledged", "on_site", "made_safe")
REACHED = {  # what a recorded milestone or outcome reaches
    "acknowledged": 1,
    "on_site": 2,
    "made_safe": 3,
    "not_a_leak": 3,
    "no_access": 1,
}
BANDS = (15, 30, 45, 60)
PEOPLE_KIND = "support"


def moment(text: Any) -> Any:
    """Return a time of the API."""
    return dt.datetime.fromisoformat(text)


def minutes(length: Any) -> Any:
    """Return a length of time in minutes."""
    return length.total_seconds() / 60


def statistics(lengths: Any) -> Any:
    """Return the median, the nearest-rank 90th percentile and the longest, in minutes."""
    ordered = sorted(length.total_seconds() for length in lengths)
    if not ordered:
        return {"median": None, "p90": None, "worst": None}
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    p90 = ordered[math.ceil(len(ordered) * 0.9) - 1]
    values = {"median": median, "p90": p90, "worst": ordered[-1]}
    return {name: round(seconds / 60, 1) for name, seconds in values.items()}


def share(part: Any, whole: Any) -> Any:
    """Return a share, or None of nothing."""
    return round(part / whole, 4) if whole else None


class Story:
    """A request and its updates, in the order of the log."""

    def __init__(self, request: Any, updates: Any, limits: Any, now: Any) -> None:
        self.id, self.type = request["id"], request["request_type"]
        self.customer, self.status = request["customer"], request["status"]
        self.received = moment(request["received_at"])
        self.updates, self.limits, self.now = updates, limits, now
        for update in updates:
            update["at"] = moment(update["occurred_at"])
        self.rounds = self._rounds()

    def _rounds(self) -> Any:
        """Return the updates of each round: the first begins on receipt, others by reopening."""
        rounds: Any = []
        for update in self.updates:
            is_reopening = update["previous_status"] == "resolved" and update["status"] in OPEN
            if not rounds or is_reopening:
                began = self.received if not rounds else update["at"]
                rounds.append({"began": began, "id": update["id"], "updates": []})
            rounds[-1]["updates"].append(update)
        return rounds

    def milestones(self) -> Any:
        """Yield each milestone in each round: name, beginning, due, met, and the round's update."""
        for number, part in enumerate(self.rounds):
            met: Any = {}
            ended = None
            for update in part["updates"]:
                for name in reached_by(update):
                    met.setdefault(name, update["at"])
                was_open = update["previous_status"] in (*OPEN, None)
                if update["status"] in CLOSED and was_open:
                    ended = update["at"]
            following = self.rounds[number + 1]["began"] if number + 1 < len(self.rounds) else None
            for name, limit in self.limits.items():
                due = part["began"] + dt.timedelta(minutes=limit)
                at = met.get(name)
                if at is None and due > (ended or following or self.now):
                    continue
                yield {
                    "name": name,
                    "began": part["began"],
                    "due": due,
                    "met": at,
                    "update": part["id"],
                    "round": number,
                }


def reached_by(update: Any) -> Any:
    """Return the milestones that an update reaches: a look of a person acknowledges."""
    if update["status"] == "resolved" and update["previous_status"] in OPEN:
        yield "resolved"
    if update["author_kind"] != PEOPLE_KIND:
        return
    if update["event"] == "request.milestone":
        yield from STEPS[: REACHED[update["milestone"]]]
        return
    changes = update["changes"] or {}
    taken = changes.get("assigned_to", {}).get("to") == update["author"]
    moved = "status" in changes and update["previous_status"] in OPEN
    is_message = update["event"] == "request.commented" and not update["is_internal"]
    is_answer = is_message and update["status"] in OPEN  # not to what was closed before
    is_start = update["status"] == "in_progress" and moved
    if taken or is_answer or is_start or (moved and update["status"] == "resolved"):
        yield "acknowledged"


def stories_of(requests: Any, updates: Any, types: Any, now: Any) -> Any:
    """Return the stories of the requests of emergency types."""
    limits = {
        row["code"]: {item["name"]: item["minutes"] for item in row["milestones"]}
        for row in types
        if row["is_emergency"]
    }
    by_request = defaultdict(list)
    for update in updates:
        by_request[update["service_request"]].append(dict(update))
    return [
        Story(row, by_request[row["id"]], limits[row["request_type"]], now)
        for row in requests
        if row["request_type"] in limits
    ]


def milestones(stories: Any) -> Any:
    """Recompute the report `milestones`."""
    groups: Any = defaultdict(list)
    for story in stories:
        for item in story.milestones():
            groups[story.type, item["name"]].append(item)
    result = {}
    for key, items in groups.items():
        met = [item for item in items if item["met"] and item["met"] <= item["due"]]
        late = [item for item in items if item["met"] and item["met"] > item["due"]]
        result[key] = {
            "n": len(items),
            "met": len(met),
            "late": len(late),
            "missed": len(items) - len(met) - len(late),
            "share": share(len(met), len(items)),
            **statistics([item["met"] - item["began"] for item in met + late]),
        }
    return result


def attendance(stories: Any) -> Any:
    """Recompute the report `attendance`, and the bands of `emergency-response` over all days."""
    groups: Any = defaultdict(list)
    for story in stories:
        groups[story.type] += [item for item in story.milestones() if item["name"] == "on_site"]
    result = {}
    for code, items in groups.items():
        lengths = [item["met"] - item["began"] for item in items if item["met"]]
        took = [minutes(length) for length in lengths]
        bounds = (-math.inf, *BANDS)
        result[code] = {
            "n": len(items),
            "within_60": sum(value <= 60 for value in took),
            "within_120": sum(60 < value <= 120 for value in took),
            "over_120": sum(value > 120 for value in took),
            "not_attended": len(items) - len(took),
            "share_60": share(sum(value <= 60 for value in took), len(items)),
            "share_120": share(sum(value <= 120 for value in took), len(items)),
            "bands": [
                *(
                    sum(low < value <= high for value in took)
                    for low, high in zip(bounds, BANDS, strict=False)
                ),
                sum(value > BANDS[-1] for value in took),
            ],
            **statistics(lengths),
        }
    return {code: row for code, row in result.items() if row["n"]}


def breaches(stories: Any) -> Any:
    """Recompute the report `breaches`; a reason is the `notes` of its update without a code.

    The API does not return the code, so the notes have to be the code: only data for this check do.
    """
    groups: Any = defaultdict(list)
    for story in stories:
        said = [row for row in story.updates if row["event"] == "request.breach_explained"]
        for item in story.milestones():
            if item["met"] and item["met"] <= item["due"]:
                continue
            groups[item["name"], _reason(story, item, said)].append(item)
    result = {}
    for key, items in groups.items():
        late = [item["met"] - item["due"] for item in items if item["met"]]
        result[key] = {
            "n": len(items),
            "late": len(late),
            "missed": len(items) - len(late),
            **statistics(late),
        }
    return result


def _reason(story: Any, item: Any, said: Any) -> Any:
    """Return the last reason that was given for a milestone of a round, or None."""
    late = [other for other in story.milestones() if other["name"] == item["name"]]
    late = [other for other in late if not other["met"] or other["met"] > other["due"]]
    reason = None
    for row in said:
        name, _space, code = row["notes"].partition(" ")
        before = [other for other in late if other["due"] <= row["at"]]
        if name == item["name"] and before and before[-1]["round"] == item["round"]:
            reason = code
    return reason


def moves(story: Any) -> Any:
    """Yield the changes of status of a request."""
    for update in story.updates:
        if update["previous_status"] and update["previous_status"] != update["status"]:
            yield update


def reopened(stories: Any) -> Any:
    """Recompute the report `reopened`."""
    groups: Any = defaultdict(
        lambda: {"resolved": 0, "reopened": 0, "by_customer": 0, "lengths": []}
    )
    for story in stories:
        resolved_at = None
        for update in moves(story):
            if update["status"] == "resolved":
                groups[story.type]["resolved"] += 1
                resolved_at = update["at"]
            elif update["previous_status"] == "resolved":
                groups[story.type]["reopened"] += 1
                groups[story.type]["by_customer"] += update["author"] == story.customer
                groups[story.type]["lengths"].append(update["at"] - resolved_at)
    return {
        code: {
            **{name: row[name] for name in ("resolved", "reopened", "by_customer")},
            "share_reopened": share(row["reopened"], row["resolved"]),
            **statistics(row["lengths"]),
        }
        for code, row in groups.items()
    }


def yearly_return(stories: Any) -> Any:
    """Recompute the report `yearly-return`."""
    names = ("received", "resolved_in_time", "resolved_late", "cancelled", "open", "open_overdue")
    groups: Any = defaultdict(lambda: dict.fromkeys(names, 0))
    for story in stories:
        row = groups[story.type]
        due = story.rounds[-1]["began"] + dt.timedelta(minutes=story.limits["resolved"])
        row["received"] += 1
        if story.status == "resolved":
            at = [update["at"] for update in moves(story) if update["status"] == "resolved"][-1]
            row["resolved_in_time" if at <= due else "resolved_late"] += 1
        elif story.status == "cancelled":
            row["cancelled"] += 1
        else:
            row["open"] += 1
            row["open_overdue"] += due < story.now
    for row in groups.values():
        in_time = row["resolved_in_time"]
        row["share_in_time"] = share(in_time, in_time + row["resolved_late"])
    return dict(groups)


def volume(stories: Any, zone: Any) -> Any:
    """Recompute the counts of the report `volume`, by day."""
    days: Any = defaultdict(lambda: {"opened": 0, "resolved": 0, "cancelled": 0, "backlog": 0})
    today = max((story.now for story in stories), default=None)
    for story in stories:
        days[_day(story.received, zone)]["opened"] += 1
        for update in moves(story):
            if update["status"] in CLOSED:
                days[_day(update["at"], zone)][update["status"]] += 1
        day = _day(story.received, zone)
        while day <= _day(today, zone):
            end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
            status = [row["status"] for row in story.updates if row["at"] < min(end, story.now)]
            days[day]["backlog"] += bool(status) and status[-1] in OPEN
            day += dt.timedelta(days=1)
    return dict(days)


def _day(at: Any, zone: Any) -> Any:
    return at.astimezone(zone).date()


def people(stories: Any) -> Any:
    """Recompute the report `people`, without teams."""
    groups: Any = defaultdict(lambda: defaultdict(set))
    for story in stories:
        met = {
            item["met"] for item in story.milestones() if item["met"] and item["met"] <= item["due"]
        }
        last, counted = None, set()
        for update in story.updates:
            who = update["author"] if update["author_kind"] == PEOPLE_KIND else None
            before, after = update["previous_status"], update["status"]
            groups[who]["handled"].add(story.id)
            if before == "resolved" and after in OPEN:
                groups[last]["reopened"].add(update["id"])
            if before in OPEN and after == "resolved":
                groups[who]["resolved"].add(update["id"])
                last = who
            if update["at"] in met and update["at"] not in counted:
                counted.add(update["at"])
                groups[who]["milestones_met"].add(update["id"])
    names = ("handled", "resolved", "reopened", "milestones_met")
    return {who: {name: len(row[name]) for name in names} for who, row in groups.items() if who}


def escalations(stories: Any) -> Any:
    """Recompute the report `escalations`.

    The subject of an escalation is in its notes, in words: "Acknowledged was due at".
    """
    labels = {"Acknowledged": "acknowledged", "On site": "on_site", "Made safe": "made_safe"}
    labels["Resolved"] = "resolved"
    groups: Any = defaultdict(list)
    for story in stories:
        for part in story.rounds:
            _escalations_of_round(story, part, labels, groups)
    return {
        name: {
            "n": len(items),
            "notifications": sum(item["number"] for item in items),
            "acknowledged": sum(item["length"] is not None for item in items),
            "unacknowledged": sum(item["length"] is None for item in items),
            **statistics([item["length"] for item in items if item["length"] is not None]),
        }
        for name, items in groups.items()
    }


def _escalations_of_round(story: Any, part: Any, labels: Any, groups: Any) -> None:
    first: Any = {}
    for update in part["updates"]:
        if update["event"] == "request.escalated":
            name = labels[update["notes"].partition(" was due")[0]]
            number = first.get(name, (update["at"], 0))[1]
            first[name] = (first.get(name, (update["at"], 0))[0], number + 1)
    for name, (at, number) in first.items():
        ends = [
            update["at"]
            for update in part["updates"]
            if update["at"] >= at
            and (update["milestone"] == "acknowledged" or name in list(reached_by(update)))
        ]
        length = min(ends) - at if ends else None
        groups[name].append({"number": number, "length": length})


def main() -> None:
    """Print every figure of the rows in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    requests, updates, types = (
        json.loads((folder / f"{name}.json").read_text())
        for name in ("requests", "request-updates", "request-types")
    )
    stories = stories_of(requests, updates, types, dt.datetime.now(dt.UTC))
    for report in (milestones, attendance, breaches, reopened, yearly_return, people, escalations):
        print(report.__name__)  # noqa: T201  # what the command is for
        for key, row in sorted(report(stories).items(), key=str):
            print("   ", key, row)  # noqa: T201


if __name__ == "__main__":
    main()
