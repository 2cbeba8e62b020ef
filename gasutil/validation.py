"""Django's validators within pydantic's, so that all errors of a body are collected at once."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from gasutil.validation_messages import django_params


def fail_as_pydantic(validate: Callable[[], Any]) -> Any:
    """Return the result of a Django validator.

    Convert its error to one that pydantic collects with all others.
    """
    try:
        return validate()
    except ValidationError as error:
        first = error.error_list[0]
        raise PydanticCustomError(
            first.code or "invalid",
            "{reason}",
            {"reason": " ".join(error.messages), "params": django_params(first)},
        ) from error


def with_line_feeds(value: Any) -> Any:
    """Return a text with each line break as one line feed.

    So a line break counts as one character whatever a client sends.
    """
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


LINE_FEEDS = BeforeValidator(with_line_feeds)
NO_NUL = AfterValidator(
    lambda value: fail_as_pydantic(lambda: ProhibitNullCharactersValidator()(value)) or value
)
