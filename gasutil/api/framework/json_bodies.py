"""Bodies in JSON: the parameter that declares one, and its parsing."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.params.models import Body, BodyModel

from gasutil.api.framework.errors import JSON
from gasutil.workflow import emergencies


class JsonModel(BodyModel):
    """A body in JSON.

    Any other type returns 415, after authentication and routing, so that a wrong path returns 404.
    """

    @classmethod
    def get_request_data(
        cls, request: HttpRequest, api: Any, path_params: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return the body under the name of its parameter."""
        expect(request, JSON)
        return super().get_request_data(request, api, path_params)


class Json(Body):  # type: ignore[misc]  # as ninja itself does
    """The parameter from which ninja reads a body in JSON."""

    _model: type[BodyModel] = JsonModel

    @classmethod
    def _param_source(cls) -> str:
        return "body"


def expect(request: HttpRequest, *kinds: str) -> None:
    """Raise an `HttpError` (415) if the body has another content type."""
    if request.content_type not in kinds and request.body:
        raise HttpError(415, _("Send the body as %(types)s.") % {"types": _(" or ").join(kinds)})


def repaired(body: bytes) -> Any:
    """Return the value of damaged JSON, or `None` if it is not JSON.

    The damage may be a byte order mark, broken UTF-8, lone surrogates or NaN.
    """
    try:
        return emergencies.without_surrogates(
            json.loads(body.decode("utf-8-sig", "replace"), parse_constant=str, parse_int=_number)
        )
    except (ValueError, RecursionError):
        return None


def _number(digits: str) -> float:
    """Return a number as orjson reads it: a float if it does not fit into 64 bits."""
    return int(digits) if len(digits) < 19 else float(digits)
