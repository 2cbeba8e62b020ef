"""The calls that are measured: what each asks of the API, and of the floor for the same answer."""

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
READERS = 20  # customers whose requests are read and never changed, so that every round reads the same
DEEPEST = 20_000  # rows before the deep page
FILTER = {"status": "pending", "request_type": "new_connection"}
SUBMISSION = {
    "request_type": "new_connection",
    "description": "Application for new gas connection",
    "address": "12, Green Valley, Pune - 411001",
}


@dataclass
class Targets:
    """Requests that are patched in turn, on hold and back."""

    ids: list[int]
    held: dict[int, bool] = field(default_factory=dict)

    def turn(self, n: int) -> tuple[int, dict[str, Any]]:
        """Return the request whose turn it is, and the change that it may take."""
        pk = self.ids[n % len(self.ids)]
        self.held[pk] = not self.held.get(pk, False)
        return pk, {"status": "on_hold" if self.held[pk] else "in_progress", "notes": "Waiting for the customer to ring back."}


class Deep(NamedTuple):
    """A page far down the list: the cursor that leads to it, and its newest request."""

    cursor: str
    newest: int


@dataclass
class Desk:
    """What a lane knows of the database it works on; two lanes never patch the same requests."""

    key: str
    tokens: dict[int, str]
    readers: list[int]
    writers: list[int]
    owned: list[tuple[int, int]]
    """Requests that are read: (id, customer)."""
    targets: Targets
    deep: Deep = field(default_factory=lambda: Deep("", 0))

    def support(self, n: int) -> str:
        """Return the token of a support representative."""
        return self.tokens[SUPPORT[n % 5]]


def prepare(database: Database) -> tuple[Desk, Desk]:
    """Log everybody in; return the desk of the application and that of the floor."""
    known = customers(database.size)
    readers, writers = list(known[:READERS]), list(known[READERS : 2 * READERS])
    people = [*SUPPORT[:5], HEAVY, *readers, *writers]
    made = json.loads(database.manage("shell", "--no-imports", "-c", f"from bench.people import log_in; log_in({people})"))
    tokens = {int(pk): token for pk, token in made["tokens"].items()}
    with psycopg.connect(database.url) as connection:
        owned = connection.execute(
            "SELECT id, customer_id FROM gasutil_servicerequest WHERE customer_id = ANY(%s) ORDER BY md5(id::text)", [readers]
        ).fetchall()
        rows = connection.execute(
            "SELECT id FROM gasutil_servicerequest WHERE status = 'in_progress' AND NOT customer_id = ANY(%s) ORDER BY md5(id::text) LIMIT 400",
            [[*readers, HEAVY]],
        ).fetchall()
    ids = [pk for (pk,) in rows]
    app, floor = (Desk(made["key"], tokens, readers, writers, owned, Targets(ids[part::2])) for part in (0, 1))
    return app, floor


def find_deep(client: Client, desk: Desk, size: int) -> Deep:
    """Follow `next` down to half the list, as a client would."""
    page = client.json(Ask("GET", f"{API}requests/?page_size=100", desk.support(0)))
    for _ in range(min(size // 2, DEEPEST) // 100 - 1):
        page = client.json(Ask("GET", page["next"].removeprefix(f"http://127.0.0.1:{client.port}"), desk.support(0)))
    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    newest = client.json(Ask("GET", f"{API}requests/?{urlencode({'cursor': cursor})}", desk.support(0)))["results"][0]["id"]
    return Deep(cursor, newest)


@dataclass(frozen=True)
class Call:
    """One kind of call: what the n-th of them asks of the API and of the floor."""

    name: str
    of_api: Callable[[Desk, int], Ask]
    of_floor: Callable[[Desk, int], Ask]
    reads: bool = True


def _read(name: str, path: str, floor: str, token: Callable[[Desk, int], str], **query: str) -> Call:
    """Return a call of a list."""
    tail = f"?{urlencode(query)}" if query else ""
    return Call(
        name,
        lambda desk, n: Ask("GET", f"{API}{path}{tail}", token(desk, n)),
        lambda desk, n: Ask("GET", f"{floor}{tail}", token(desk, n)),
    )


def _reader(desk: Desk, n: int) -> str:
    return desk.tokens[desk.readers[n % len(desk.readers)]]


def _heavy(desk: Desk, n: int) -> str:
    return desk.tokens[HEAVY]


def _get(name: str, floor: str, token: Callable[[Desk, int, int], str]) -> Call:
    """Return a call of one request."""

    def of(path: str) -> Callable[[Desk, int], Ask]:
        def ask(desk: Desk, n: int) -> Ask:
            pk, owner = desk.owned[n % len(desk.owned)]
            return Ask("GET", path.format(pk), token(desk, n, owner))

        return ask

    return Call(name, of(f"{API}requests/{{}}/"), of(f"{floor}?id={{}}"))


def _create(path: str, expected: int) -> Callable[[Desk, int], Ask]:
    return lambda desk, n: Ask("POST", path, desk.tokens[desk.writers[n % len(desk.writers)]], SUBMISSION, expected)


def _patch(path: str) -> Callable[[Desk, int], Ask]:
    def ask(desk: Desk, n: int) -> Ask:
        pk, change = desk.targets.turn(n)
        return Ask("PATCH", path.format(pk), desk.support(n), change)

    return ask


CALLS = [
    _read("list, customer", "requests/", "/list/customer", _reader),
    _read("list, 2% customer", "requests/", "/list/customer", _heavy),
    _read("list, support", "requests/", "/list/support", Desk.support),
    _read("list, filtered", "requests/", "/list/filtered", Desk.support, **FILTER),
    Call(
        "list, deep page",
        lambda desk, n: Ask("GET", f"{API}requests/?{urlencode({'cursor': desk.deep.cursor})}", desk.support(n)),
        lambda desk, n: Ask("GET", f"/list/deep?newest={desk.deep.newest}", desk.support(n)),
    ),
    _get("retrieve, customer", "/get/customer", lambda desk, n, owner: desk.tokens[owner]),
    _get("retrieve, support", "/get/support", lambda desk, n, owner: desk.support(n)),
    Call("create", _create(f"{API}requests/", 201), _create("/create", 200), reads=False),
    Call("patch", _patch(f"{API}requests/{{}}/"), _patch("/patch?id={}"), reads=False),
    _read("updates, customer", "request-updates/", "/updates/customer", _reader),
    _read("updates, 2% customer", "request-updates/", "/updates/customer", _heavy),
    _read("updates, support", "request-updates/", "/updates/support", Desk.support),
]
