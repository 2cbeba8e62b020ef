"""The recipes of *Contributing*.

Each is applied to a copy of the code, and the tests that it contains pass there.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.documentation import PAGES

pytestmark = pytest.mark.sweep

CONTRIBUTING = (PAGES / "contributing.md").read_text(encoding="utf-8")
COPIED = (
    "gasutil",
    "project",
    "templates",
    "fixtures",
    "tests",
    "clients",
    "docs",
    "manage.py",
    "pyproject.toml",
    "README.md",
)
BLOCK = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)
RECIPES = ("Add a verb", "Add an API field", "Add a console page", "Add a notice type")


def blocks_of(recipe: str) -> list[tuple[str, str, str]]:
    """Return the files of a recipe: language, path and text."""
    section = CONTRIBUTING.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    return BLOCK.findall(section)


def apply(folder: Path, language: str, path: str, text: str) -> None:
    """Write a new file, or change one by a diff without line numbers."""
    file = folder / path
    if language != "diff":
        assert not file.exists(), f"{path} exists: the recipe shows a diff of it."
        file.write_text(text, encoding="utf-8")
        return
    content = file.read_text(encoding="utf-8")
    for hunk in text.split("@@\n"):
        lines = [line or " " for line in hunk.splitlines()]
        before = "\n".join(line[1:] for line in lines if line[0] != "+")
        after = "\n".join(line[1:] for line in lines if line[0] != "-")
        assert content.count(before) == 1, f"{path} has {content.count(before)} times:\n{before}"
        content = content.replace(before, after)
    file.write_text(content, encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the code with all recipes applied."""
    folder = tmp_path_factory.mktemp("recipes")
    for name in COPIED:
        source = settings.BASE_DIR / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    for recipe in RECIPES:
        for block in blocks_of(recipe):
            apply(folder, *block)
    return folder


def test_their_tests_pass(copy: Path) -> None:
    tests = [
        path for recipe in RECIPES for _, path, _ in blocks_of(recipe) if path.startswith("tests/")
    ]
    assert len(tests) == len(RECIPES)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *tests,
    ]
    done = subprocess.run(
        command, cwd=copy, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize("check", ["check", "format"])
def test_their_code_follows_the_style(check: str, copy: Path) -> None:
    blocks = [
        (language, path)
        for recipe in RECIPES
        for language, path, _ in blocks_of(recipe)
        if path.endswith(".py")
    ]
    files = [
        path for language, path in blocks if check == "check" or language != "diff"
    ]  # a diff may need formatting
    command = [
        sys.executable,
        "-m",
        "ruff",
        check,
        *(["--check"] if check == "format" else []),
        *files,
    ]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
