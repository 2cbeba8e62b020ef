"""Servers that really run, and the calls that tests make to them."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

from project.settings import BASE_DIR
from tests.support import processes

TIMEOUT_SECONDS = 30


SECRET = "s" * 40


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


@cache
def migrated() -> bytes:
    """Return the file of a database that has its tables, made once.

    Every desk begins with a copy of it.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "db.sqlite3")
        environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": SECRET,
            "DATABASE_URL": f"sqlite:///{file}",
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            cwd=BASE_DIR,
            env=environment,
            check=True,
        )
        return file.read_bytes()


class LiveServer:
    """A server, and who may call it."""

    application = ("asginl", "project.asgi:application")

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        stored = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")
        }
        database = {
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            "MEDIA_ROOT": str(folder),
            "PORT": str(self.port),
        }
        self.environment = stored | {"SECRET_KEY": SECRET} | database | settings
        self.process: subprocess.Popen[bytes] | None = None
        if "DATABASE_URL" not in settings:
            (folder / "db.sqlite3").write_bytes(migrated())
        self.known = json.loads(self.manage("shell", "-v0", "-c", SETUP))

    def manage(self, *command: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE_DIR,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def start(self) -> None:
        interface, application = self.application
        server = [
            "-m",
            "granian",
            "--interface",
            interface,
            "--no-access-log",
            "--log-level",
            "warning",
            "--workers-kill-timeout",
            "2",
        ]
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = processes.start(
            [sys.executable, *server, *where, application],
            self.environment,
            is_ready=lambda: self.call("GET", "request-types/")[0] == 200,
        )

    def stop(self) -> None:
        assert self.process
        processes.stop(self.process)

    def kill(self) -> None:
        """End the server and its worker at once, as a power cut does."""
        assert self.process
        processes.kill(self.process)

    def request(
        self, method: str, path: str, who: str = "", body: Any = None, **headers: str
    ) -> Any:
        given = {"Content-Type": "application/json"} if body is not None else {}
        if who:
            given["Authorization"] = f"Bearer {self.known[who]['access']}"
        data = json.dumps(body).encode() if body is not None else None
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        return urllib.request.Request(
            url,
            data,
            given | {name.replace("_", "-"): value for name, value in headers.items()},
            method=method,
        )

    def call(self, method: str, path: str, who: str = "", body: Any = None) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(
                self.request(method, path, who, body), timeout=10
            ) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        except OSError:
            return 0, None

    def say(self, notes: str, **more: Any) -> int:
        status, update = self.call(
            "PATCH", f"requests/{self.known['pk']}/", "support", {"notes": notes, **more}
        )
        assert status == 200, update
        return int(
            self.call("GET", "request-updates/?page_size=1", "support")[1]["results"][0]["id"]
        )


class DirectServer(LiveServer):
    """What `make run` starts."""

    @property
    def front_port(self) -> int:
        """Return the port that clients call."""
        return self.port
