"""The breaking changes between two OpenAPI documents: calls, parameters, bodies, responses."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.schema_changes import Comparison

Document = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
NOTHING: Document = {}


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Return what a client of the old document can't rely on any more."""
    comparison = Comparison(old, new)
    found = {
        *_operations(comparison, "paths", is_sent=True),
        *_operations(comparison, "webhooks", is_sent=False),
        *_components(old, new),
    }
    return sorted(found)


def _operations(comparison: Comparison, part: str, *, is_sent: bool) -> Iterator[str]:
    """Compare calls, or webhooks: of those, clients receive the bodies."""
    for path, operations in comparison.old.get(part, NOTHING).items():
        for method in METHODS:
            before = operations.get(method)
            now = comparison.new.get(part, NOTHING).get(path, NOTHING).get(method)
            where = f"{method.upper()} {path}"
            if before is not None and now is None:
                yield f"{where}: removed"
            elif before is not None:
                yield from _call(where, before, now)
                yield from _parameters(comparison, where, before, now)
                yield from _body(comparison, where, before, now, is_sent=is_sent)
                yield from _responses(comparison, where, before, now, is_sent=not is_sent)


def _call(where: str, old: Document, new: Document) -> Iterator[str]:
    if old.get("operationId") != new.get("operationId"):
        yield f"{where}: operationId {old.get('operationId')} became {new.get('operationId')}"
    before, now = old.get("security") or [{}], new.get("security") or [{}]
    if {} in now:
        return
    for one in before:
        if not any(_is_enough(one, other) for other in now):
            yield f"{where}: {' and '.join(one) or 'no login'} is not enough"


def _is_enough(given: Document, needed: Document) -> bool:
    return all(name in given and set(needed[name]) <= set(given[name]) for name in needed)


def _parameters(comparison: Comparison, where: str, old: Document, new: Document) -> Iterator[str]:
    before, after = (
        {(one["in"], one["name"]): one for one in operation.get("parameters", ())}
        for operation in (old, new)
    )
    yield from (f"{where} ?{name}: removed" for _, name in before.keys() - after.keys())
    for key, parameter in after.items():
        name, earlier = f"{where} ?{key[1]}", before.get(key, NOTHING)
        if parameter.get("required") and not earlier.get("required"):
            yield f"{name}: required"
        if earlier:
            yield from comparison.changes(
                name, earlier["schema"], parameter["schema"], is_sent=True
            )


def _body(
    comparison: Comparison, where: str, old: Document, new: Document, *, is_sent: bool
) -> Iterator[str]:
    before, after = old.get("requestBody", NOTHING), new.get("requestBody", NOTHING)
    if is_sent and after.get("required") and not before.get("required"):
        yield f"{where} body: required"
    yield from _content(comparison, f"{where} body", before, after, is_sent=is_sent)


def _responses(
    comparison: Comparison, where: str, old: Document, new: Document, *, is_sent: bool
) -> Iterator[str]:
    """Compare the responses. A problem can end; a success can't."""
    for status, before in old.get("responses", NOTHING).items():
        after, name = new.get("responses", NOTHING).get(status), f"{where} {status}"
        if after is not None:
            yield from _content(comparison, name, before, after, is_sent=is_sent)
            lost = before.get("headers", NOTHING).keys() - after.get("headers", NOTHING).keys()
            yield from (f"{name} {header}: removed" for header in lost)
        elif status < "400":
            yield f"{name}: removed"


def _content(
    comparison: Comparison, where: str, old: Document, new: Document, *, is_sent: bool
) -> Iterator[str]:
    after = new.get("content", NOTHING)
    for kind, before in old.get("content", NOTHING).items():
        if kind not in after:
            yield f"{where} {kind}: removed"
        elif "schema" in before and "schema" in after[kind]:
            yield from comparison.changes(
                where, before["schema"], after[kind]["schema"], is_sent=is_sent
            )


def _components(old: Document, new: Document) -> Iterator[str]:
    """Find components that are gone: generated clients have types of their names."""
    before, after = (one.get("components", NOTHING).get("schemas", NOTHING) for one in (old, new))
    yield from (f"{name}: removed" for name in before.keys() - after.keys())
