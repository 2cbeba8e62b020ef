"""The settings can be read by whoever has this folder, however the program that reads them is started."""

import os
import subprocess
import sys
from pathlib import Path

from project.settings import BASE_DIR


def start(folder: Path, settings: str, code: str, **environment: str) -> str:
    """Start Django in a copy of the folder that has nothing but the application, and return what the code prints there."""
    for part in ("project", "gasutil"):
        (folder / part).symlink_to(BASE_DIR / part)
    known = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": settings} | environment
    command = [sys.executable, "-c", f"import django; django.setup(); {code}"]
    done = subprocess.run(command, cwd=folder, env=known, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_suite_with_a_tests_folder_of_its_own_starts(tmp_path: Path) -> None:
    code = "from django.apps import apps; print(apps.is_installed('project.newcomer'))"
    assert start(tmp_path, "project.testing", code) == "True"
