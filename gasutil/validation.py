"""Django's validators within pydantic's, so that all faults of a body are gathered at once."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def fail_as_pydantic(validate: Callable[[], Any]) -> Any:
    """Return what a Django validation returns; its error becomes one that pydantic gathers with all others."""
    try:
        return validate()
    except ValidationError as error:
        first = error.error_list[0]
        raise PydanticCustomError(first.code or "invalid", "{reason}", {"reason": " ".join(error.messages)}) from error


NO_NUL = AfterValidator(lambda value: fail_as_pydantic(lambda: ProhibitNullCharactersValidator()(value)) or value)
