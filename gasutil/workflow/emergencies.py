"""Accept a report of an emergency whatever it contains.

What does not fit into its fields goes to a first note.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from gasutil.dynamic_forms import check
from gasutil.errors import FieldError
from gasutil.models import RequestType
from gasutil.models.fields import TextField
from gasutil.models.type_texts import localised_form

RECEPTION = ("received_at", "contact")
CALLER = ("name", "phone_number", "email", "language")
PLACE = ("latitude", "longitude")
FIELD_LIMITS = {"description": settings.TEXT_LIMIT, "address": settings.ADDRESS_LIMIT}
# The Python type of each field's JSON type; a text that is not UTF-8 is still bytes.
TEXT_FIELDS = ("request_type", *FIELD_LIMITS, *RECEPTION, *CALLER)
JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(TEXT_FIELDS, (str, bytes)),
    **dict.fromkeys(PLACE, (int, float)),
    **dict.fromkeys(("details", "caller"), (dict,)),
}


@dataclass
class Report:
    """The values of an emergency as they are stored.

    With them are the warnings for the reporter, and the lines of the first note.
    """

    description: str = ""
    address: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    warnings: list[FieldError] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def warn(self, error: FieldError, text: str) -> None:
        """Add a warning about a field, and the text that did not fit to the note."""
        self.warnings.append(error)
        self.lines.append(f"{error.field}: {text}")

    def add_unusable(self, error: FieldError, value: Any) -> None:
        """Add a value that is not usable: a warning, and its text to the note."""
        self.warn(error, as_text(value))

    @property
    def note(self) -> str:
        """Return the first note; it is not limited in length, so that nothing is lost."""
        return "\n".join(self.lines)


def accept(
    request_type: RequestType, texts: Mapping[str, str], details: Mapping[str, Any]
) -> Report:
    """Return a report with every value that is usable, and warnings for those that are not."""
    report = Report()
    report.description, report.address = (
        _fit(report, name, texts.get(name, "")) for name in ("description", "address")
    )
    report.details = _usable_answers(report, request_type, details)
    return report


def replaced_characters(name: str) -> FieldError:
    """Return the warning of a text whose characters can't all be stored."""
    text = _("Characters that can't be stored were replaced.")
    return FieldError(name, "invalid_characters", text)


def _fit(report: Report, name: str, text: str) -> str:
    """Return a text as its field stores it, cut to its limit; the rest goes to the note."""
    cleaned = printable(text)
    if cleaned != text:
        report.warnings.append(replaced_characters(name))
    stored = str(TextField().to_python(cleaned))
    limit = FIELD_LIMITS[name]
    if len(stored) > limit:
        message = _(
            "This text is longer than %(max)d characters. The rest is stored in a note."
        ) % {"max": limit}
        error = FieldError(name, "string_too_long", message, {"max": limit})
        report.warn(error, f"… {stored[limit:]}")
    return stored[:limit]


def _usable_answers(
    report: Report, request_type: RequestType, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the answers that validate; the others go to the note as text."""
    form = [{**question, "is_required": False} for question in localised_form(request_type)]
    usable = dict(answers)
    stored, errors = check(form, usable)
    while unusable := [error for error in errors if error.field in usable]:
        for name, error in {error.field: error for error in unusable}.items():
            about = error._replace(field=printable(f"details.{name}"))
            report.warn(about, as_text(usable.pop(name)))
        stored, errors = check(form, usable)
    return stored


def as_text(value: Any) -> str:
    """Return an answer as text that a database can store."""
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def printable(text: str) -> str:
    """Replace what a database can't store: NUL and lone surrogates."""
    return (
        text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        .encode("utf-16", "surrogatepass")
        .decode("utf-16", "replace")
    )


def without_surrogates(value: Any) -> Any:
    """Return a JSON value whose texts can be stored."""
    match value:
        case str():
            return (
                printable(value) if any("\ud800" <= char <= "\udfff" for char in value) else value
            )
        case list():
            return [without_surrogates(item) for item in value]
        case dict():
            return {
                without_surrogates(key): without_surrogates(item) for key, item in value.items()
            }
    return value


def only_values_are_wrong(errors: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether pydantic's errors concern values only: null is no value.

    Other JSON types and unknown fields are errors, except within `caller`.
    """
    return all(_is_of_value(error) for error in errors)


def _is_of_value(error: Mapping[str, Any]) -> bool:
    if not error["loc"] or error["loc"][0] not in JSON_TYPES:
        return False
    name, value = error["loc"][0], error["input"]
    if value is None or error["type"] == "missing" or len(error["loc"]) > 1:
        return True
    return isinstance(value, JSON_TYPES[name]) and not isinstance(value, bool)
