"""The names and help texts of models, translated without a call in each model."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy

NAMES = ("verbose_name", "verbose_name_plural")
# What no page shows.
INTERNAL = {
    "id",
    "txid",
    "sha256",
    "auth_hash",
    "etag",
    "fingerprint",
    "queue_at",
    "escalate_at",
    "rotated_at",
    "revoked_at",
    "beat_at",
}
INTERNAL |= {
    "history_id",
    "history_type",
    "history_date",
    "history_user",
    "history_change_reason",
    "key",
    "current",
    "previous",
    "answer",
}


def translate() -> None:
    """Translate the names of models and fields, and their help texts, where they are displayed."""
    for owner, name, text in _texts():
        setattr(owner, name, gettext_lazy(text))


def all_texts() -> set[str]:
    """Yield the texts to translate."""
    return {str(text) for _, _, text in _texts()}


def _texts() -> Iterator[tuple[Any, str, Any]]:
    for model in apps.get_app_config("gasutil").get_models():
        if not model.__name__.endswith("Permission"):
            yield from (
                (model._meta, name, text) for name in NAMES if (text := getattr(model._meta, name))
            )
            for field in (
                item for item in model._meta.concrete_fields if item.name not in INTERNAL
            ):
                yield from (
                    (field, name, text)
                    for name in ("verbose_name", "help_text")
                    if (text := getattr(field, name))
                )
