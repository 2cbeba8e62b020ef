"""Permissions of what is stored: its owner reads it, and no one else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from pytest_django import Settings

from gasutil.management.commands import prepare
from project import private_files
from project.settings import BASE_DIR


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The usual umask, restored after the test."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def var(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of `var/` and of all others that `prepare` writes to."""
    var = tmp_path / "var"
    settings.ENV_FILE, settings.VAR_DIR = tmp_path / ".env", var
    settings.STATIC_ROOT, settings.MEDIA_ROOT = var / "static", tmp_path / "media"
    monkeypatch.setattr(prepare, "LOGINS", var / "logins.txt")
    return var


def readable(root: Path) -> list[str]:
    """Return the paths that others have any permission on."""
    paths = [root, *root.rglob("*")]
    return [str(path) for path in paths if not path.is_symlink() and path.stat().st_mode & 0o077]


@pytest.mark.django_db
def test_prepare_restricts_what_is_stored(var: Path, settings: Settings) -> None:
    photo = Path(settings.MEDIA_ROOT, "attachments", "7", "meter.jpg")
    for path in (
        photo,
        var / "db.sqlite3",
        var / "db.sqlite3-wal",
        var / "static" / "logo.svg",
        var.parent / ".env",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    photo.chmod(0o644)
    assert readable(var)

    call_command("prepare", no_demo=True)
    assert [readable(path) for path in (var, Path(settings.MEDIA_ROOT), var.parent / ".env")] == [
        [],
        [],
        [],
    ]
    assert photo.read_text() == "x"


@pytest.mark.django_db
def test_links_are_not_followed(var: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "shared.txt").write_text("x")
    var.mkdir()
    (var / "link").symlink_to(elsewhere)
    (var / "broken").symlink_to(tmp_path / "nowhere")
    assert private_files.restrict_stored_files() == []
    assert len(readable(elsewhere)) == 2


@pytest.mark.django_db
def test_what_another_user_owns_is_named(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, mode: int) -> None:
        raise PermissionError

    var.mkdir()
    monkeypatch.setattr(Path, "chmod", refuse)
    call_command("prepare", no_demo=True)
    assert f"{var} belongs to another user" in capsys.readouterr().err


def test_an_uploaded_file_is_private(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    FileSystemStorage().save("attachments/7/meter.jpg", ContentFile(b"x"))
    assert readable(Path(settings.MEDIA_ROOT)) == []


def umask_after(statement: str) -> int:
    code = f"import os; os.umask(0o022); {statement}; print('umask', os.umask(0))"
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "project.settings_test"}
    command = [sys.executable, "-c", code]
    output = subprocess.run(
        command, cwd=BASE_DIR, env=environment, check=True, capture_output=True, text=True
    ).stdout
    return int(output.split()[-1])


@pytest.mark.parametrize("module", ["project.asgi", "project.wsgi"])
def test_the_server_creates_private_files(module: str) -> None:
    assert umask_after(f"import {module}") == 0o077


@pytest.mark.parametrize(
    ("command", "step"),
    [("prepare", "call_command"), ("serve", "refuse_taken_port"), ("worker", "make_worker")],
)
def test_commands_create_private_files(
    command: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is stopped at its first step after the umask."""
    monkeypatch.setattr(
        f"gasutil.management.commands.{command}.{step}", Mock(side_effect=KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        call_command(command)
    assert os.umask(0o022) == 0o077


@pytest.mark.parametrize(
    "unit", sorted(path.name for path in (BASE_DIR / "deploy").glob("*.service"))
)
def test_units_create_private_files(unit: str) -> None:
    assert "\nUMask=0077\n" in (BASE_DIR / "deploy" / unit).read_text()
