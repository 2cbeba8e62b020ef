"""Two hundred open streams on one process.

They need few connections, and each receives a change.
"""

import asyncio
import json
from pathlib import Path

import psycopg
import pytest

from bench.sse_clients import hang_up, listen, until_heard
from tests.support.databases import empty_database
from tests.support.servers import LiveServer

pytestmark = pytest.mark.services
STREAMS, EACH, HANDFUL = 200, 5, 10
PEOPLE = """
import json
from gasutil.identity import logins
from gasutil.models import User
people = [
    User.objects.create(
        username=f"agent{n}", email=f"agent{n}@example.com", user_type="support", is_approved=True
    )
    for n in range(40)
]
print(json.dumps([[user.pk, logins.start_login(user).access] for user in people]))
"""


def connections(url: str) -> int:
    with psycopg.connect(url) as session:
        row = session.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <>"
            " pg_backend_pid()"
        ).fetchone()
    return int(row[0]) if row else -1


async def receive_change(desk: LiveServer) -> tuple[int, list[str]]:
    """Open the streams and make a change.

    Return the number of connections and the messages of each.
    """
    people = json.loads(desk.manage("shell", "-v0", "-c", PEOPLE))
    clients = await listen(desk.port, people * EACH)
    try:
        needed = await asyncio.to_thread(connections, desk.environment["DATABASE_URL"])
        await asyncio.to_thread(desk.add_note, "On our way")
        await until_heard(clients, STREAMS, 20)
        return needed, [
            " ".join(heard.data["update"]["notes"] for heard in stream.heard) for stream in clients
        ]
    finally:
        hang_up(clients)


def test_two_hundred_streams_need_a_handful_of_connections(tmp_path: Path, db: None) -> None:
    with empty_database() as settings:
        desk = LiveServer(tmp_path, **settings)
        desk.start()
        try:
            needed, heard = asyncio.run(receive_change(desk))
        finally:
            desk.stop()
    assert heard == ["On our way"] * STREAMS
    assert 0 < needed <= HANDFUL
