"""Two verifiers by other people accept every proof of the demonstration data: Sigstore's, for
Python and for Node.

They are installed by what their folder pins, in environments of their own.
"""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from gasutil.access import Actor
from gasutil.models import ServiceRequest, User
from gasutil.proof import proofs
from tests.support.people import PASSWORD
from tests.support.proof import log_key, publish

pytestmark = [
    pytest.mark.e2e,
    # The other browser tests leave an empty database.
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
OTHERS = Path(__file__).with_name("others")
INSTALL_SECONDS = 600
Verifier = Callable[[Path], "subprocess.CompletedProcess[str]"]


def run(*command: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("others") / "others"
    shutil.copytree(OTHERS, folder, ignore=shutil.ignore_patterns("node_modules"))
    return folder


@pytest.fixture(scope="module")
def python(folder: Path) -> Verifier:
    """Sigstore for Python."""
    run(sys.executable, "-m", "venv", "environment", cwd=folder)
    program = folder / "environment" / "bin" / "python"
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    done = run(program, "-m", "pip", "install", *options, "-r", "requirements.txt", cwd=folder)
    assert done.returncode == 0, done.stderr
    return lambda file: run(program, "check.py", file, cwd=folder)


@pytest.fixture(scope="module")
def node(folder: Path) -> Verifier:
    """@sigstore/verify for Node."""
    done = run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
    assert done.returncode == 0, done.stderr
    return lambda file: run("node", "check.js", file, cwd=folder)


@pytest.fixture
def demonstration() -> dict[str, Any]:
    """The proofs of all requests of the demonstration data, as a manager gets them."""
    admin = User.objects.create_superuser("admin", "admin@example.com", PASSWORD)
    call_command("load_demo", password=PASSWORD, stdout=StringIO())
    publish()
    rows = ServiceRequest.objects.order_by("pk")
    found = [proofs.proof_of(Actor(admin), obj) for obj in rows]
    return {"vkey": log_key().vkey, "proofs": found}


def changed(given: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Return the first proof with a change."""
    first = json.loads(json.dumps(given["proofs"][0]))
    change(first)
    return given | {"proofs": [first]}


def change_entry(proof: dict[str, Any]) -> None:
    entry = base64.b64decode(proof["rows"][0]["entry"]).replace(
        b"request.created", b"request.updated"
    )
    proof["rows"][0]["entry"] = base64.b64encode(entry).decode()


def change_size(proof: dict[str, Any]) -> None:
    origin, size, rest = proof["checkpoint"].split("\n", 2)
    proof["checkpoint"] = f"{origin}\n{int(size) + 1}\n{rest}"


def test_others_accept_every_proof_and_no_changed_one(
    demonstration: dict[str, Any], python: Verifier, node: Verifier, tmp_path: Path
) -> None:
    file, total = (
        tmp_path / "proofs.json",
        sum(len(each["rows"]) for each in demonstration["proofs"]),
    )
    assert total > len(demonstration["proofs"]) > 0
    file.write_text(json.dumps(demonstration), encoding="utf-8")
    for verifier in (python, node):
        done = verifier(file)
        assert (done.returncode, done.stdout) == (0, f"{total}\n"), done.stderr
    for change in (change_entry, change_size):
        file.write_text(json.dumps(changed(demonstration, change)), encoding="utf-8")
        for verifier in (python, node):
            done = verifier(file)
            assert done.returncode != 0, change
            assert "VerificationError" in done.stderr or "InvalidSignature" in done.stderr
