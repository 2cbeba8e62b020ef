"""The measured calls: their requests to the API and, for the same response, to the baseline."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import psycopg

from bench.client import Ask, Client
from bench.databases import Database
from bench.fill import HEAVY, SUPPORT, customers

API = "/api/v1/"
# Customers whose requests are read and never changed, so that every round reads the same.
READERS = 20
DEEPEST = 20_000  # rows before the deep page, at most
FILTER = {"status": "pending", "request_type": "new_connection"}
SUBMISSION = {
    "request_type": "new_connection",
    "description": "Application for new gas connection",
    "address": "12, Green Valley, Pune - 411001",
}


@dataclass
class RequestPool:
    """Requests that are put on hold and resumed in turn."""

    ids: list[int]
    held: dict[int, bool] = field(default_factory=dict)

    def turn(self, n: int) -> tuple[int, dict[str, Any]]:
        """Return the next request in turn, with a change that is allowed for it."""
        pk = self.ids[n % len(self.ids)]
        self.held[pk] = not self.held.get(pk, False)
        return pk, {
            "status": "on_hold" if self.held[pk] else "in_progress",
            "notes": "Waiting for the customer to ring back.",
        }


class Deep(NamedTuple):
    """A page deep in the list: the cursor that leads to it, and its newest request."""

    cursor: str
    newest: int


@dataclass
class TargetData:
    """The data of a target's database; two targets never patch the same requests."""

    key: str
    tokens: dict[int, str]
    readers: list[int]
    writers: list[int]
    owned: list[tuple[int, int]]
    """Requests that are read: (id, customer)."""
    pool: RequestPool
    deep: Deep = field(default_factory=lambda: Deep("", 0))

    def support(self, n: int) -> str:
        """Return the token of a support representative."""
        return self.tokens[SUPPORT[n % 5]]


def prepare(database: Database) -> tuple[TargetData, TargetData]:
    """Log all users in; return the data of the application and that of the baseline."""
    known = customers(database.size)
    readers, writers = list(known[:READERS]), list(known[READERS : 2 * READERS])
    people = [*SUPPORT[:5], HEAVY, *readers, *writers]
    made = json.loads(
        database.manage(
            "shell", "--no-imports", "-c", f"from bench.login import log_in; log_in({people})"
        )
    )
    tokens = {int(pk): token for pk, token in made["tokens"].items()}
    with psycopg.connect(database.url) as connection:
        owned = connection.execute(
            "SELECT id, customer_id FROM gasutil_servicerequest WHERE customer_id = ANY(%s) ORDER"
            " BY md5(id::text)",
            [readers],
        ).fetchall()
        rows = connection.execute(
            "SELECT id FROM gasutil_servicerequest WHERE status = 'in_progress' AND NOT customer_id"
            " = ANY(%s) ORDER BY md5(id::text) LIMIT 400",
            [[*readers, HEAVY]],
        ).fetchall()
    ids = [pk for (pk,) in rows]
    app, baseline = (
        TargetData(made["key"], tokens, readers, writers, owned, RequestPool(ids[part::2]))
        for part in (0, 1)
    )
    return app, baseline


