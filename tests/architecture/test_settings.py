"""The settings can be read from any folder, however the program is started."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from project.settings import BASE_DIR


def start(folder: Path, settings: str, code: str, **environment: str) -> str:
    """Start Django in a copy of the folder that has only the application.

    Return the output of the code.
    """
    shutil.copytree(
        BASE_DIR / "project", folder / "project"
    )  # whose settings look for what lies beside it
    (folder / "gasutil").symlink_to(BASE_DIR / "gasutil")
    known = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": settings} | environment
    command = [sys.executable, "-c", f"import django; django.setup(); {code}"]
    done = subprocess.run(
        command, cwd=folder, env=known, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_suite_with_a_tests_folder_of_its_own_starts(tmp_path: Path) -> None:
    code = (
        "from django.apps import apps; print(apps.is_installed('gasutil'),"
        " apps.is_installed('tests.example_app'))"
    )
    assert start(tmp_path, "project.settings_test", code) == "True False"


def test_a_program_that_is_started_by_hand_reads_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"SECRET_KEY={'k' * 40}\nSITE_NAME=Of the file\n")
    code = "from django.conf import settings; print(settings.SECRET_KEY, settings.SITE_NAME)"
    assert (
        start(tmp_path, "project.settings", code, SITE_NAME="Of the environment")
        == f"{'k' * 40} Of the environment"
    )


def test_the_libraries_see_the_env_file_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        f"SECRET_KEY={'k' * 40}\nANYMAIL_KEY=of-the-file\nAWS_ACCESS_KEY_ID=of-the-file\n"
    )
    code = (
        "import os; from django.conf import settings; print(settings.ANYMAIL['KEY'],"
        " os.environ['AWS_ACCESS_KEY_ID'])"
    )
    assert start(tmp_path, "project.settings", code) == "of-the-file of-the-file"


def test_the_tests_do_not_read_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SITE_NAME=Of the file\n")
    code = "from django.conf import settings; print(settings.SITE_NAME)"
    assert start(tmp_path, "project.settings_test", code) == "Gas Service Desk"
