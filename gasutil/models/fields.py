"""Model fields that normalise input, from the API, the console and imports."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext

from gasutil.models.identifiers import to_e164
from gasutil.validation import with_line_feeds
from gasutil.visible_text import is_displayed


class TextField(models.TextField[str, str]):
    """Text as people type it, in a normal form.

    It has no blank ends, one kind of line break, no NUL (which PostgreSQL rejects), and no more
    than `max_length` characters.

    `max_length` is a setting's to say and the database's column has none, so it is no part of a
    migration.
    """

    default_validators = [ProhibitNullCharactersValidator()]

    @cached_property
    def validators(self) -> list[Any]:
        """Add the length to the validators.

        Django's own text field checks `max_length` in forms only.
        """
        return [
            *super().validators,
            *([] if self.max_length is None else [MaxLengthValidator(self.max_length)]),
        ]

    def deconstruct(self) -> Any:
        """Return the arguments of the field for migrations, without its length."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Any:
        """Strip the value and write every line break as a single line feed.

        A text that displays nothing is empty.
        """
        value = super().to_python(value)
        if not isinstance(value, str) or "\0" in value:  # the validator rejects NUL
            return value
        return with_line_feeds(value).strip() if is_displayed(value) else ""


class PhoneField(models.CharField[str, str]):
    """A possible phone number, stored as E.164 (`+917890123456`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 32, **kwargs})

    def to_python(self, value: Any) -> Any:
        """Return the number as E.164, read as one of `PHONE_REGION` where it names no country."""
        value = super().to_python(value)
        return to_e164(value, settings.PHONE_REGION) if value else value


class SeveralField(models.JSONField):
    """Some of several choices, stored as a list in the order of the choices.

    Migrations do not store `several`.
    """

    def __init__(self, *args: Any, several: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})
        self.several = several

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Return the choices, each once and in order; reject any other value."""
        known = [name for name, _ in self.several]
        if not isinstance(value, list) or any(choice not in known for choice in value):
            text = gettext("Choose from the available options.")
            raise ValidationError(text, "invalid_choice", {"values": known})
        return [choice for choice in known if choice in value]
