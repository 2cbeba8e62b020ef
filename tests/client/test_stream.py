"""The reader of the stream against a scripted server: responses and reconnects."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from gasutil_client import (
    Connected,
    Event,
    FileBookmarks,
    LoginEnded,
    Lost,
    MemoryTokens,
    Notice,
    Refused,
    Reset,
    Session,
    Stream,
)
from gasutil_client.bookmarks import MAX_STORED_IDS, Bookmark
from gasutil_client.generated.models import TokenPair

HELLO = b"retry: 10\nid: 0-0\n\n"
AGAIN = b"retry: 10\n\n"


def event(number: int, position: str = "") -> bytes:
    update = {
        "id": number,
        "service_request": 1,
        "event": "request.new_kind",
        "milestone": None,
        "attachment": None,
        "changes": {},
        "status": "pending",
        "previous_status": None,
    }
    update |= {
        "notes": f"Note {number}",
        "is_internal": False,
        "author": None,
        "author_kind": "system",
        "author_name": None,
        "created_at": "2026-11-23T14:31:12Z",
        "occurred_at": "2026-11-23T14:31:12Z",
    }
    data = {
        "id": number,
        "event": "request.new_kind",
        "service_request": 1,
        "reference": "SR-1",
        "update": update,
    }
    event_id = position or f"0-{number}"
    return f"id: {event_id}\nevent: request.new_kind\ndata: {json.dumps(data)}\n\n".encode()


def problem(status: int) -> bytes:
    return json.dumps(
        {"type": "x", "title": "No", "status": status, "detail": f"No: {status}."}
    ).encode()


class FakeServer:
    """A server that returns the next of its scripted responses: a status, headers, and pieces.

    A number among them is a pause.
    """

    def __init__(self) -> None:
        self.script: list[tuple[int, dict[str, str], list[bytes | float]]] = []
        self.asked: list[tuple[str, str, str]] = []
        self.refreshed = 0
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                desk.asked.append(
                    (
                        self.path,
                        self.headers.get("Last-Event-ID", ""),
                        self.headers["Authorization"],
                    )
                )
                self.answer(*desk.script.pop(0))

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                desk.refreshed += 1
                tokens = {
                    "expires_in": 300,
                    "refresh": f"refresh-{desk.refreshed}",
                    "access": f"access-{desk.refreshed}",
                }
                over = desk.refreshed > 3
                self.answer(
                    401 if over else 200,
                    {},
                    [problem(401) if over else json.dumps(tokens).encode()],
                )

            def answer(
                self, status: int, headers: dict[str, str], pieces: list[bytes | float]
            ) -> None:
                self.send_response(status)
                kind = "text/event-stream" if status == 200 else "application/problem+json"
                for name, value in {"Content-Type": kind, **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in pieces:
                    if isinstance(piece, float):
                        time.sleep(piece)  # the pace of a server
                    else:
                        self.wfile.write(piece)

            def log_message(self, *args: Any) -> None:
                """Log nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def plays(self, *pieces: bytes | float, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.script.append((status, named, list(pieces)))


@pytest.fixture
def desk() -> Iterator[FakeServer]:
    desk = FakeServer()
    thread = threading.Thread(target=desk.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield desk
    desk.http.shutdown()
    desk.http.server_close()
    thread.join()


@pytest.fixture
def session(desk: FakeServer) -> Iterator[Session]:
    with Session(desk.url, MemoryTokens(TokenPair("refresh-0", "access-0", 300))) as session:
        yield session


Follow = Callable[..., list[Notice]]
pauses: list[float] = []


@pytest.fixture
def follow(session: Session) -> Follow:
    """Return `follow(number)`: the first events of a stream."""
    pauses.clear()

    def follow(number: int, stream: Stream | None = None) -> list[Notice]:
        notices = (stream or Stream(session, sleep=pauses.append)).follow()
        result = list(islice(notices, number))
        notices.close()  # type: ignore[attr-defined]
        return result

    return follow


def kinds_of(notices: list[Notice]) -> list[Any]:
    return [notice.id if isinstance(notice, Event) else type(notice) for notice in notices]


def test_it_reconnects_with_the_last_position_and_yields_each_event_once(
    desk: FakeServer, follow: Follow
) -> None:
    desk.plays(HELLO, event(1), event(2, "0-1"))
    desk.plays(AGAIN, event(2), event(3))
    assert kinds_of(follow(7)) == [Connected, 1, 2, Lost, Connected, 3, Lost]
    assert [last for _, last, _ in desk.asked] == ["", "0-1"]


def test_there_is_a_position_before_the_first_event(desk: FakeServer, follow: Follow) -> None:
    desk.plays(b"id: 5-5\n\n")
    desk.plays(AGAIN)
    assert kinds_of(follow(4)) == [Connected, Lost, Connected, Lost]
    assert desk.asked[1][1] == "5-5"


def test_an_event_is_typed_and_may_be_of_a_kind_that_is_new(
    desk: FakeServer, follow: Follow
) -> None:
    desk.plays(HELLO, event(1))
    item = follow(2)[1]
    assert isinstance(item, Event)
    assert (item.event, item.reference, item.update.notes, item.update.status.value) == (
        "request.new_kind",
        "SR-1",
        "Note 1",
        "pending",
    )


def test_an_expired_token_is_renewed_silently(desk: FakeServer, follow: Follow) -> None:
    desk.plays(HELLO, event(1), b"event: reauth\ndata: {}\n\n")
    desk.plays(AGAIN, event(2))
    assert kinds_of(follow(4)) == [Connected, 1, Connected, 2]
    assert [access for _, _, access in desk.asked] == ["Bearer access-0", "Bearer access-1"]
    assert pauses == []


def test_a_rejected_token_is_renewed_once(desk: FakeServer, follow: Follow) -> None:
    desk.plays(problem(401), status=401)
    desk.plays(HELLO, event(1))
    assert kinds_of(follow(2)) == [Connected, 1]
    assert [access for _, _, access in desk.asked] == ["Bearer access-0", "Bearer access-1"]


def test_a_login_that_is_over_ends_it(desk: FakeServer, session: Session, follow: Follow) -> None:
    desk.refreshed = 3
    desk.plays(problem(401), status=401)
    with pytest.raises(LoginEnded):
        follow(1)
    assert session.tokens.load() is None


def test_too_many_missed_events_are_an_event(desk: FakeServer, follow: Follow) -> None:
    desk.plays(b"retry: 10\nid: 9-9\nevent: reset\ndata: {}\n\n")
    desk.plays(AGAIN)
    assert kinds_of(follow(4)) == [Connected, Reset, Lost, Connected]
    assert desk.asked[1][1] == "9-9"


def test_it_waits_as_long_as_the_server_asks(desk: FakeServer, follow: Follow) -> None:
    desk.plays(problem(429), status=429, Retry_After="30")
    desk.plays(problem(503), status=503, Retry_After="2")
    desk.plays(problem(500), status=500)
    desk.plays(b"retry: 4000\n\n")
    desk.plays(HELLO)
    notices = follow(6)
    assert [type(notice) for notice in notices] == [Lost, Lost, Lost, Connected, Lost, Connected]
    reasons = [notice.reason for notice in notices if isinstance(notice, Lost)]
    assert reasons == ["No: 429.", "No: 503.", "No: 500.", "The server has ended the stream."]
    assert 30 <= pauses[0] <= 37.5
    assert 4 <= pauses[1] <= 5  # its own second pause is longer than what the server asks for
    assert 8 <= pauses[2] <= 10
    assert 4 <= pauses[3] <= 5


def test_pauses_grow_while_the_server_is_away(desk: FakeServer, follow: Follow) -> None:
    for _ in range(7):
        desk.plays(b"<h1>Bad gateway</h1>", status=502, Content_Type="text/html")
    assert [type(item) for item in follow(7)] == [Lost] * 7
    assert all(
        least <= pause <= least * 1.25
        for least, pause in zip([2, 4, 8, 16, 32, 60], pauses, strict=True)
    )


def test_a_connection_that_is_silent_is_given_up(
    desk: FakeServer, session: Session, follow: Follow
) -> None:
    desk.plays(HELLO, event(1), 2.0)
    desk.plays(AGAIN, event(2))
    notices = follow(5, Stream(session, silence=0.2, sleep=pauses.append))
    assert kinds_of(notices) == [Connected, 1, Lost, Connected, 2]


def test_a_permanent_rejection_is_an_error(desk: FakeServer, follow: Follow) -> None:
    desk.plays(problem(403), status=403)
    with pytest.raises(Refused, match=r"No: 403\."):
        follow(1)


def test_an_app_that_is_started_again_goes_on(
    desk: FakeServer, session: Session, follow: Follow, tmp_path: Path
) -> None:
    stored = tmp_path / "deep" / "stream.json"
    desk.plays(HELLO, event(1), event(2, "0-1"), event(3, "0-1"))
    assert kinds_of(follow(4, Stream(session, FileBookmarks(stored)))) == [
        Connected,
        1,
        2,
        3,
    ]  # dies over 3
    desk.plays(AGAIN, event(2), event(3))
    assert kinds_of(follow(2, Stream(session, FileBookmarks(stored)))) == [Connected, 3]
    assert desk.asked[1][1] == "0-1"
    assert stored.stat().st_mode & 0o777 == 0o600


def test_a_plain_loop_gets_events_alone(desk: FakeServer, session: Session) -> None:
    desk.plays(HELLO, event(1))
    desk.plays(AGAIN, event(2))
    assert kinds_of(list(islice(Stream(session, sleep=pauses.append), 2))) == [1, 2]


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"position": "1-1"}'])
def test_a_bookmark_that_cannot_be_read_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(text, encoding="utf-8")
    assert FileBookmarks(tmp_path / "kept").load() == Bookmark()


def test_the_memory_of_what_was_seen_is_bounded() -> None:
    bookmark = Bookmark()
    for number in range(MAX_STORED_IDS + 5):
        bookmark.see(number)
    assert (len(bookmark.seen), next(iter(bookmark.seen))) == (MAX_STORED_IDS, 5)


def test_a_server_that_is_not_there_is_away(session: Session) -> None:
    stream = Stream(Session("http://127.0.0.1:1", session.tokens), sleep=pauses.append)
    notice = next(stream.follow())
    assert isinstance(notice, Lost)
    assert "can't be reached" in notice.reason
    stream.session.close()


def test_its_timeout_is_longer_than_the_pause_between_pings(session: Session) -> None:
    assert Stream(session).timeout == httpx.Timeout(10, read=40)
