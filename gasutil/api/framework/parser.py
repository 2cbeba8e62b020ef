"""The parser of bodies: strict, except for emergencies, which are read even if they are damaged."""

from codecs import BOM_UTF8
from typing import Any

import orjson
from django.http import HttpRequest
from ninja.parser import Parser

from gasutil.api.framework.auth import caller
from gasutil.api.framework.errors import PREFIX
from gasutil.api.framework.json_bodies import repaired
from gasutil.api.framework.uploads import not_utf8, read_form
from gasutil.workflow import intake

SUBMISSIONS = f"{PREFIX}requests/"
EMERGENCY_REPORTS = f"{PREFIX}emergencies/"  # all of them are emergencies
CREATING = (SUBMISSIONS, EMERGENCY_REPORTS, f"{PREFIX}intake/")


class StrictParser(Parser):
    """Parse JSON as RFC 8259 defines it.

    It accepts no NaN, no lone surrogates, and nothing that a database would reject later.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value of a body; raise `ValueError` if it is not JSON.

        An emergency is read even if its text is damaged, such as by an emoji that an app has cut in
        half.
        """
        try:
            return orjson.loads(request.body.removeprefix(BOM_UTF8))
        except ValueError:
            value = (
                repaired(request.body)
                if request.path_info in CREATING and request.method == "POST"
                else None
            )
            if not _is_emergency(request, value):
                raise
            return value

    def parse_form(self, request: HttpRequest) -> dict[str, Any]:
        """Return the fields of a form.

        In an emergency, text that is not UTF-8 is read as Windows-1252, which old clients send.
        """
        fields = read_form(request)
        if not_utf8(request) and request.path_info in CREATING and _is_emergency(request, fields):
            return read_form(request, charset="cp1252")
        return fields


def _is_emergency(request: HttpRequest, value: Any) -> bool:
    if not isinstance(value, dict) or request.path_info == EMERGENCY_REPORTS:
        return isinstance(value, dict)
    return intake.is_emergency_type(caller(request), value.get("request_type"))
