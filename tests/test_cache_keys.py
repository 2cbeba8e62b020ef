"""Keys of the shared cache, which processes of two releases read during an upgrade."""

from dataclasses import dataclass, make_dataclass
from typing import Any

import pytest

from gasutil.cache_keys import key_for


@dataclass
class Figures:
    """As one release has it."""

    open: int
    closed: int = 0


@pytest.mark.parametrize(
    ("fields", "is_same"),
    [
        (
            [("open", int), ("closed", int, 5)],
            True,
        ),  # a default alone does not change what is stored
        ([("open", int), ("closed", int), ("waiting", int)], False),
        ([("open", int)], False),
        ([("open", int), ("closed", str)], False),
        ([("open", int), ("resolved", int)], False),
    ],
)
def test_a_key_changes_with_the_fields(fields: list[Any], is_same: bool) -> None:
    changed = make_dataclass("Figures", fields)
    # Python 3.12 sets it to that of the caller, and 3.11 to that of the standard library
    changed.__module__ = __name__
    assert (key_for("figures", changed) == key_for("figures", Figures)) is is_same


@pytest.mark.parametrize(
    ("name", "module"), [("OpenFigures", __name__), ("Figures", "gasutil.figures")]
)
def test_a_key_changes_when_the_class_is_renamed_or_moved(name: str, module: str) -> None:
    moved = make_dataclass(name, [("open", int), ("closed", int, 0)])
    moved.__module__ = module
    assert key_for("figures", moved) != key_for("figures", Figures)


def test_a_key_has_its_name() -> None:
    assert key_for("figures", Figures) != key_for("presence", Figures)
