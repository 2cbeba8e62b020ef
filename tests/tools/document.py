"""Write what `tests/document` checks: the OpenAPI document and the forms of the catalogue.

The database is in memory and made from the models: the migrations would take half a minute.
"""

import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings

SETTINGS = {
    "DATABASE_URL": "sqlite://:memory:",
    "DJANGO_SETTINGS_MODULE": "project.settings",
    "REDIS_URL": "",
    "SECRET_KEY": "x" * 40,
    "SITE_URL": "https://desk.example.com",
}
CHOICES = [["one", "The first"], ["two", "The second"]]
LIMITS: Mapping[str, Mapping[str, Any]] = {
    "short_text": {"pattern": "[A-Z]{2}[0-9]+"},
    "one_of": {"choices": CHOICES},
    "several_of": {"choices": CHOICES, "minimum": 1},
    "whole_number": {"minimum": 1, "maximum": 9},
    "decimal": {"minimum": 0.5, "unit": "kWh"},
}


def set_up() -> None:
    """Start Django on a database in memory that has the shipped types."""
    os.environ |= SETTINGS
    django.setup()
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    import_module("django.core.management").call_command("migrate", run_syncdb=True, verbosity=0)


def schemas(client: Any) -> dict[str, Any]:
    """Return the schema of each type of the catalogue, and of forms with every kind."""
    types = client.get("/api/v1/request-types/?page_size=100").json()["results"]
    return {one["code"]: one["schema"] for one in types} | forms_of_every_kind()


def forms_of_every_kind() -> dict[str, Any]:
    """Return the schemas of three forms with each kind of question.

    All are optional, all are required, or all depend on the answer to another.
    """
    kinds = list(import_module("gasutil.models").AnswerKind.values)
    schema = import_module("gasutil.dynamic_forms").schema
    plain = [
        {"name": kind, "label": f"What is {kind}?", "kind": kind, **LIMITS.get(kind, {})}
        for kind in kinds
    ]
    required = [one | {"is_required": True, "help": "As you know it."} for one in plain]
    first = {"name": "asks", "label": "More?", "kind": "yes_no"}
    dependent = [one | {"shown_if": "asks", "shown_if_value": "true"} for one in required]
    return {
        "optional": schema(plain, "Optional"),
        "required": schema(required, "Required"),
        "dependent": schema([first, *dependent], "Dependent"),
    }


def write(folder: Path) -> None:
    """Write the document and the forms into a folder."""
    set_up()
    client = import_module("django.test").Client(headers={"host": "localhost"}, secure=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_bytes(client.get("/api/v1/openapi.json").content)
    (folder / "forms.json").write_text(json.dumps(schemas(client)), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
