"""Generate the client from the API's document, with the shipped request types: `make client`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = HERE / "src" / "gasutil_client" / "generated"
BIN = Path(sys.executable).parent
DOCUMENT = (
    "from django.test import Client; print(Client(headers={'host':"
    " 'localhost'}, secure=True).get('/api/v1/openapi.json').content.decode())"
)

CONFIG = """\
post_hooks: []
package_name_override: generated
"""


def without_conditions(document: bytes) -> bytes:
    """Return the document without `If-None-Match` and 304: this client reads whole objects."""
    result = json.loads(document)
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("304", None)
            operation["parameters"] = [
                one for one in operation.get("parameters", []) if one["name"] != "If-None-Match"
            ]
    return json.dumps(result).encode()


def generate(document: bytes, target: Path) -> None:
    """Write the client of an OpenAPI document into a folder, and replace its contents."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "openapi.json").write_bytes(without_conditions(document))
        (work / "config.yml").write_text(CONFIG, encoding="utf-8")
        options = [
            "--path",
            "openapi.json",
            "--config",
            "config.yml",
            "--meta",
            "none",
            "--overwrite",
            "--fail-on-warning",
        ]
        run(BIN / "openapi-python-client", "generate", *options, "--output-path", target, cwd=work)
    run(
        BIN / "ruff",
        "check",
        "--isolated",
        "--quiet",
        "--fix",
        "--select",
        "I,F401",
        target,
        cwd=target,
    )
    run(BIN / "ruff", "format", "--isolated", "--quiet", "--line-length", "140", target, cwd=target)


def document() -> bytes:
    """Return the document of a database that has only the shipped request types."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "MEDIA_ROOT": folder,
            "REDIS_URL": "",
            "SECRET_KEY": "x" * 40,
            "SITE_URL": "https://desk.example.com",
        }
        for command in (["migrate", "-v0"], ["shell", "-v0", "-c", DOCUMENT]):
            output = run(sys.executable, "manage.py", *command, cwd=ROOT, **settings)
    return output.encode()


def run(*command: str | Path, cwd: Path, **settings: str) -> str:
    """Run a program, and return its output; raise `RuntimeError` if it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


if __name__ == "__main__":
    generate(document(), TARGET)
