"""The place of a request: an address, or coordinates."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from gasutil.errors import FieldError

MAX_DEGREES = {"latitude": 90, "longitude": 180}


class Coordinates(NamedTuple):
    """Coordinates in degrees (WGS 84), or None for both."""

    latitude: float | None
    longitude: float | None


NO_COORDINATES = Coordinates(None, None)


def read_coordinates(
    latitude: Any, longitude: Any, report: Callable[[FieldError, Any], None]
) -> Coordinates:
    """Return the coordinates; report values that are not usable, or one without the other."""
    given = {"latitude": latitude, "longitude": longitude}
    values = {name: _degrees(name, value, report) for name, value in given.items()}
    if None not in values.values():
        return Coordinates(**values)
    for name, value in values.items():
        other = "longitude" if name == "latitude" else "latitude"
        if value is not None and given[other] is None:
            text = _("Send the latitude and the longitude.")
            report(FieldError(other, "required", text), f"{name} {value}")
    return NO_COORDINATES


def _degrees(name: str, value: Any, report: Callable[[FieldError, Any], None]) -> float | None:
    if value is None or value == "":
        return None
    try:
        degrees = float(value)
    except (TypeError, ValueError, OverflowError):
        degrees = math.nan
    if not abs(degrees) <= MAX_DEGREES[name]:  # which NaN is not either
        text = _("Send a number between %(min)d and %(max)d.")
        params = {"min": -MAX_DEGREES[name], "max": MAX_DEGREES[name]}
        report(FieldError(name, "out_of_range", text % params, params), value)
        return None
    return degrees
