"""Where the time of a call goes: shares of its layers, measured in the process without HTTP.

It runs inside the application (`manage.py shell`). The profiler slows Python down and not
PostgreSQL, so the share of the database is rather more than this.
"""

import cProfile
import json
import pstats
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.test import Client

from bench.client import Ask

WARM_UP = 15
# Of the path of a function, or of the name of one in C, the first that it contains.
LAYERS: Mapping[str, Sequence[str]] = {
    "PostgreSQL and psycopg": ("psycopg", "select.", "poll"),
    "queries of Django": ("django/db/",),
    "the bench's client": ("django/test/", "http/cookies", "asgiref"),
    "Django": ("/django/",),
    "django-ninja and pydantic": ("ninja", "pydantic"),
    "this application": ("/gasutil/", "/project/"),
}
REST = "Python and other packages"


def profile(file: str) -> None:
    """Print the milliseconds of each layer for some calls; a file has the requests of each."""
    asks: Mapping[str, Sequence[Sequence[Any]]] = json.loads(Path(file).read_text("utf-8"))
    client = Client(enforce_csrf_checks=False)
    taken = {name: _profile(client, [Ask(*each) for each in own]) for name, own in asks.items()}
    print(json.dumps(taken))


def _profile(client: Client, asks: Sequence[Ask]) -> dict[str, float]:
    """Return the milliseconds of each layer for one call, the largest first."""
    _send(client, asks[:WARM_UP])
    profiler, measured = cProfile.Profile(), asks[WARM_UP:]
    profiler.runcall(_send, client, measured)
    spent: dict[str, float] = defaultdict(float)
    entries: Mapping[Any, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    for (path, _line, name), (_calls, _all, own_seconds, *_rest) in entries.items():
        spent[layer_of(path, name)] += own_seconds * 1e3 / len(measured)
    return dict(sorted(spent.items(), key=lambda each: -each[1]))


def layer_of(path: str, name: str) -> str:
    """Return the layer that a function belongs to."""
    where = name if path == "~" else path
    layers = (layer for layer, parts in LAYERS.items() if any(part in where for part in parts))
    return next(layers, REST)


def _send(client: Client, asks: Iterable[Ask]) -> None:
    for ask in asks:
        headers = {"Host": "127.0.0.1", **ask.headers}
        content_type = headers.pop("Content-Type", "application/octet-stream")
        response = client.generic(
            ask.method, ask.path, ask.content or b"", content_type, headers=headers
        )
        if response.status_code != ask.expected:
            raise SystemExit(f"{ask.method} {ask.path} returned {response.status_code}.")
