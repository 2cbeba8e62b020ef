"""Shades of one colour, each with the contrast that the console needs."""

from math import cbrt, hypot

Linear = tuple[float, float, float]
# How light each shade is in OKLCH, and how much of the colour is left in it.
SHADES = {
    "50": (0.970, 0.06),
    "100": (0.932, 0.14),
    "200": (0.882, 0.26),
    "300": (0.809, 0.46),
    "400": (0.707, 0.72),
    "500": (0.623, 0.94),
    "600": (0.546, 1.0),
    "700": (0.488, 1.0),
    "800": (0.424, 0.84),
    "900": (0.379, 0.62),
    "950": (0.282, 0.40),
}
# Luminance of the backgrounds that text of a shade stands on, and of text on a shade.
WHITE, NIGHT = (1.0, 0.0097)
NEEDED = 4.6  # to one: WCAG's 4.5, and something for rounding
# Shades that are written with in the dark; with those from 600 on one writes on white.
ON_NIGHT = ("300", "400", "500")


def scale(colour: str) -> dict[str, str]:
    """Return the shades of a colour such as `#155dfc`."""
    _, a, b = oklab(colour)
    chroma = hypot(a, b)
    hue = (a / chroma, b / chroma) if chroma > 0.004 else (0.0, 0.0)
    return {
        name: shade(name, lightness, chroma * left, hue)
        for name, (lightness, left) in SHADES.items()
    }


def shade(name: str, lightness: float, chroma: float, hue: tuple[float, float]) -> str:
    """Return one shade, made lighter or darker until it can be read."""
    while True:
        linear = fitted(lightness, chroma, hue)
        if name in ON_NIGHT and contrast(linear, NIGHT) < NEEDED:
            lightness += 0.01
        elif name in ("600", "700", "800", "900", "950") and contrast(linear, WHITE) < NEEDED:
            lightness -= 0.01
        else:
            return written(linear)


def fitted(lightness: float, chroma: float, hue: tuple[float, float]) -> Linear:
    """Return a colour that screens can show: as much of the hue as fits."""
    while True:
        linear = from_oklab(lightness, chroma * hue[0], chroma * hue[1])
        if all(-0.0005 <= part <= 1.0005 for part in linear) or chroma < 0.001:
            return linear
        chroma *= 0.97


def contrast(linear: Linear, background: float) -> float:
    """Return the contrast ratio of a colour and a background, as defined in WCAG."""
    lighter, darker = sorted((luminance(linear), background), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(linear: Linear) -> float:
    """Return the luminance of a colour."""
    red, green, blue = (min(max(part, 0.0), 1.0) for part in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parse_colour(colour: str) -> Linear:
    """Return the linear parts of a colour such as `#155dfc`."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return red, green, blue


def written(linear: Linear) -> str:
    """Return a colour as `#rrggbb`."""
    parts = (min(max(part, 0.0), 1.0) for part in linear)
    encoded = (
        12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in parts
    )
    return "#" + "".join(f"{round(255 * part):02x}" for part in encoded)


def oklab(colour: str) -> Linear:
    """Return a colour's place in OKLab (Ottosson 2020): lightness, green to red, blue to yellow."""
    red, green, blue = parse_colour(colour)
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def from_oklab(lightness: float, a: float, b: float) -> Linear:
    """Return the linear parts of a place in OKLab.

    Outside of nought to one where no screen can show it.
    """
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
