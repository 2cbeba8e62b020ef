"""The same document makes a TypeScript client.

The client is typed by request type, and a real server understands it.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gasutil.models import ServiceRequest, User
from tests.support.api import Api, token_of

# With what migrations made, which the other tests of `make e2e` take away when they empty the
# database after them.
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
APP = Path(__file__).with_name("typescript")


def run(*command: str, cwd: Path) -> str:
    """Run a program that has to succeed, and return what it printed."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def app(tmp_path: Path, db: None) -> Path:
    """The app in a folder of its own, with the client generated from the document of now."""
    shutil.copytree(APP, tmp_path / "app", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "app" / "openapi.json").write_bytes(Api().get("openapi.json").content)
    run("npm", "ci", "--no-audit", "--no-fund", cwd=tmp_path / "app")
    run("npm", "run", "generate", cwd=tmp_path / "app")
    return tmp_path / "app"


def test_it_is_typed_by_type_and_files_a_request(
    app: Path, customer: User, live_server: Any
) -> None:
    run("npm", "run", "check", cwd=app)
    result = json.loads(run("node", "story.js", live_server.url, token_of(customer), cwd=app))
    filed, _with_warnings = ServiceRequest.objects.order_by("pk")
    assert result == {
        "reference": filed.reference,
        "details": {"location": "inside", "everyone_out": True},
        "warnings": ["details.location"],
    }


def test_it_finds_a_wrong_type_of_answer(app: Path) -> None:
    """The check itself can fail: without the expected mistakes tsc has something to say."""
    story = app / "story.ts"
    story.write_text(
        story.read_text(encoding="utf-8").replace("// @ts-expect-error", "//"), encoding="utf-8"
    )
    done = subprocess.run(
        ["npm", "run", "check"], cwd=app, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode != 0
    assert done.stdout.count("error TS") == 5, done.stdout
