"""The texts of the OpenAPI document: descriptions of properties and parameters, and bounds."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings

DocumentTexts = Mapping[str, Any]
NO_DOCUMENT_TEXTS: DocumentTexts = {
    "types": {},
    "fields": {},
    "parameters": {},
    "schemas": {},
    "bounds": {},
}
# Of a text in a known format, in characters; `date-time` with microseconds and an offset.
LENGTHS = {"date": 10, "date-time": 40, "email": 254, "uri": 2000, "binary": settings.FILE_LIMIT}
MAX_TEXT = 100_000  # of a text that managers write and whose column has no limit
LENGTH_KEYWORDS = frozenset({"enum", "const", "maxLength"})
MAX_ITEMS = 10_000  # of a list in a response that nothing else bounds


def describe(document: Mapping[str, Any], texts: DocumentTexts) -> None:
    """Add what each property and parameter means, and tell every schema its bounds.

    A text for the schema comes first, then the one at the declaration, then one for the name.
    """
    for name, schema in document["components"]["schemas"].items():
        own = texts["types"].get(name.removesuffix("Detail"), {})
        for field, part in schema.get("properties", {}).items():
            text = own.get(field) or text_of(part) or texts["fields"].get(field)
            about = {"description": text} if text else {}
            schema["properties"][field] = _bounded(part | about, texts["bounds"].get(field))
        schema.setdefault("description", texts["schemas"].get(name, ""))
    for operation in operations(document):
        for parameter in operation.get("parameters", ()):
            known = parameter.get("description") or parameter["schema"].pop("description", None)
            parameter["description"] = known or texts["parameters"].get(parameter["name"], "")
    bound(document)


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operations of a document."""
    for methods in document["paths"].values():
        yield from methods.values()


def text_of(schema: Mapping[str, Any]) -> str:
    """Return the description of a schema, or of one of its alternatives; or an empty text."""
    parts = [schema, *schema.get("anyOf", ())]
    return next((str(part["description"]) for part in parts if part.get("description")), "")


def _bounded(schema: dict[str, Any], most: int | None) -> dict[str, Any]:
    """Tell the texts, or else the lists, of a property how long they are at most."""
    for part in (schema, *schema.get("anyOf", ())) if most else ():
        if part.get("type") == "string" and LENGTH_KEYWORDS.isdisjoint(part):
            part["maxLength"] = most
        if part.get("type") == "array":
            part.setdefault("maxItems", most)
    return schema


def bound(part: Any) -> None:
    """Tell every text and list how long it can be; a reference needs no `allOf` around it."""
    if isinstance(part, list):
        for item in part:
            bound(item)
    if not isinstance(part, dict):
        return
    match part:
        case {"allOf": [{"$ref": reference}]}:
            del part["allOf"]
            part["$ref"] = reference
    if part.get("type") == "string" and LENGTH_KEYWORDS.isdisjoint(part):
        part["maxLength"] = LENGTHS.get(part.get("format", ""), MAX_TEXT)
    if part.get("type") == "array" and "items" in part:
        part.setdefault("maxItems", MAX_ITEMS)
    for name, item in part.items():
        if name not in ("example", "examples", "default", "const", "enum"):
            bound(item)
