"""Sentences for customers in place of the messages of pydantic's validators."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from pydantic_core.core_schema import ErrorType

BUILT_IN = frozenset(get_args(ErrorType))  # any other code is one of ours, with our message
DATE_MESSAGE = gettext_noop("Write a date as 2026-11-23.")
TIME_MESSAGE = gettext_noop("Write a time with its zone, as 2026-11-23T14:30:00Z.")
WHOLE_NUMBER_MESSAGE = gettext_noop("Enter a whole number.")
NUMBER_MESSAGE = gettext_noop("Enter a number.")
YES_NO_MESSAGE = gettext_noop("Choose yes or no.")
OBJECT_MESSAGE = gettext_noop("Send a JSON object.")
OTHER_MESSAGE = gettext_noop("This value is not valid.")
MESSAGES: Mapping[str, str] = {
    "missing": gettext_noop("This field is required."),
    "extra_forbidden": gettext_noop("There is no field with this name."),
    "string_type": gettext_noop("Enter text."),
    "string_unicode": gettext_noop("This text is not UTF-8. Send it as UTF-8."),
    "string_pattern_mismatch": gettext_noop("This is not in the expected format."),
    "int_type": WHOLE_NUMBER_MESSAGE,
    "int_parsing": WHOLE_NUMBER_MESSAGE,
    "int_from_float": WHOLE_NUMBER_MESSAGE,
    "int_parsing_size": gettext_noop("This number is too large."),
    "float_type": NUMBER_MESSAGE,
    "float_parsing": NUMBER_MESSAGE,
    "finite_number": NUMBER_MESSAGE,
    "greater_than": gettext_noop("Enter a number above %(gt)s."),
    "greater_than_equal": gettext_noop("Enter %(ge)s or more."),
    "less_than": gettext_noop("Enter a number below %(lt)s."),
    "less_than_equal": gettext_noop("Enter %(le)s or less."),
    "bool_type": YES_NO_MESSAGE,
    "bool_parsing": YES_NO_MESSAGE,
    "list_type": gettext_noop("Send a list."),
    "too_short": gettext_noop("Choose at least %(min_length)s."),
    "too_long": gettext_noop("Choose at most %(max_length)s."),
    "dict_type": OBJECT_MESSAGE,
    "model_type": OBJECT_MESSAGE,
    "model_attributes_type": OBJECT_MESSAGE,
}
# Of fields that are chosen, whatever is wrong with the value.
CHOICES: Mapping[str, str] = {"request_type": gettext_noop("Please choose a request type.")}
PARAMS: Mapping[str, str] = {
    "ge": "min",
    "min_length": "min",
    "le": "max",
    "max_length": "max",
    "gt": "above",
    "lt": "below",
    "min": "min",
    "max": "max",
    "values": "values",
    "pattern": "pattern",
}  # of validators, and their names in `params`
FAMILIES: Mapping[str, str] = {
    "datetime": TIME_MESSAGE,
    "timezone": TIME_MESSAGE,
    "time": TIME_MESSAGE,
    "date": DATE_MESSAGE,
}


def message_of(error: Mapping[str, Any]) -> str:
    """Return the message of one of pydantic's errors, in the language of the user."""
    code, context = str(error["type"]), error.get("ctx") or {}
    if code not in BUILT_IN or "reason" in context:  # one of ours, already in words
        return str(error["msg"])
    location = error.get("loc") or ("",)
    if location[-1] in CHOICES and code in ("missing", "string_type", "string_too_short"):
        return _(CHOICES[location[-1]])
    match code:
        case "enum" | "literal_error":
            return _choices(str(context["expected"]))
        case "string_too_short":
            return _too_short(context["min_length"])
        case "string_too_long":
            limit = context["max_length"]
            text = ngettext(
                "Enter at most %(limit)s character.", "Enter at most %(limit)s characters.", limit
            )
            return text % {"limit": limit}
    known = MESSAGES.get(code) or FAMILIES.get(code.split("_")[0], OTHER_MESSAGE)
    return _(known) % context


def django_params(error: ValidationError) -> dict[str, Any]:
    """Return the parameters of an error of Django's validators; the others repeat the value."""
    given = dict(error.params or {})
    if "limit_value" in given:
        given["max" if str(error.code).startswith("max") else "min"] = given["limit_value"]
    return {PARAMS[name]: value for name, value in given.items() if name in PARAMS}


def pydantic_params(error: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of one of pydantic's errors, under names of our own."""
    context = error.get("ctx") or {}
    if "params" in context:  # one of Django's validators
        return dict(context["params"])
    params = {PARAMS[name]: value for name, value in context.items() if name in PARAMS}
    if error["type"] in ("enum", "literal_error"):
        params["values"] = _expected_values(str(context["expected"]))
    return params


def _expected_values(expected: str) -> list[str]:
    """Return the values in pydantic's `'a', 'b' or 'c'`."""
    return re.findall(r"'([^']*)'", expected)


def _choices(expected: str) -> str:
    """Return the message for a value that is not one of `'a', 'b' or 'c'`."""
    values = _expected_values(expected)
    if not values:
        return _("Choose from the available options.")
    return _("Choose one of: %(values)s.") % {"values": ", ".join(values)}


def _too_short(limit: int) -> str:
    if limit == 1:
        return _("This field can't be empty.")
    text = ngettext(
        "Enter at least %(limit)s character.", "Enter at least %(limit)s characters.", limit
    )
    return text % {"limit": limit}
