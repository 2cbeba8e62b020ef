"""The breaking changes between two OpenAPI documents: paths, required, enums and types."""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Return what a client of the old document can't rely on any more."""
    return sorted({*_operations(old, new), *_components(old, new)})


def _operations(old: Document, new: Document) -> Iterator[str]:
    for path, operations in old["paths"].items():
        for method in set(METHODS) & set(operations):
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{method.upper()} {path}: removed"
            else:
                yield from _parameters(f"{method.upper()} {path}", operations[method], now)


def _parameters(where: str, old: Document, new: Document) -> Iterator[str]:
    before, after = (
        {one["name"]: one for one in operation.get("parameters", ())} for operation in (old, new)
    )
    yield from (f"{where} ?{name}: removed" for name in before.keys() - after.keys())
    for name, parameter in after.items():
        if parameter.get("required") and not before.get(name, {}).get("required"):
            yield f"{where} ?{name}: required"
    lost = old["responses"].keys() - new["responses"].keys()
    yield from (f"{where} {status}: removed" for status in lost if status < "400")


def _components(old: Document, new: Document) -> Iterator[str]:
    after = new["components"]["schemas"]
    for name, schema in old["components"]["schemas"].items():
        if name not in after:
            yield f"{name}: removed"
        else:
            yield from _schema(name, schema, after[name])


def _schema(where: str, old: Document, new: Document) -> Iterator[str]:
    if old.get("type") != new.get("type"):
        yield f"{where}: type {old.get('type')} became {new.get('type')}"
    yield from (
        f"{where}: {value} removed" for value in set(old.get("enum", ())) - set(new.get("enum", ()))
    )
    before, after = old.get("properties", {}), new.get("properties", {})
    yield from (f"{where}.{name}: removed" for name in before.keys() - after.keys())
    yield from (
        f"{where}.{name}: required"
        for name in set(new.get("required", ())) - set(old.get("required", ()))
        if name in before or old.get("additionalProperties") is False
    )
    yield from (
        f"{where}.{name}: optional"
        for name in set(old.get("required", ())) - set(new.get("required", ()))
        if old.get("additionalProperties") is not False
    )
    for name in before.keys() & after.keys():
        yield from _schema(f"{where}.{name}", before[name], after[name])
