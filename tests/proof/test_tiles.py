"""The paths of tiles."""

import pytest

from gasutil.proof.tiles import Tile, tiles_of
from gasutil_verify.log import tile_path


def test_it_works():
    assert Tile.parse("0/x001/x234/067") == Tile(0, 1234067)
    assert Tile.parse("1/005.p/12") == Tile(1, 5, 12)


@pytest.mark.parametrize(
    "tile",
    [Tile(0, 0), Tile(0, 999), Tile(0, 1000), Tile(2, 1234067, 5), Tile(7, 0, 1)],
    ids=lambda tile: tile.path,
)
def test_a_path_leads_back_to_its_tile(tile):
    assert Tile.parse(tile.path) == tile
    assert tile_path(tile.level, tile.number, tile.width) == f"tile/{tile.path}"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "8/000",
        "0/00",
        "0/0000",
        "0/x000/000",  # a number has no leading group of zeros
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/012",
        "0/-01",
        "0/\u0660\u0660\u0660",  # digits, but not ASCII's
        "0/000/",
        "00/000",
        "entries/000",
        "0/000.p/1\n",
        "0/" + "x999/" * 40 + "999",
    ],
)
def test_any_other_path_names_no_tile(path):
    assert Tile.parse(path) is None


def test_the_tiles_of_a_tree_have_all_its_hashes_and_none_is_empty():
    assert tiles_of(0) == []
    assert tiles_of(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert [tile.path for tile in tiles_of(70_000) if tile.number > 272 or tile.level] == [
        "0/273.p/112",
        "1/000",
        "1/001.p/17",
        "2/000.p/1",
    ]
    assert all(tile.is_in(70_000) for tile in tiles_of(70_000))
    assert [tile.path for tile in tiles_of(70_000) if not tile.is_in(69_999)] == ["0/273.p/112"]