def find_deep(client: Client, desk: TargetData, size: int) -> Deep:
    """Follow `next` to the middle of the list, as a client would."""
    page = client.json(Ask("GET", f"{API}requests/?page_size=100", desk.support(0)))
    for _ in range(min(size // 2, DEEPEST) // 100 - 1):
        page = client.json(
            Ask(
                "GET", page["next"].removeprefix(f"http://127.0.0.1:{client.port}"), desk.support(0)
            )
        )
    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    newest = client.json(
        Ask("GET", f"{API}requests/?{urlencode({'cursor': cursor})}", desk.support(0))
    )["results"][0]["id"]
    return Deep(cursor, newest)


@dataclass(frozen=True)
class Call:
    """One kind of call: the n-th request to the API and to the baseline."""

    name: str
    of_api: Callable[[TargetData, int], Ask]
    of_baseline: Callable[[TargetData, int], Ask]
    reads: bool = True


def _read(
    name: str, path: str, baseline: str, token: Callable[[TargetData, int], str], **query: str
) -> Call:
    """Return a call of a list."""
    tail = f"?{urlencode(query)}" if query else ""
    return Call(
        name,
        lambda desk, n: Ask("GET", f"{API}{path}{tail}", token(desk, n)),
        lambda desk, n: Ask("GET", f"{baseline}{tail}", token(desk, n)),
    )


def _reader(desk: TargetData, n: int) -> str:
    return desk.tokens[desk.readers[n % len(desk.readers)]]


def _heavy(desk: TargetData, n: int) -> str:
    return desk.tokens[HEAVY]


def _get(name: str, baseline: str, token: Callable[[TargetData, int, int], str]) -> Call:
    """Return a call of one request."""

    def of(path: str) -> Callable[[TargetData, int], Ask]:
        def ask(desk: TargetData, n: int) -> Ask:
            pk, owner = desk.owned[n % len(desk.owned)]
            return Ask("GET", path.format(pk), token(desk, n, owner))

        return ask

    return Call(name, of(f"{API}requests/{{}}/"), of(f"{baseline}?id={{}}"))


def _create(path: str, expected: int) -> Callable[[TargetData, int], Ask]:
    return lambda desk, n: Ask(
        "POST", path, desk.tokens[desk.writers[n % len(desk.writers)]], SUBMISSION, expected
    )


def _patch(path: str) -> Callable[[TargetData, int], Ask]:
    def ask(desk: TargetData, n: int) -> Ask:
        pk, change = desk.pool.turn(n)
        return Ask("PATCH", path.format(pk), desk.support(n), change)

    return ask


# Texts that find the same in a table of any size, or nothing. None is in the name of a type, which
# the API searches too.
SEARCHES = [
    _read("search, common word", "requests/", "/search/common", TargetData.support, q="kitchen"),
    _read(
        "search, rare word", "requests/", "/search/rare", TargetData.support, q="user60@example.com"
    ),
    _read("search, absent word", "requests/", "/search/rare", TargetData.support, q="chimney"),
    _read(
        "search, two words", "requests/", "/search/common", TargetData.support, q="kitchen pilot"
    ),
    _read(
        "search, two words never together",
        "requests/",
        "/search/rare",
        TargetData.support,
        q="stove yard",
    ),
    _read(
        "search, reference",
        "requests/",
        "/search/reference",
        TargetData.support,
        q="SR-387-420-489",
    ),
    _read(
        "search, absent reference",
        "requests/",
        "/search/reference",
        TargetData.support,
        q="SR-387-420-488",
    ),
    _read(
        "search, part of a reference",
        "requests/",
        "/search/rare",
        TargetData.support,
        q="387-420-489",
    ),
    _read("search, phone", "requests/", "/search/rare", TargetData.support, q="7890000060"),
    _read("search, end of a phone", "requests/", "/search/rare", TargetData.support, q="0060"),
    _read("search, two letters", "requests/", "/search/common", TargetData.support, q="me"),
    _read("search, common word, 2% customer", "requests/", "/search/customer", _heavy, q="kitchen"),
    _read("search, absent word, 2% customer", "requests/", "/search/customer", _heavy, q="chimney"),
]
CALLS = [
    _read("list, customer", "requests/", "/list/customer", _reader),
    _read("list, 2% customer", "requests/", "/list/customer", _heavy),
    _read("list, support", "requests/", "/list/support", TargetData.support),
    _read("list, filtered", "requests/", "/list/filtered", TargetData.support, **FILTER),
    Call(
        "list, deep page",
        lambda desk, n: Ask(
            "GET", f"{API}requests/?{urlencode({'cursor': desk.deep.cursor})}", desk.support(n)
        ),
        lambda desk, n: Ask("GET", f"/list/deep?newest={desk.deep.newest}", desk.support(n)),
    ),
    *SEARCHES,
    _get("retrieve, customer", "/get/customer", lambda desk, n, owner: desk.tokens[owner]),
    _get("retrieve, support", "/get/support", lambda desk, n, owner: desk.support(n)),
    Call("create", _create(f"{API}requests/", 201), _create("/create", 200), reads=False),
    Call("patch", _patch(f"{API}requests/{{}}/"), _patch("/patch?id={}"), reads=False),
    _read("updates, customer", "request-updates/", "/updates/customer", _reader),
    _read("updates, 2% customer", "request-updates/", "/updates/customer", _heavy),
    _read("updates, support", "request-updates/", "/updates/support", TargetData.support),
]
