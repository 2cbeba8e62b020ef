"""The schemas of the errors in the OpenAPI document; `errors.py` makes the responses."""

from typing import Any

from ninja import Schema
from pydantic import Field

from gasutil.api.framework.errors import TYPE


class FieldError(Schema):
    """A validation error in one field."""

    field: str = Field(examples=["description"])
    code: str = Field(examples=["string_too_long"])
    message: str = Field(examples=["Enter at most 4000 characters."])
    params: dict[str, Any] = Field(
        default={},
        description=(
            "The values in the message, for clients with texts of their own: for example `min` and"
            " `max` of a bound, or the possible `values`. Empty if the code says it all."
        ),
        examples=[{"max": 4000}],
    )


class Problem(Schema):
    """An error, as defined in RFC 9457."""

    type: str = Field(examples=[TYPE + "invalid"])
    title: str = Field(examples=["Invalid input"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Some fields are not valid. See `errors`."])
    instance: str = Field(
        default="",
        description="The ID of the request, as in `X-Request-Id`.",
        examples=["5f0c6d3e8a1b4c7d9e2f0a1b3c5d7e9f"],
    )
    errors: list[FieldError] = Field(
        default=[], description="Every validation error in the body or query (422)."
    )
    allowed_statuses: list[str] = Field(
        default=[], description="The statuses that the request can change to (409)."
    )
    safety_instructions: str = Field(
        default="", description="What to do now (409 `closed` for an emergency)."
    )
