"""The commands that README and tutorial show, run in order.

Each response is the one that is shown.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gasutil.models import ServiceRequest, User
from tests.support.documentation import PAGES, README, code_blocks

PASSWORD = "SupportGas@2024"
SERVER = "http://127.0.0.1:8000"
END = "--end--"
GAP = r".*?"

pytestmark = [
    pytest.mark.django_db(transaction=True, reset_sequences=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="Its IDs are those of a new SQLite database."
    ),
    pytest.mark.skipif(not shutil.which("curl"), reason="There is no curl."),
]


def transcript(page: Path) -> list[tuple[str, str]]:
    """Return the commands of a page, each with the output that is shown.

    They begin with the first that names the server.
    """
    text = "".join(code_blocks(page, "console"))
    text = text[text.index("$ API=") :]
    result = [part.partition("\n") for part in re.split(r"^\$ ", text, flags=re.MULTILINE) if part]
    return [split(first + "\n" + rest) for first, _, rest in result]


def split(text: str) -> tuple[str, str]:
    """Return a command, which ends where its quotes do, and its output."""
    lines = text.splitlines()
    number = next(
        n
        for n in range(1, len(lines) + 1)
        if "\n".join(lines[:n]).replace(r"\"", "").count("'") % 2 == 0
    )
    return "\n".join(lines[:number]), "".join(line.strip() for line in lines[number:])


def pattern(shown: str) -> str:
    """Return the regular expression of an output in which `…` leaves something out."""
    pieces = re.split(r"\s*,?\s*…\s*,?\s*", shown)
    return GAP.join(re.escape(piece) for piece in pieces)


@pytest.fixture
def site(live_server: Any, support: User, neighbour: User, tmp_path: Path) -> tuple[str, Path]:
    """Return the address of a server with the people of the demonstration, and its folder."""
    User.objects.filter(pk=support.pk).update(username="arjun.nair")
    support.refresh_from_db()
    support.set_password(PASSWORD)
    support.save()
    create_requests(neighbour)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = 33 WHERE name = %s", [User._meta.db_table])
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = 200 WHERE name = %s", [ServiceRequest._meta.db_table]
        )
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "logins.txt").write_text(
        f"support        arjun.nair     {PASSWORD}\n", encoding="utf-8"
    )
    return str(live_server.url), tmp_path


def create_requests(customer: User) -> None:
    """Create the request of another customer."""
    from gasutil.access import Actor
    from gasutil.workflow import requests

    requests.submit(
        actor=Actor(customer),
        request_type="new_connection",
        description="Another customer's request",
    )


def run(commands: list[str], server: str, folder: Path) -> list[str]:
    """Return what each command prints."""
    script = "\n".join(f"{command}\necho; echo {END}" for command in commands).replace(
        SERVER, server
    )
    environment = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    done = subprocess.run(
        ["bash", "-eu", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return [output.strip() for output in done.stdout.split(END)[:-1]]


@pytest.mark.parametrize(
    "page", [README, PAGES / "tutorials" / "developer.md"], ids=["readme", "tutorial"]
)
def test_it_prints_what_is_shown(page: Path, site: tuple[str, Path]) -> None:
    steps = [step for step in transcript(page) if not step[0].startswith(("pip", "gasutil-cli"))]
    outputs = run([command for command, _ in steps], *site)
    assert len(outputs) == len(steps)
    for (command, shown), output in zip(steps, outputs, strict=True):
        if shown:
            json.loads(output)
            assert re.match(pattern(shown), output, re.DOTALL), (
                f"$ {command}\n{output}\n\nshown: {shown}"
            )
