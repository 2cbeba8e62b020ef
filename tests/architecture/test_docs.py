"""What the README must not forget."""

import ast
import re

import pytest
from django.conf import settings

SETTINGS = (settings.BASE_DIR / "project" / "settings.py").read_text(encoding="utf-8")
README = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")


def read_from_the_environment() -> set[str]:
    """Return the names that `settings.py` asks the environment for."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(SETTINGS))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "env"
        if node.args and isinstance(node.args[0], ast.Constant)
    }


def test_it_finds_the_settings() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "REGISTER_LIMIT", "SUPPORT_AUTO_APPROVE"} <= read_from_the_environment()


@pytest.mark.parametrize("name", sorted(read_from_the_environment()))
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README or f"`{name}=" in README or f" {name} " in README


def test_the_pictures_are_those_that_are_taken() -> None:
    shown = re.findall(r"\]\(docs/([\w-]+\.png)\)", README)
    assert len(shown) == len(set(shown))
    assert {one.name for one in (settings.BASE_DIR / "docs").glob("*.png")} == set(shown)
