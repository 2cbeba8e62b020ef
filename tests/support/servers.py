"""Real servers, and the calls that tests make to them.

`Server` starts, stops and kills the processes of the desk; `LiveServer` adds users who call it.
"""

import json
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from gasutil.background import QUEUES
from project.settings import BASE_DIR
from tests.support import processes
from tests.support.databases import database_url
from tests.support.processes import Process, environment_of, free_port, status_of
from tests.support.waiting import wait_for

TIMEOUT_SECONDS = 30
GRANIAN = ("-m", "granian", "--interface", "asginl", "--host", "127.0.0.1")
OPTIONS = ("--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "2")
SETUP = """
import json
from django.core.management import call_command
from django.contrib.auth.models import Group
from gasutil.access import SYSTEM, Actor
from gasutil.groups import SUPPORT
from gasutil.identity import logins
from gasutil.models import User
from gasutil.workflow import requests
call_command("migrate", verbosity=0)
def user(name, **more):
    return User.objects.create(
        username=name,
        email=name + "@example.com",
        phone_number="+917890123456",
        address="1 Street",
        **more,
    )
people = {
    "customer": user("customer"),
    "neighbour": user("neighbour"),
    "support": user(
        "support", user_type="support", is_approved=True, first_name="Arjun", last_name="Nair"
    ),
    "pending": user("pending", user_type="support"),
}
people["support"].groups.add(Group.objects.get(name=SUPPORT))
obj = requests.submit(
    actor=Actor(people["customer"]), request_type="gas_leak_inspection", description="x"
)
logged_in = {name: logins.start_login(person)._asdict() for name, person in people.items()}
print(json.dumps({"pk": obj.pk} | logged_in))
"""


def on_the_tests_database(**more: str) -> dict[str, str]:
    """Return the environment of a program on the database and the Redis of the tests."""
    known = {"SECRET_KEY": settings.SECRET_KEY, "REDIS_URL": settings.REDIS_URL}
    return environment_of(**known | {"DATABASE_URL": database_url(), "EMAIL_URL": "dummy:"} | more)


class Server:
    """The processes of a desk: the code in a folder, an environment, and a port of its own."""

    def __init__(self, environment: Mapping[str, str], code: Path = BASE_DIR) -> None:
        self.code, self.port = code, free_port()
        self.environment = {**environment, "PORT": str(self.port)}
        self.processes: list[Process[bytes]] = []

    def __enter__(self) -> Self:
        """Start it for a block; it is stopped in the end."""
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        """Stop it."""
        self.stop()

    @property
    def url(self) -> str:
        """Return the address of the web process."""
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *command: str) -> str:
        """Run a command of manage.py and return what it prints."""
        return processes.manage(*command, environment=self.environment, folder=self.code)

    def run(
        self, command: Sequence[str], *, is_ready: Callable[[], Any] = lambda: True, **changed: str
    ) -> "Process[bytes]":
        """Start one more process, with some settings changed."""
        process = processes.start(
            command, self.environment | changed, is_ready=is_ready, folder=self.code
        )
        self.processes.append(process)
        return process

    def start(self) -> None:
        """Start the web process."""
        where = ("--port", str(self.port), "project.asgi:application")
        self.web = self.run([sys.executable, *GRANIAN, *OPTIONS, *where], is_ready=self.is_ready)

    def start_worker(self, *options: str, **changed: str) -> "Process[bytes]":
        """Start a background worker."""
        return self.run([sys.executable, "manage.py", "worker", *options], **changed)

    def start_workers(self, *queues: str) -> "list[Process[bytes]]":
        """Start a worker for each of some queues, or of all."""
        return [self.start_worker("--queue", queue) for queue in queues or QUEUES]

    def is_ready(self) -> bool:
        """Return whether the web process responds."""
        return status_of(f"{self.url}/api/v1/request-types/") == 200

    def is_running(self) -> bool:
        """Return whether every process that was started is still there."""
        return all(process.poll() is None for process in self.processes)

    def stop(self, *some: "Process[bytes]") -> None:
        """Stop some of the processes, or all."""
        stopped = some or tuple(reversed(self.processes))
        self.processes = [process for process in self.processes if process not in stopped]
        processes.stop(*stopped)

    def kill(self) -> None:
        """Kill all of the processes at once, as a machine without memory does."""
        processes.kill(*self.processes)
        self.processes.clear()
        wait_for(lambda: not self.is_ready())


@cache
def migrated() -> bytes:
    """Return the file of a database that has its tables. It is made once and copied."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "db.sqlite3")
        environment = environment_of(DATABASE_URL=f"sqlite:///{file}")
        processes.manage("migrate", "-v0", environment=environment)
        return file.read_bytes()


class LiveServer(Server):
    """A server on a database of its own, and the people who call it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        known = {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}", "MEDIA_ROOT": str(folder)}
        super().__init__(environment_of(**known | settings))
        if "DATABASE_URL" not in settings:
            (folder / "db.sqlite3").write_bytes(migrated())
        self.known = json.loads(self.manage("shell", "-v0", "-c", SETUP))

    @property
    def front_port(self) -> int:
        """Return the port that clients call."""
        return self.port

    def request(
        self, method: str, path: str, who: str = "", body: Any = None, **headers: str
    ) -> Any:
        """Return a call by one of the people."""
        given = {"Content-Type": "application/json"} if body is not None else {}
        if who:
            given["Authorization"] = f"Bearer {self.known[who]['access']}"
        data = json.dumps(body).encode() if body is not None else None
        return urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            data,
            given | {name.replace("_", "-"): value for name, value in headers.items()},
            method=method,
        )

    def call(self, method: str, path: str, who: str = "", body: Any = None) -> tuple[int, Any]:
        """Return the status and the body of a response; status 0 without one."""
        try:
            with urllib.request.urlopen(
                self.request(method, path, who, body), timeout=10
            ) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        except OSError:
            return 0, None

    def add_note(self, notes: str, **more: Any) -> int:
        """Add a note to the request as the agent, and return the ID of its row in the log."""
        status, update = self.call(
            "PATCH", f"requests/{self.known['pk']}/", "support", {"notes": notes, **more}
        )
        assert status == 200, update
        return int(
            self.call("GET", "request-updates/?page_size=1", "support")[1]["results"][0]["id"]
        )
