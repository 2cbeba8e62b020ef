"""A typed client, generated from the document, runs the given story against a real server."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gasutil.models import User
from tests.conftest import PASSWORD, Api

pytestmark = [pytest.mark.contract, pytest.mark.django_db(transaction=True)]
BIN = Path(sys.executable).parent


def run(*command: str | Path, cwd: Path) -> None:
    """Run a program that has to succeed, and to say nothing of warnings."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def generated(tmp_path: Path, catalogue: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Generate `desk_client` into an empty folder, from which it can be imported."""
    (tmp_path / "openapi.json").write_bytes(Api().get("openapi.json").content)
    (tmp_path / "config.yml").write_text("post_hooks: []\npackage_name_override: desk_client\n")
    options = ["--path", "openapi.json", "--config", "config.yml", "--meta", "none", "--output-path", "desk_client", "--fail-on-warning"]
    run(BIN / "openapi-python-client", "generate", *options, cwd=tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture
def forgotten() -> Any:
    """Leave no trace of the generated modules for other tests."""
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "desk_client" or name == "tests.contract.story"]:
        del sys.modules[name]


def test_it_runs_the_given_story(generated: Path, forgotten: None, live_server: Any, support: User) -> None:
    story = importlib.import_module("tests.contract.story")
    url = live_server.url
    with story.Client(url) as anyone:
        customer = story.register_customer(anyone)
        tokens = story.log_in(anyone, "anshu_singh", "CustomerGas@2024")
        with story.AuthenticatedClient(url, tokens.access) as client:
            pk = story.file_request(anyone, client)
        with story.AuthenticatedClient(url, story.log_in(anyone, "support", PASSWORD).access) as client:
            shown = story.work_request(client, pk)
        story.log_out(anyone, tokens)
    assert (shown.customer, shown.status.value, shown.version) == (customer.id, "resolved", 3)
    assert [(one.status.value, one.notes, one.author) for one in shown.updates] == [
        ("pending", "", customer.id),
        ("in_progress", "Technician assigned for inspection", support.pk),
        ("resolved", "Gas leak fixed. No further action required.", support.pk),
    ]


def test_it_types_the_given_story(generated: Path) -> None:
    story = Path(__file__).with_name("story.py")
    (generated / "story.py").write_text(story.read_text(encoding="utf-8"), encoding="utf-8")
    config = generated / "mypy.ini"
    config.write_text("[mypy]\nstrict = true\n\n[mypy-desk_client.*]\nignore_errors = true\n")
    run(BIN / "mypy", "--config-file", config, "--cache-dir", generated / ".mypy", "story.py", cwd=generated)
