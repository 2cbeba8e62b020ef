"""The texts of a type in words: which text a path means."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gasutil.models.type_texts import SAFETY_TEXT, SPOKEN_TEXT

OWN_LABELS: Mapping[str, Any] = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    SAFETY_TEXT: gettext_lazy("Safety text"),
    SPOKEN_TEXT: gettext_lazy("Spoken safety text"),
}
PART_LABELS: Mapping[str, Any] = {
    "label": gettext_lazy("label"),
    "help": gettext_lazy("help"),
    "unit": gettext_lazy("unit"),
}


def text_label(path: str, request_type: Any) -> str:
    """Return which text of a type, or of a row of its history, a path means."""
    section, _dot, rest = path.partition(".")
    if not rest:
        return str(OWN_LABELS.get(path, path))
    name, _dot, part = rest.partition(".")
    if section == "milestones":
        labels = {limit["name"]: limit["label"] for limit in request_type.limits}
        return _("Milestone “%(label)s”: label") % {"label": labels.get(name, name)}
    question: Mapping[str, Any] = next(
        (item for item in request_type.form if item["name"] == name), {}
    )
    return f"“{question.get('label', name)}”: {_part_label(part, question)}"


def _part_label(part: str, question: Mapping[str, Any]) -> str:
    start, _dot, value = part.partition(".")
    if start != "choices":
        return str(PART_LABELS.get(part, part))
    labels = dict(question.get("choices", ()))
    return _("choice “%(label)s”") % {"label": labels.get(value, value)}
