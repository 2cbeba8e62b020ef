"""Keys of the shared cache."""

import zlib
from dataclasses import fields
from typing import Any


def key_for(name: str, cls: type[Any]) -> str:
    """Return the key under which instances of a dataclass are stored.

    It changes with the fields and with the path of the class, which pickles contain: during an
    upgrade, processes of two releases share the cache and must not read each other's pickles.
    """
    described = ",".join(
        [cls.__module__, cls.__qualname__, *(f"{field.name}:{field.type}" for field in fields(cls))]
    )
    return f"{name}:{zlib.crc32(described.encode()):x}"
