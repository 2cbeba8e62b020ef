"""The architecture page names every package and module, and none that does not exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.documentation import PAGES, README

ROOT: Path = settings.BASE_DIR
ARCHITECTURE = (PAGES / "architecture.md").read_text(encoding="utf-8")
LAYOUT = ARCHITECTURE.partition("```\n")[2].partition("```")[0]
OLD = ("adr", "changelog.md")  # pages that may name what was removed
NEW = ("contributing.md",)  # the recipes add files


def test_the_layout_names_every_module() -> None:
    modules = {
        path.name + "/" * path.is_dir()
        for path in (ROOT / "gasutil").iterdir()
        if not path.name.startswith("_")
    }
    assert {
        name for name in modules if not re.search(rf"(^|\s){re.escape(name)}(\s|;|$)", LAYOUT)
    } == set()


def test_the_layout_names_nothing_else() -> None:
    folders = set(re.findall(r"(?:^|\s)([\w/]+/)(?=\s)", LAYOUT))
    missing = {
        name
        for name in folders
        if not any(
            (base / name).is_dir()
            for base in (ROOT, ROOT / "gasutil", ROOT / "gasutil" / "workflow")
        )
    }
    files = set(re.findall(r"(?:^|\s)(\w+\.py)(?=\s|;)", LAYOUT))
    missing |= {name for name in files if not any((ROOT / "gasutil").rglob(name))}
    assert missing == set()


def pages() -> list[Path]:
    return [
        README,
        *(
            page
            for page in PAGES.rglob("*.md")
            if not {*OLD, *NEW}.intersection(page.relative_to(PAGES).parts)
        ),
    ]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_paths_of_a_page_exist(page: Path) -> None:
    paths = set(
        re.findall(
            r"`((?:gasutil|project|tests|deploy|docs|clients|templates)/[\w/.@-]+)`",
            page.read_text(encoding="utf-8"),
        )
    )
    assert {path for path in paths if not (ROOT / path).exists()} == set()
