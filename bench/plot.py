"""The plot of the results: the milliseconds of each call, as bars in an SVG."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

BAR, GAP, LEFT, WIDTH, TOP = 13, 12, 150, 760, 58  # pixels
FONT = 'font-family="system-ui, sans-serif" font-size="12"'
SERIES = {
    "ours": ("this release", "#155dfc"),
    "floor": ("floor: one SQL statement", "#9ca3af"),
    "peer": ("Django REST framework", "#e17100"),
    "today": ("0.1.0", "#7c3aed"),
}


def plot(results: Mapping[str, Any]) -> str:
    """Return an SVG of the calls that all servers have."""
    large = str(results["sizes"][-1])
    calls = [
        (line["call"], {"ours": line["p50"][large]} | line["p50"])
        for line in results["calls"]
        if SERIES.keys() & line["p50"].keys() - {"ours"}
    ]
    times = [p50[name] for _, p50 in calls for name in SERIES if name in p50]
    longest = max(times, default=1)
    scale, parts, y = (WIDTH - LEFT - 60) / longest, list(_head(int(large))), TOP
    for call, p50 in calls:
        shown = [name for name in SERIES if name in p50]
        middle = y + BAR * len(shown) / 2 + 4
        parts.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(call)}</text>')
        for name in shown:
            parts += _bar(y, p50[name], p50[name] * scale, SERIES[name][1])
            y += BAR
        y += GAP
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" {FONT}>\n'
        f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _head(requests: int) -> Iterator[str]:
    title = f"Milliseconds of a call (p50), one connection, {requests:,} requests"
    yield f"<title>{title}</title>"
    yield f'<text x="8" y="20" font-weight="bold">{title}</text>'
    x = LEFT
    for name, colour in SERIES.values():
        yield f'<rect x="{x}" y="33" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{x + 14}" y="42">{escape(name)}</text>'
        x += 40 + 7 * len(name)


def _bar(y: int, value: float, length: float, colour: str) -> Iterator[str]:
    yield f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 2}" fill="{colour}"/>'
    x = LEFT + length + 5
    yield f'<text x="{x:.1f}" y="{y + BAR - 3}" font-size="10" fill="#374151">{value:.2f}</text>'
