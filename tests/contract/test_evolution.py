"""v1 only grows: the OpenAPI document is compared with that of the last release in `docs/api/`."""

import copy
import json
import tomllib
from typing import Any

import pytest
from django.conf import settings

from tests.support.api import Api
from tests.support.api_changes import breaking_changes

FOLDER = settings.BASE_DIR / "docs" / "api"


def released() -> Any:
    """Return the newest stored document."""
    return json.loads(max(FOLDER.glob("openapi-*.json")).read_text(encoding="utf-8"))


def test_nothing_breaks_but_what_is_listed(anyone: Api, db: None) -> None:
    listed = tomllib.loads((FOLDER / "exceptions.toml").read_text(encoding="utf-8"))
    assert all(date.isoformat() for date in listed.values())
    found = breaking_changes(released(), anyone.get("openapi.json").json())
    assert [change for change in found if change not in listed] == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (("paths", "/api/v1/requests/", "get"), "GET /api/v1/requests/: removed"),
        (("components", "schemas", "TokenPair"), "TokenPair: removed"),
        (
            ("components", "schemas", "TokenPair", "properties", "access"),
            "TokenPair.access: removed",
        ),
    ],
)
def test_it_finds_what_is_removed(path: tuple[str, ...], change: str) -> None:
    new = copy.deepcopy(released())
    part = new
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    assert breaking_changes(released(), new) == [change]
    assert breaking_changes(new, released()) == []
