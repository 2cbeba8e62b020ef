"""Model fields that keep what people type clean, whichever door it comes in by."""

from collections.abc import Sequence
from typing import Any

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext


class TextField(models.TextField[str, str]):
    """Text as people type it: no blank ends, one kind of line break, no NUL (which PostgreSQL refuses), no more than `max_length`.

    `max_length` is a setting's to say and the database's column has none, so it is no part of a migration.
    """

    default_validators = [ProhibitNullCharactersValidator()]

    @cached_property
    def validators(self) -> list[Any]:
        """Return what a value has to pass; Django's own text field asks for `max_length` in forms alone."""
        return [*super().validators, *([] if self.max_length is None else [MaxLengthValidator(self.max_length)])]

    def deconstruct(self) -> Any:
        """Return what makes the field again, without its length."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Any:
        """Strip the value and write every line break as a single line feed."""
        value = super().to_python(value)
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(value, str) else value


class PhoneField(models.CharField[str, str]):
    """A possible telephone number, kept as E.164 (`+917890123456`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 32, **kwargs})

    def to_python(self, value: Any) -> Any:
        """Return the number as E.164, read as one of `PHONE_REGION` where it names no country."""
        value = super().to_python(value)
        if not value:
            return value
        try:
            number = phonenumbers.parse(value, settings.PHONE_REGION)
        except phonenumbers.NumberParseException as error:
            raise ValidationError(gettext("This is not a telephone number."), "invalid_phone_number") from error
        if not phonenumbers.is_possible_number(number):
            raise ValidationError(gettext("This can't be a telephone number: its length is wrong."), "invalid_phone_number")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class SeveralField(models.JSONField):
    """Some of several choices, kept as a list in the choices' own order; `several` is no part of a migration."""

    def __init__(self, *args: Any, several: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})
        self.several = several

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Return what was chosen, each once and in order; refuse anything else."""
        known = [name for name, _ in self.several]
        if not isinstance(value, list) or any(one not in known for one in value):
            raise ValidationError(gettext("Choose some of those that there are."), "invalid_choice")
        return [one for one in known if one in value]
