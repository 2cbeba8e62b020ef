"""The users and requests of a target's database that the calls use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import psycopg

from bench.client import Ask, Client
from bench.code import HERE
from bench.databases import Database
from bench.fill import HEAVY, SUPPORT, customers

# Customers whose requests are read and never changed, so that every round reads the same.
READERS = 20
DEEPEST = 20_000  # rows before the deep page, at most
CHANGING = 200  # requests that each target changes in turn, at most
PASSWORD = "Bench-of-the-desk-2026"
PREPARE = """
from bench.login import log_in_to_console, set_passwords
set_passwords({users}, {password!r})
log_in_to_console({manager})
"""
OWNED = """
SELECT id, customer_id
FROM gasutil_servicerequest
WHERE customer_id = ANY(%s)
ORDER BY md5(id::text)
"""
IN_PROGRESS = """
SELECT id
FROM gasutil_servicerequest
WHERE status = 'in_progress' AND NOT customer_id = ANY(%s)
ORDER BY md5(id::text)
LIMIT %s
"""


@dataclass
class RequestPool:
    """Requests that are put on hold and resumed in turn."""

    ids: Sequence[int]
    turns: int = 0

    def turn(self) -> tuple[int, dict[str, Any]]:
        """Return the next request in turn, with a change that is allowed for it."""
        time, place = divmod(self.turns, len(self.ids))
        self.turns += 1
        return self.ids[place], {
            "status": "in_progress" if time % 2 else "on_hold",
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
    cookie: str = ""
    """Of a manager's session in the console."""
    deep: Deep = field(default_factory=lambda: Deep("", 0))

    def support(self, n: int) -> str:
        """Return the token of a support representative."""
        return self.tokens[SUPPORT[n % 5]]

    def writer(self, n: int) -> str:
        """Return the token of a customer whose requests are not read."""
        return self.tokens[self.writers[n % len(self.writers)]]


def prepare(database: Database, targets: int) -> list[TargetData]:
    """Log all users in; return the data of each of the targets that use a database."""
    known = customers(database.size)
    readers, writers = list(known[:READERS]), list(known[READERS : 2 * READERS])
    people = [*SUPPORT[:5], HEAVY, *readers, *writers]
    cookie = prepare_accounts(database, writers)  # a new password ends logins
    made = json.loads(
        database.shell(f"from {database.code.log_in} import log_in; log_in({people})")
    )
    tokens = {int(pk): token for pk, token in made["tokens"].items()}
    with psycopg.connect(database.url) as connection:
        owned = connection.execute(OWNED, [readers]).fetchall()
        rows = connection.execute(IN_PROGRESS, [[*readers, HEAVY], CHANGING * targets]).fetchall()
    ids = [pk for (pk,) in rows]
    return [
        TargetData(
            made["key"], tokens, readers, writers, owned, RequestPool(ids[part::targets]), cookie
        )
        for part in range(targets)
    ]


def prepare_accounts(database: Database, with_password: Sequence[int]) -> str:
    """Give users a password, and return the cookie of a manager in the console.

    Neither logins nor pages of other releases are measured.
    """
    if database.code is not HERE:
        return ""
    script = PREPARE.format(users=list(with_password), password=PASSWORD, manager=SUPPORT[6])
    return str(json.loads(database.shell(script))["cookie"])


def find_deep(client: Client, data: TargetData, size: int) -> Deep:
    """Follow `next` to the middle of the list, as a client would."""
    token = data.support(0)
    page = client.json(Ask("GET", "/api/v1/requests/?page_size=100", token))
    for _ in range(min(size // 2, DEEPEST) // 100 - 1):
        path = page["next"].removeprefix(f"http://127.0.0.1:{client.port}")
        page = client.json(Ask("GET", path, token))
    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    path = f"/api/v1/requests/?{urlencode({'cursor': cursor})}"
    newest = client.json(Ask("GET", path, token))["results"][0]["id"]
    return Deep(cursor, newest)
