"""Paths of tiles, as c2sp.org/tlog-tiles defines them.

`tile/<level>/<number>` is a full tile of 256 hashes; `.p/<width>` follows the number of a partial
one. Numbers are in groups of three digits with `x` before all groups but the last.
"""

import re
from dataclasses import dataclass

from gasutil.proof.tree import TILE_HEIGHT, TILE_WIDTH

MAX_LEVEL = 7  # 2^63 leaves
PATH = re.compile(
    r"(?P<level>[0-7])/(?P<number>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Tile:
    """The place of a tile in the tree, and how many hashes it has."""

    level: int
    number: int
    width: int = TILE_WIDTH

    @classmethod
    def parse(cls, path: str) -> "Tile | None":
        """Return the tile of a path behind `tile/`, or None for a path that names none."""
        match = PATH.fullmatch(path)
        if match is None:
            return None
        number = int(match["number"].replace("x", "").replace("/", ""))
        tile = cls(int(match["level"]), number, int(match["width"] or TILE_WIDTH))
        is_partial = tile.width < TILE_WIDTH or match["width"] is None
        return tile if is_partial and tile.path == path else None

    @property
    def path(self) -> str:
        """Return the path behind `tile/`."""
        number = self.number
        groups = [f"{number % 1000:03d}"]
        while number := number // 1000:
            groups.insert(0, f"x{number % 1000:03d}")
        path = f"{self.level}/{'/'.join(groups)}"
        return path if self.width == TILE_WIDTH else f"{path}.p/{self.width}"

    def is_in(self, size: int) -> bool:
        """Return whether a tree of this size has all hashes of the tile."""
        return self.number * TILE_WIDTH + self.width <= size >> (self.level * TILE_HEIGHT)


def tiles_of(size: int) -> list[Tile]:
    """Return the tiles of a tree, full and partial; partial ones are never empty."""
    result = []
    for level in range(MAX_LEVEL + 1):
        full, rest = divmod(size >> (level * TILE_HEIGHT), TILE_WIDTH)
        result += [Tile(level, number) for number in range(full)]
        if rest:
            result.append(Tile(level, full, rest))
    return result
