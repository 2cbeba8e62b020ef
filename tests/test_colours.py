"""A colour scale made of one colour is readable for every colour that an operator may choose."""

import pytest

from project.colours import NIGHT, SHADES, WHITE, contrast, parse_colour, scale


@pytest.mark.parametrize(
    "colour",
    [
        "#155dfc",
        "#f59e0b",
        "#00ff00",
        "#ffff00",
        "#ff0000",
        "#000000",
        "#ffffff",
        "#7c3aed",
        "#0f766e",
    ],
)
def test_it_can_be_read(colour: str) -> None:
    shades = scale(colour)
    assert list(shades) == list(SHADES)
    assert all(
        contrast(parse_colour(shades[name]), WHITE) >= 4.5
        for name in ("600", "700", "800", "900", "950")
    )
    assert all(contrast(parse_colour(shades[name]), NIGHT) >= 4.5 for name in ("300", "400", "500"))


def test_it_keeps_the_colour() -> None:
    assert scale("#155dfc")["600"] == "#155dfc"


def test_its_steps_get_darker() -> None:
    brightness = [contrast(parse_colour(shade), 0.0) for shade in scale("#0f766e").values()]
    assert brightness == sorted(brightness, reverse=True)
