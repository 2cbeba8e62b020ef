"""The measured calls: their requests to the API, and to the baseline and the peer for the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from bench.client import Ask
from bench.data import TargetData
from bench.fill import HEAVY

API = "/api/v1/"
FILTER = {"status": "pending", "request_type": "new_connection"}
SUBMISSION = {
    "request_type": "new_connection",
    "description": "Application for new gas connection",
    "address": "12, Green Valley, Pune - 411001",
}
Asking = Callable[[TargetData, int], Ask]
Token = Callable[[TargetData, int], str]


class Kind(StrEnum):
    """What a server runs."""

    OURS = "ours"
    FLOOR = "floor"
    PEER = "peer"
    TODAY = "today"


class Group(StrEnum):
    """Calls that have the same goals."""

    LIST = "lists"
    RETRIEVE = "retrieve"
    UPDATES = "updates"
    CREATE = "create"
    PATCH = "patch"
    SEARCH = "search"
    FILTER = "filters and orderings"
    CONSOLE = "console"


@dataclass(frozen=True)
class Call:
    """One kind of call: the n-th request to each kind of server that has it."""

    name: str
    group: Group
    asks: Mapping[Kind, Asking]
    reads: bool = True
    every: int = 1
    """It is made in one of so many turns: slow calls are made less often."""


def listed(
    name: str,
    path: str,
    token: Token,
    group: Group,
    *,
    floor: str = "",
    also: tuple[Kind, ...] = (),
    **query: str,
) -> Call:
    """Return a call of a list; `also` are the kinds of servers with the same paths."""
    tail = f"?{urlencode(query)}" if query else ""

    def to(prefix: str) -> Asking:
        return lambda data, n: Ask("GET", f"{prefix}{tail}", token(data, n))

    asks = {kind: to(f"{API}{path}") for kind in (Kind.OURS, *also)}
    return Call(name, group, asks | ({Kind.FLOOR: to(floor)} if floor else {}))


def reader(data: TargetData, n: int) -> str:
    """Return the token of a customer with 20 requests."""
    return data.tokens[data.readers[n % len(data.readers)]]


def heavy(data: TargetData, n: int) -> str:
    """Return the token of the customer with 2% of all requests."""
    return data.tokens[HEAVY]


SUPPORT = TargetData.support
WITH_PEER = (Kind.PEER, Kind.TODAY)


def _deep() -> Call:
    def ours(data: TargetData, n: int) -> Ask:
        query = urlencode({"cursor": data.deep.cursor})
        return Ask("GET", f"{API}requests/?{query}", data.support(n))

    def floor(data: TargetData, n: int) -> Ask:
        return Ask("GET", f"/list/deep?newest={data.deep.newest}", data.support(n))

    return Call("list, deep page", Group.LIST, {Kind.OURS: ours, Kind.FLOOR: floor})


def _get(name: str, floor: str, token: Callable[[TargetData, int, int], str]) -> Call:
    """Return a call of one request."""

    def of(path: str) -> Asking:
        def ask(data: TargetData, n: int) -> Ask:
            pk, owner = data.owned[n % len(data.owned)]
            return Ask("GET", path.format(pk), token(data, n, owner))

        return ask

    ours = of(f"{API}requests/{{}}/")
    asks = {Kind.OURS: ours, Kind.PEER: ours, Kind.TODAY: ours, Kind.FLOOR: of(f"{floor}?id={{}}")}
    return Call(name, Group.RETRIEVE, asks)


def _create() -> Call:
    def at(path: str, expected: int) -> Asking:
        return lambda data, n: Ask("POST", path, data.writer(n), SUBMISSION, expected)

    ours = at(f"{API}requests/", 201)
    asks = {Kind.OURS: ours, Kind.PEER: ours, Kind.TODAY: ours, Kind.FLOOR: at("/create", 200)}
    return Call("create", Group.CREATE, asks, reads=False)


def _patch() -> Call:
    def at(path: str) -> Asking:
        def ask(data: TargetData, n: int) -> Ask:
            pk, change = data.pool.turn()
            return Ask("PATCH", path.format(pk), data.support(n), change)

        return ask

    ours = at(f"{API}requests/{{}}/")
    asks = {Kind.OURS: ours, Kind.PEER: ours, Kind.TODAY: ours, Kind.FLOOR: at("/patch?id={}")}
    return Call("patch", Group.PATCH, asks, reads=False)


def _search(name: str, floor: str, q: str, token: Token = SUPPORT) -> Call:
    full_name, path = f"search, {name}", f"/search/{floor}" if floor else ""
    return listed(full_name, "requests/", token, Group.SEARCH, floor=path, q=q)


LISTS = [
    listed(
        "list, customer", "requests/", reader, Group.LIST, floor="/list/customer", also=WITH_PEER
    ),
    listed("list, 2% customer", "requests/", heavy, Group.LIST, floor="/list/customer"),
    listed(
        "list, support", "requests/", SUPPORT, Group.LIST, floor="/list/support", also=WITH_PEER
    ),
    listed(
        "list, filtered",
        "requests/",
        SUPPORT,
        Group.LIST,
        floor="/list/filtered",
        also=WITH_PEER,
        **FILTER,
    ),
    _deep(),
]
CHANGES = [
    _get("retrieve, customer", "/get/customer", lambda data, n, owner: data.tokens[owner]),
    _get("retrieve, support", "/get/support", lambda data, n, owner: data.support(n)),
    _create(),
    _patch(),
]
UPDATES = [
    listed(
        "updates, customer",
        "request-updates/",
        reader,
        Group.UPDATES,
        floor="/updates/customer",
        also=(Kind.TODAY,),
    ),
    listed(
        "updates, 2% customer",
        "request-updates/",
        heavy,
        Group.UPDATES,
        floor="/updates/customer",
    ),
    listed(
        "updates, support",
        "request-updates/",
        SUPPORT,
        Group.UPDATES,
        floor="/updates/support",
        also=(Kind.TODAY,),
    ),
]
# Texts that find the same in a table of any size, or nothing. None is in the name of a type, which
# the API searches too.
SEARCHES = [
    _search("common word", "common", "kitchen"),
    _search("rare word", "rare", "user60@example.com"),
    _search("absent word", "rare", "chimney"),
    _search("two words", "common", "kitchen pilot"),
    _search("two words never together", "rare", "stove yard"),
    _search("reference", "reference", "SR-387-420-489"),
    _search("absent reference", "reference", "SR-387-420-488"),
    _search("part of a reference", "rare", "387-420-489"),
    _search("phone", "rare", "7890000060"),
    _search("end of a phone", "rare", "0060"),
    _search("two letters", "", "me"),
    _search("common word, 2% customer", "customer", "kitchen", heavy),
    _search("absent word, 2% customer", "customer", "chimney", heavy),
]


def _filter(name: str, token: Token = SUPPORT, path: str = "requests/", **query: str) -> Call:
    return listed(f"{path.rstrip('/')}: {name}", path, token, Group.FILTER, **query)


# The other filters and orderings of the contract: they have no baseline, and must stay flat.
FILTERS = [
    _filter("status", status="on_hold"),
    _filter("request_type", request_type="no_supply"),
    _filter("priority", priority="high"),
    _filter("priority and status", priority="low", status="resolved"),
    _filter("assigned_to", assigned_to="7"),
    _filter("assigned_to and status", assigned_to="7", status="in_progress"),
    _filter("created_after", created_after="2020-01-01T00:00:00Z"),
    _filter("created_before, none", created_before="2000-01-01T00:00:00Z"),
    _filter("overdue", overdue="true"),
    _filter("not overdue", overdue="false"),
    *(
        _filter(f"ordering {sign}{name}", ordering=f"{sign}{name}")
        for name in ("created_at", "updated_at", "priority")
        for sign in ("", "-")
    ),
    _filter("status, 2% customer", heavy, status="on_hold"),
    _filter("overdue, 2% customer", heavy, overdue="true"),
    _filter("ordering created_at, 2% customer", heavy, ordering="created_at"),
    _filter("ordering -priority, 2% customer", heavy, ordering="-priority"),
    _filter("service_request", path="request-updates/", service_request="7"),
    _filter("since", path="request-updates/", since="2020-01-01T00:00:00Z"),
    _filter("service_request, 2% customer", heavy, "request-updates/", service_request="50"),
    _filter("since, 2% customer", heavy, "request-updates/", since="2020-01-01T00:00:00Z"),
    _filter("all", path="attachments/"),
]


def _page(name: str, path: str) -> Call:
    """Return a page of the console."""

    def ask(data: TargetData, n: int) -> Ask:
        pk, _ = data.owned[n % len(data.owned)]
        return Ask("GET", path.format(pk), "", cookie=data.cookie)

    return Call(f"console, {name}", Group.CONSOLE, {Kind.OURS: ask}, every=5)


CONSOLE = [
    _page("front page", "/admin/"),
    _page("queue", "/admin/gasutil/servicerequest/?view=open"),
    _page("all requests", "/admin/gasutil/servicerequest/?view=all"),
    _page("queue, search", "/admin/gasutil/servicerequest/?view=all&q=user60@example.com"),
    _page("ticket", "/admin/gasutil/servicerequest/{}/change/"),
    _page("change history", "/admin/gasutil/requestupdate/"),
]
CALLS = [*LISTS, *SEARCHES, *CHANGES, *UPDATES, *FILTERS, *CONSOLE]
