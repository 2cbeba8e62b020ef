"""A server under load, which a test can kill, and the checks that nothing is lost."""

import hashlib
import io
import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.support.servers import LiveServer
from tests.support.waiting import wait_for

TYPE = "gas_leak_inspection"
NOT_NOTIFIED = """
SELECT history_id FROM gasutil_requestupdate WHERE history_id NOT IN (
    SELECT jsonb_array_elements_text(args_kwargs->'args'->0)::bigint
    FROM django_tasks_database_dbtaskresult
    WHERE task_path = 'gasutil.notify.deliveries.plan_notifications'
)
"""


@dataclass
class Call:
    """One call and its response, if there was one."""

    what: str
    key: str
    send: Callable[[], tuple[int, Any]]
    status: int = 0
    body: Any = None

    def make(self) -> None:
        self.status, self.body = self.send()


class BusyServer(LiveServer):
    """A server, and customers and agents who call it as fast as they can."""

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, **{"JWT_ACCESS_SECONDS": "3600"} | settings)
        self.calls: list[Call] = []
        self.pictures: dict[str, str] = {}  # the digest of what was sent, by the call's key
        self.numbers = count(1)

    def health(self) -> tuple[int, Any]:
        """Return the status and the body of `/health/`."""
        try:
            with urllib.request.urlopen(f"{self.url}/health/", timeout=20) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def send(
        self, path: str, who: str, body: Any, key: str = "", method: str = "POST"
    ) -> tuple[int, Any]:
        """Make a call; a body in bytes is a form. Status 0 means no response."""
        is_form = isinstance(body, bytes)
        headers = {"Idempotency_Key": key} if key else {}
        request = self.request(
            method,
            path,
            who,
            None if is_form else body,
            **headers | ({"Content_Type": MULTIPART_CONTENT} if is_form else {}),
        )
        request.data = body if is_form else request.data
        try:
            with urllib.request.urlopen(request, timeout=40) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {
                    "headers": {name.title(): value for name, value in error.headers.items()},
                    "text": error.read().decode(),
                }
        except (OSError, ValueError):
            return 0, None

    # --- What the users do
    # -------------------------------------------------------------------------------------
    def file(self) -> Call:
        key = f"json-{next(self.numbers)}"
        return Call(
            "request",
            key,
            partial(
                self.send, "requests/", "customer", {"request_type": TYPE, "description": key}, key
            ),
        )

    def file_with_picture(self) -> Call:
        number = next(self.numbers)
        key, picture = f"form-{number}", io.BytesIO()
        Image.new("RGB", (300, 200), (number % 251, number // 251, 7)).save(picture, "PNG")
        picture.seek(0)
        picture.name = "meter.png"
        form = encode_multipart(
            BOUNDARY, {"request_type": TYPE, "description": key, "attachments": picture}
        )
        return Call("form", key, partial(self.send, "requests/", "customer", form, key))

    def note(self) -> Call:
        key = f"note-{next(self.numbers)}"
        return Call(
            "note",
            key,
            partial(
                self.send,
                f"requests/{self.known['pk']}/",
                "support",
                {"notes": key},
                method="PATCH",
            ),
        )

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Make all these calls in threads until the block ends."""
        over = threading.Event()

        def work(make: Callable[[], Call]) -> None:
            while not over.is_set():
                call = make()
                self.calls.append(call)
                call.make()
                if call.status == 0:
                    time.sleep(0.05)  # no faster while the server is away

        threads = [
            threading.Thread(target=work, args=(make,))
            for make in (self.file, self.file_with_picture, self.note, self.file)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join(60)

    def get_going(self, number: int = 3) -> None:
        """Wait until so many more of each sort of call have been done."""
        before = self.done()
        wait_for(
            lambda: all(
                self.done()[what] >= before[what] + number for what in ("request", "form", "note")
            )
        )

    def done(self) -> "Counter[str]":
        """Return how many calls of each sort have been done."""
        return Counter(call.what for call in list(self.calls) if call.status in (200, 201))

    # --- What must be true afterwards
    # ----------------------------------------------------------------------------
    def check(self) -> None:
        """Check that everything that was confirmed is stored, once and whole."""
        assert {call.status for call in self.calls} <= {0, 200, 201, 503}, Counter(
            call.status for call in self.calls
        )
        self.check_rejections()
        filed = [call for call in self.calls if call.what != "note"]
        for call in filed:
            if call.status != 201:
                call.make()
                assert call.status == 201, (call.key, call.body)
        result = self.all_of("requests/", "customer")
        times = Counter(item["description"] for item in result)
        assert {call.key: times[call.key] for call in filed if times[call.key] != 1} == {}
        assert times.total() == len(filed) + 1  # and the one that was there at the start
        for call in filed:
            self.check_request(call)
        counts = Counter(
            item["notes"]
            for item in self.all_of(
                f"request-updates/?service_request={self.known['pk']}", "support"
            )
        )
        for call in self.calls:
            if call.what == "note":
                assert counts[call.key] == 1 if call.status == 200 else counts[call.key] <= 1
        assert "missing" not in self.manage("sweep_files", "--grace", "0")
        self.check_that_all_are_notified()

    def check_that_all_are_notified(self) -> None:
        """Check that each row of the log has the task that plans its mails and webhooks."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as session:
            assert session.execute(NOT_NOTIFIED).fetchall() == []

    def check_rejections(self) -> None:
        for call in self.calls:
            if call.status == 503:
                assert call.body["headers"]["Content-Type"] == "application/problem+json"
                assert int(call.body["headers"]["Retry-After"]) > 0
                assert "Traceback" not in call.body["text"]

    def check_request(self, call: Call) -> None:
        """Check the first row of the log of a request, and its file."""
        status, shown = self.call("GET", f"requests/{call.body['id']}/", "customer")
        assert (status, shown["description"], shown["updates"][0]["previous_status"]) == (
            200,
            call.key,
            None,
        )
        assert len(shown["attachments"]) == (
            call.what == "form" and "files_refused" not in call.body
        )
        for file in shown["attachments"]:
            with urllib.request.urlopen(
                self.request("GET", f"attachments/{file['id']}/download/", "customer"), timeout=20
            ) as response:
                assert hashlib.sha256(response.read()).hexdigest() == file["sha256"]

    def all_of(self, path: str, who: str) -> list[Any]:
        """Return everything in a list, page after page."""
        result: list[Any] = []
        following = f"{path}{'&' if '?' in path else '?'}page_size=100"
        while following:
            status, page = self.call("GET", following.partition("/api/v1/")[2] or following, who)
            assert status == 200, page
            result += page["results"]
            following = page["next"] or ""
        return result
