"""What the environment says counts, and what makes no sense in it stops the server."""

import os
import runpy
from typing import Any

import pytest
from django.conf import settings

FILE = settings.BASE_DIR / "project" / "settings.py"


def read(**environment: str) -> dict[str, Any]:
    """Return the settings of an environment that says this and nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - {"PATH"}:
            patch.delenv(name)
        for name, value in ({"SECRET_KEY": "s" * 40} | environment).items():
            patch.setenv(name, value)
        return runpy.run_path(str(FILE))


def options(url: str) -> dict[str, Any]:
    found: dict[str, Any] = read(DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
    return found


def test_the_address_of_a_postgresql_says_how_to_connect() -> None:
    found = options("postgres://desk@db.example.com/desk?sslmode=verify-full&sslrootcert=/etc/ca.pem")
    assert found == {"pool": {"min_size": 1, "max_size": 10, "timeout": 5}, "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}


def test_the_address_of_an_sqlite_says_how_to_open() -> None:
    found = options("sqlite:////tmp/desk.sqlite3?timeout=60")
    assert (found["timeout"], found["transaction_mode"]) == (60, "IMMEDIATE")
