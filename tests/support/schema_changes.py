"""The breaking changes between two JSON Schemas of OpenAPI documents, through their references."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]
# A change that admits less breaks what clients send.
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
PREFIX = "#/components/schemas/"


@dataclass
class Comparison:
    """The comparison of two documents. `seen` ends references that go in a circle."""

    old: Schema
    new: Schema
    seen: set[tuple[str, str, bool]] = field(default_factory=set)

    def changes(self, where: str, old: Schema, new: Schema, *, is_sent: bool) -> Iterator[str]:
        """Find what breaks clients that send such a value, or that read it."""
        names = (old.get("$ref", ""), new.get("$ref", ""))
        if any(names):
            if (*names, is_sent) in self.seen:
                return
            self.seen.add((*names, is_sent))
        before, after = _resolved(self.old, old), _resolved(self.new, new)
        where = names[0].removeprefix(PREFIX) or where
        if before is None:
            return
        if after is None:
            yield f"{names[1].removeprefix(PREFIX)}: removed"
            return
        yield from self._alternatives(where, before, after, is_sent=is_sent)

    def _alternatives(
        self, where: str, old: Schema, new: Schema, *, is_sent: bool
    ) -> Iterator[str]:
        (before, was_null), (after, is_null) = _alternatives(old), _alternatives(new)
        if is_sent and was_null and not is_null:
            yield f"{where}: null refused"
        if not is_sent and is_null and not was_null:
            yield f"{where}: can be null"
        if len(before) == len(after) == 1:
            [one], [other] = before.values(), after.values()
            if one is old and other is new:
                yield from self._one(where, old, new, is_sent=is_sent)
            else:
                yield from self.changes(where, one, other, is_sent=is_sent)
            return
        lost = before.keys() - after.keys() if is_sent else after.keys() - before.keys()
        yield from (f"{where}: {'no longer' if is_sent else 'can be'} {name}" for name in lost)
        for name in before.keys() & after.keys():
            yield from self.changes(where, before[name], after[name], is_sent=is_sent)

    def _one(self, where: str, old: Schema, new: Schema, *, is_sent: bool) -> Iterator[str]:
        if not _is_same_type(*((old, new) if is_sent else (new, old))):
            yield f"{where}: type {_type(old)} became {_type(new)}"
            return
        yield from _values(where, old, new, is_sent=is_sent)
        if is_sent:
            yield from _bounds(where, old, new)
        yield from self._properties(where, old, new, is_sent=is_sent)
        for key, label in (("items", f"{where}[]"), ("additionalProperties", f"{where}.*")):
            if isinstance(old.get(key), Mapping) and isinstance(new.get(key), Mapping):
                yield from self.changes(label, old[key], new[key], is_sent=is_sent)
        for one, other in zip(old.get("allOf", ()), new.get("allOf", ()), strict=False):
            yield from self.changes(where, one, other, is_sent=is_sent)

    def _properties(self, where: str, old: Schema, new: Schema, *, is_sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        yield from (f"{where}.{name}: removed" for name in before.keys() - after.keys())
        needed, still = set(old.get("required", ())), set(new.get("required", ()))
        if is_sent:
            yield from (f"{where}.{name}: required" for name in still - needed)
        else:
            yield from (f"{where}.{name}: optional" for name in needed - still)
        was_closed, is_closed = (one.get("additionalProperties") is False for one in (old, new))
        if is_sent and is_closed and not was_closed:
            yield f"{where}: other properties refused"
        for name in before.keys() & after.keys():
            yield from self.changes(f"{where}.{name}", before[name], after[name], is_sent=is_sent)


def _resolved(document: Schema, schema: Schema) -> Schema | None:
    """Return what a schema refers to, or None if that is not there."""
    if "$ref" not in schema:
        return schema
    found: Any = document
    for name in schema["$ref"].removeprefix("#/").split("/"):
        found = found.get(name)
        if found is None:
            return None
    return _resolved(document, found)


def _alternatives(schema: Schema) -> tuple[dict[str, Schema], bool]:
    """Return the alternatives of a schema by their names, without null, and whether it is one."""
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices or all("const" in choice for choice in choices):
        types = _types(schema)
        return {"": schema}, "null" in types
    rest = [choice for choice in choices if choice.get("type") != "null"]
    named = {
        choice.get("$ref", "").removeprefix(PREFIX) or _type(choice): choice for choice in rest
    }
    return named, len(rest) < len(choices)


def _types(schema: Schema) -> Set[str]:
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def _type(schema: Schema) -> str:
    return " or ".join(sorted(_types(schema) - {"null"})) or "anything"


def _is_same_type(narrow: Schema, wide: Schema) -> bool:
    """Return whether every value of one type is one of the other."""
    few, many = _types(narrow) - {"null"}, _types(wide) - {"null"}
    if "number" in many:
        many = many | {"integer"}
    return not many or (bool(few) and few <= many)


def _values(where: str, old: Schema, new: Schema, *, is_sent: bool) -> Iterator[str]:
    """Find values that are gone, in either direction, and a format that is another."""
    before, after = _enum(old), _enum(new)
    if before is not None and after is not None:
        yield from (f"{where}: {value} removed" for value in before - after)
    if is_sent and before is None and after is not None:
        yield f"{where}: only certain values"
    restricts = is_sent and "string" in _types(new)  # of an integer it is only the size
    if old.get("format") != new.get("format") and (old.get("format") or restricts):
        yield f"{where}: format {old.get('format')} became {new.get('format')}"


def _enum(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    choices = schema.get("oneOf") or schema.get("anyOf") or ()
    if choices and all("const" in choice for choice in choices):
        return {str(choice["const"]) for choice in choices}
    return {str(value) for value in schema["enum"]} if "enum" in schema else None


def _bounds(where: str, old: Schema, new: Schema) -> Iterator[str]:
    for key in (*UPPER, *LOWER):
        sign = 1 if key in UPPER else -1
        if key in new and (key not in old or sign * new[key] < sign * old[key]):
            yield f"{where}: {key} {old.get(key)} became {new[key]}"
    for key in ("pattern", "uniqueItems"):
        if new.get(key) and new[key] != old.get(key):
            yield f"{where}: {key} {old.get(key)} became {new[key]}"
