"""The links of README and documentation lead to files.

`make docs` checks the links between pages.
"""

import re
from pathlib import Path

import pytest

from tests.support.documentation import PAGES, README

WORDS = 1200


def links(page: Path) -> list[str]:
    """Return the files that a page links to or shows."""
    result = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    return [link for link in result if "://" not in link]


@pytest.mark.parametrize("page", [README, *sorted(PAGES.rglob("*.md"))], ids=lambda page: page.name)
def test_its_links_lead_to_files(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def test_every_picture_is_shown() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in [README, *PAGES.rglob("*.md")]
        for link in links(page)
        if link.endswith(".png")
    }
    assert shown == set((PAGES / "images").glob("*.png"))


def test_every_page_is_in_the_menu() -> None:
    menu = (README.parent / ".mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    pages = {str(page.relative_to(PAGES)) for page in PAGES.rglob("*.md")}
    assert pages == set(re.findall(r"[\w/-]+\.md", menu))
