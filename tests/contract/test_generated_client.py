"""The generated part of the Python client.

It matches the document, is typed by request type, and works with a real server.
"""

import filecmp
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clients.python.generate import TARGET, generate
from gasutil.models import RequestType, User
from project.settings import BASE_DIR
from tests.contract import story, submissions
from tests.support.api import Api, token_of
from tests.support.people import PASSWORD

pytestmark = pytest.mark.contract
IN_STEP = "The document has changed: run `make client`, and commit what it makes."


def differences(item: Path, other: Path) -> list[str]:
    """Return the differences between two folders."""
    names = {path.relative_to(folder) for folder in (item, other) for path in folder.rglob("*.py")}
    _, different, missing = filecmp.cmpfiles(
        item, other, [str(name) for name in names], shallow=False
    )
    return sorted(different + missing)


def test_it_matches_the_document(tmp_path: Path, db: None) -> None:
    generate(Api().get("openapi.json").content, tmp_path / "generated")
    assert differences(tmp_path / "generated", TARGET) == [], IN_STEP


def test_a_violation_is_found(tmp_path: Path, db: None) -> None:
    document = Api().get("openapi.json").content
    generate(document.replace(b'"everyone_out"', b'"all_are_out"'), tmp_path / "generated")
    assert differences(tmp_path / "generated", TARGET) == ["models/gas_leak_inspection_details.py"]


@pytest.mark.django_db(transaction=True)
def test_it_runs_the_given_story(live_server: Any, support: User) -> None:
    url = live_server.url
    with story.Client(url) as anyone:
        customer = story.register_customer(anyone)
        tokens = story.log_in(anyone, "anshu_singh", "CustomerGas@2024")
        with story.AuthenticatedClient(url, tokens.access) as client:
            pk = story.file_request(anyone, client)
        with story.AuthenticatedClient(
            url, story.log_in(anyone, "support", PASSWORD).access
        ) as client:
            shown = story.work_request(client, pk)
        story.log_out(anyone, tokens)
    assert (shown.customer, shown.status.value, shown.version) == (customer.id, "resolved", 3)
    assert [(update.status.value, update.notes, update.author) for update in shown.updates] == [
        ("pending", "", customer.id),
        ("in_progress", "Technician assigned for inspection", support.pk),
        ("resolved", "Gas leak fixed. No further action required.", support.pk),
    ]


@pytest.mark.django_db(transaction=True)
def test_it_files_a_request_of_every_type(live_server: Any, customer: User) -> None:
    with story.AuthenticatedClient(live_server.url, token_of(customer)) as client:
        filed = submissions.file_requests(client)
    assert {one.request_type for one in filed} == set(
        RequestType.objects.values_list("code", flat=True)
    )
    assert [one.details.to_dict() for one in filed] == [
        one.details.to_dict() for one in submissions.SUBMISSIONS if one.details
    ]


@pytest.mark.parametrize("file", ["story.py", "submissions.py"])
def test_it_types_what_apps_do(tmp_path: Path, file: str) -> None:
    config = tmp_path / "mypy.ini"
    config.write_text(
        "[mypy]\nstrict = true\nmypy_path ="
        " clients/python/src\n\n[mypy-gasutil_client.*]\nignore_errors = true\n"
    )
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        config,
        "--cache-dir",
        tmp_path / "cache",
        f"tests/contract/{file}",
    ]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
