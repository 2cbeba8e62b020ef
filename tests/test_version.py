"""The version is one number.

The changelog, the API's document, `/health/` and the console show it.
"""

import re
import tomllib

from django.conf import settings
from django.test import Client

from gasutil import __version__
from gasutil.models import User


def test_the_changelog_begins_with_it() -> None:
    changelog = (settings.BASE_DIR / "docs" / "changelog.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == __version__


def test_the_project_reads_it() -> None:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "gasutil.__version__"}


def test_the_document_of_the_api_and_health_have_it(db: None) -> None:
    answers = [Client().get(path).json() for path in ("/api/v1/openapi.json", "/health/")]
    assert [answers[0]["info"]["version"], answers[1]["version"]] == [__version__] * 2


def test_the_console_shows_it_to_those_who_are_logged_in(support: User) -> None:
    browser = Client()
    assert __version__ not in browser.get("/admin/login/").content.decode()
    browser.force_login(support)
    assert f"Version {__version__}" in browser.get("/admin/").content.decode()
