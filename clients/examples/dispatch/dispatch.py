"""A dispatch system: each open emergency becomes one work order, whose steps become milestones.

    dispatch.py                      receive webhooks and work until stopped
    dispatch.py step WO-1 on_site    note what a crew reports
    dispatch.py orders               list the work orders and their steps

All that it knows is in one SQLite file: it can be killed at any time and started again.
"""

import os
import sqlite3
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from standardwebhooks import Webhook, WebhookVerificationError

PORT = int(os.environ.get("DISPATCH_PORT", "8100"))
OPEN = ("pending", "in_progress", "on_hold")
POLL_SECONDS = 5  # between two looks, in case that a webhook does not arrive
RECORDED = (201, 409)  # 409: the milestone is recorded already, or is not possible any more

wake = threading.Event()
db = sqlite3.connect(os.environ.get("DISPATCH_DB", "dispatch.db"), isolation_level=None)
db.executescript("""
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, request INTEGER UNIQUE, address TEXT);
CREATE TABLE IF NOT EXISTS steps (id INTEGER PRIMARY KEY, work_order INTEGER, name TEXT,
    key TEXT, result TEXT, UNIQUE (work_order, name));
""")


def state(name: str, default: str) -> str:
    """Return a stored value; store the default if there is none."""
    db.execute("INSERT OR IGNORE INTO state VALUES (?, ?)", (name, default))
    return str(db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()[0])


def store(name: str, value: object) -> None:
    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, str(value)))


def subscribe(api: httpx.Client) -> str:
    """Return the secret of the webhook, which is created once, even if the response was lost."""
    if not state("secret", ""):
        webhook = {"name": "Dispatch", "url": f"http://127.0.0.1:{PORT}/", "events": EVENTS}
        key = state("webhook key", str(uuid.uuid4()))
        response = api.post("webhooks/", json=webhook, headers={"Idempotency-Key": key})
        store("secret", response.raise_for_status().json()["secret"])
    return state("secret", "")


EVENTS = [
    "request.created",
    "request.status_changed",
    "request.reclassified",
    "request.prioritised",
]


class Receiver(BaseHTTPRequestHandler):
    """Verify a webhook and respond at once. The work is done by what the log says."""

    secret = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            Webhook(self.secret).verify(body, {k.lower(): v for k, v in self.headers.items()})
        except WebhookVerificationError:
            return self.respond(401)
        wake.set()
        return self.respond(204)

    def respond(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()


def catch_up(api: httpx.Client) -> None:
    """Handle every update since the last one, after five seconds or after a week."""
    url = f"request-updates/?after={state('last', '0')}&page_size=100"
    while url:
        page = api.get(url).raise_for_status().json()
        for pk in dict.fromkeys(update["service_request"] for update in page["results"]):
            sync(api, api.get(f"requests/{pk}/").raise_for_status().json())
        if page["results"]:
            store("last", page["results"][-1]["id"])  # only now: a crash repeats the page
        url = page["next"]


def sync(api: httpx.Client, request: dict) -> None:
    """Make the work order of a request what it has to be; doing it twice changes nothing."""
    if not (request["is_emergency"] and request["status"] in OPEN):
        return
    values = (request["id"], request["address"])
    db.execute("INSERT OR IGNORE INTO orders (request, address) VALUES (?, ?)", values)
    (number,) = db.execute("SELECT id FROM orders WHERE request = ?", values[:1]).fetchone()
    reference = {"id": f"WO-{number}"}
    api.put(f"requests/{request['id']}/references/dispatch/", json=reference).raise_for_status()


def report_steps(api: httpx.Client) -> None:
    """Record the steps of crews as milestones, each once: a repeated call has the same key."""
    waiting = db.execute("""
        SELECT steps.id, request, name, key FROM steps JOIN orders ON orders.id = work_order
        WHERE result IS NULL ORDER BY steps.id
    """)
    for pk, request, name, key in waiting.fetchall():
        response = api.post(
            f"requests/{request}/milestones/",
            json={"milestone": name},
            headers={"Idempotency-Key": key},
        )
        if response.status_code not in RECORDED:
            response.raise_for_status()
        db.execute("UPDATE steps SET result = ? WHERE id = ?", (response.status_code, pk))


def work() -> None:
    """Receive webhooks, and work until stopped."""
    headers = {"Authorization": f"Bearer {os.environ['DESK_KEY']}"}
    with httpx.Client(base_url=os.environ["DESK_API"], headers=headers, timeout=30) as api:
        Receiver.secret = subscribe(api)
        server = ThreadingHTTPServer(("127.0.0.1", PORT), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        while True:
            wake.clear()
            try:
                catch_up(api)
                report_steps(api)
            except httpx.HTTPError as error:  # the desk is away: nothing is forgotten
                print(error, file=sys.stderr)
            wake.wait(POLL_SECONDS)


match sys.argv[1:]:
    case []:
        work()
    case ["step", order, name]:
        step = (order.removeprefix("WO-"), name, str(uuid.uuid4()))
        db.execute("INSERT OR IGNORE INTO steps (work_order, name, key) VALUES (?, ?, ?)", step)
    case ["orders"]:
        rows = db.execute("""
            SELECT 'WO-' || orders.id, request, address, group_concat(name) FROM orders
            LEFT JOIN steps ON work_order = orders.id AND result IS NOT NULL GROUP BY orders.id
        """)
        for row in rows:
            print(*(value for value in row if value), sep="\t")
    case _:
        sys.exit(__doc__)
