"""The processes of a release, and the calls and pages of the test."""

import io
import itertools
import re
import threading
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.support.servers import Server
from tests.support.waiting import wait_for

PATIENCE_SECONDS = 60
MAX_PAGES = 80
NOT_PAGES = re.compile(r"logout|export|download|delete|\?|#")
numbers = itertools.count(1)


class Release(Server):
    """The code of a release in a folder, and its processes."""

    def __init__(self, environment: Mapping[str, str], code: Path) -> None:
        super().__init__(environment, code)
        self.known: dict[str, dict[str, str]] = {}  # access tokens, by user name

    def request(self, method: str, path: str, who: str, **headers: str) -> urllib.request.Request:
        """Return a call by a user who has logged in."""
        given = {"Authorization": f"Bearer {self.known[who]['access']}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        return urllib.request.Request(f"{self.url}/api/v1/{path}", headers=given, method=method)


class Traffic:
    """The calls of customers and support, and the pages of managers. It stores every status."""

    def __init__(self, release: Release, passwords: Mapping[str, str]) -> None:
        self.release, self.passwords = release, passwords
        self.statuses: list[tuple[str, int, str]] = []
        self.filed: deque[int] = deque()
        self.rounds = {"api": 0, "console": 0}

    def failures(self) -> list[tuple[str, int, str]]:
        return [call for call in self.statuses if call[1] >= 500 or call[1] == 0]

    # --- The API
    # ----------------------------------------------------------------------------------------------
    def call(
        self, method: str, path: str, who: str = "", expected: int = 200, **content: Any
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.release.known[who]['access']}"} if who else {}
        response = httpx.request(
            method, f"{self.release.url}/api/v1/{path}", headers=headers, timeout=30, **content
        )
        self.statuses.append((f"{method} {path}", response.status_code, response.text[:200]))
        assert response.status_code == expected, (method, path, response.text)
        return response.json() if response.content else None

    def log_in(self) -> None:
        for who, password in self.passwords.items():
            self.release.known[who] = self.call(
                "POST", "login/", json={"username": who, "password": password}
            )

    def api(self) -> None:
        """Do what customers and support do with requests and accounts."""
        customer, support, number = "priya.sharma", "arjun.nair", next(numbers)
        self.log_in()
        self.call("POST", "register/", expected=201, json=account(number))
        leak = self.call("POST", "requests/", customer, 201, json=LEAK)
        photo = self.call(
            "POST",
            "requests/",
            customer,
            201,
            data=LEAK,
            files={"attachments": ("stove.png", picture(number), "image/png")},
        )
        other = self.call(
            "POST",
            "requests/",
            customer,
            201,
            json={"request_type": "no_supply", "description": "No gas since noon"},
        )
        self.filed += [leak["id"], photo["id"], other["id"]]
        pk = leak["id"]
        self.call(
            "PATCH",
            f"requests/{pk}/",
            support,
            json={"status": "in_progress", "notes": "A crew is on its way"},
        )
        self.call(
            "POST",
            f"requests/{pk}/comments/",
            customer,
            201,
            json={"notes": "The smell is stronger now"},
        )
        self.call(
            "PATCH", f"requests/{pk}/", support, json={"notes": "Ring twice", "is_internal": True}
        )
        self.call(
            "POST",
            f"requests/{pk}/milestones/",
            support,
            201,
            json={"milestone": "made_safe", "notes": "Valve closed"},
        )
        self.call(
            "POST",
            "request-updates/",
            support,
            201,
            json={"service_request": pk, "status": "resolved", "notes": "Joint replaced"},
        )
        self.call("POST", f"requests/{pk}/reopen/", customer, json={"notes": "It smells again"})
        self.call("PATCH", f"requests/{other['id']}/", support, json={"priority": "high"})
        self.call("POST", f"requests/{other['id']}/cancel/", customer, json={"notes": "It is back"})
        for path in (
            "requests/",
            f"requests/{pk}/",
            "request-updates/",
            "profile/",
            "request-types/",
        ):
            self.call("GET", path, customer)
        (file,) = self.call("GET", f"requests/{photo['id']}/", customer)["attachments"]
        for path in (
            "requests/?status=pending",
            f"requests/{pk}/history/",
            "dashboard/",
            f"attachments/{file['id']}/",
        ):
            self.call("GET", path, support)
        self.call(
            "PATCH",
            "profile/",
            customer,
            json={"address": f"B-{number}, Lotus Residency, Pune - 411045"},
        )
        self.call(
            "POST", "login/refresh/", json={"refresh": self.release.known[customer]["refresh"]}
        )
        self.call(
            "POST", "password-reset/", expected=202, json={"email": "priya.sharma@example.com"}
        )

    # --- The console
    # ---------------------------------------------------------------------------------------------
    def console(self) -> None:
        """Read the pages that a manager comes to from the front page, and save something."""
        with httpx.Client(base_url=self.release.url, follow_redirects=True, timeout=60) as browser:
            browser.get("/admin/login/")
            form = {
                "username": "meera.iyer",
                "password": self.passwords["meera.iyer"],
                "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            }
            front = browser.post("/admin/login/?next=/admin/", data=form)
            assert front.status_code == 200
            assert "csrfmiddlewaretoken" in front.text
            reply = {
                "title": f"Reply {next(numbers)}",
                "text": "Dear {customer}",
                "position": 1,
                "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            }
            saved = browser.post("/admin/gasutil/cannedreply/add/", data=reply)
            assert (saved.status_code, saved.url.path) == (200, "/admin/gasutil/cannedreply/")
            waiting, seen = deque(links(front.text)), set[str]()
            while waiting and len(seen) < MAX_PAGES:
                path = waiting.popleft()
                if shape(path) not in seen:
                    seen.add(shape(path))
                    page = browser.get(path)
                    self.statuses.append((path, page.status_code, page.text[:200]))
                    waiting += links(page.text)

    # --- Both, again and again
    # -----------------------------------------------------------------------------------
    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Repeat calls and pages in two threads, until a whole round after the block."""
        over, errors = threading.Event(), list[BaseException]()

        def repeat(name: str, work: Callable[[], None]) -> None:
            try:
                while not over.is_set():
                    work()
                    self.rounds[name] += 1
            except BaseException as error:
                errors.append(error)

        threads = [
            threading.Thread(target=repeat, args=(work.__name__, work))
            for work in (self.api, self.console)
        ]
        for thread in threads:
            thread.start()
        try:
            wait_for(lambda: errors or self.rounds["api"])
            yield
            before = dict(self.rounds)
            wait_for(
                lambda: errors or all(self.rounds[name] > before[name] + 1 for name in before),
                PATIENCE_SECONDS * 3,
            )
        finally:
            over.set()
            for thread in threads:
                thread.join(PATIENCE_SECONDS * 3)
        if errors:
            raise errors[0]


LEAK = {
    "request_type": "gas_leak_inspection",
    "description": "Suspected gas leak near kitchen stove",
}


def account(number: int) -> dict[str, str]:
    return {
        "username": f"newcomer{number}",
        "password": "CustomerGas@2024",
        "password2": "CustomerGas@2024",
        "email": f"newcomer{number}@example.com",
        "first_name": "Anshu",
        "last_name": "Singh",
        "phone_number": "+917890123456",
        "address": "Flat 302, Sunrise Apartments, Bengaluru - 560095",
        "user_type": "customer",
    }


def picture(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), (number % 251, 100, 7)).save(file, "PNG")
    return file.getvalue()


def links(text: str) -> list[str]:
    """Return the pages that a page of the console links to."""
    return [
        path for path in re.findall(r'href="(/admin/[^"]*)"', text) if not NOT_PAGES.search(path)
    ]


def shape(path: str) -> str:
    """Return a path without its ids: one page of each shape is enough."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "N", path)
