"""Store the OpenAPI document of this release in `docs/api/`: `make openapi`."""

import json
from importlib import import_module
from pathlib import Path

from gasutil import __version__

ROOT = Path(__file__).resolve().parents[2]


def write(folder: Path) -> None:
    """Write the document, sorted, so that differences are easy to read."""
    document = import_module("clients.python.generate").document()
    text = json.dumps(json.loads(document), indent=1, sort_keys=True, ensure_ascii=False)
    target = folder / f"openapi-{__version__}.json"
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(ROOT / "docs" / "api")
