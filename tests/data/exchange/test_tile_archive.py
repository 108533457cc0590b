"""Single tiles out of a PMTiles file."""

import gzip

import pytest

from data.errors import InvalidError
from data.exchange.basemap import write_basemap
from data.exchange.tile_archive import read_tiles
from data.streets.tiles import TileAddress
from maps.pages.stored_map import tiles_in
from maps.shifts.stored_network import corridor
from tests import village as v
from tests.village_plan import a_leg


def test_tiles_come_as_they_are_in_the_file_and_others_are_not_made_up(tmp_path):
    write_basemap(v.village(), v.village_places(), tmp_path)
    far = TileAddress(15, 1, 1)
    wanted = tiles_in(corridor([a_leg()], v.village()))
    covers, tiles = read_tiles(tmp_path / "streets.pmtiles", {*wanted, far})
    assert (covers.min_zoom, covers.max_zoom) == (10, 15)
    assert {each.z for each in tiles} == set(range(10, 16))
    assert far not in tiles
    assert all(b"streets" in gzip.decompress(content) for content in tiles.values())


def changed(content: bytes, at: int, byte: int) -> bytes:
    return content[:at] + bytes([byte]) + content[at + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: changed(content, 0, ord("Q")),
        lambda content: changed(content, 7, 2),  # the version
        lambda content: changed(content, 97, 1),  # directories without compression
        lambda content: changed(content, 98, 4),  # tiles in zstd
        lambda content: content[:100],
        lambda content: content[:140],
        lambda content: content[:-1],
        lambda _: b"",
    ],
)
def test_a_file_that_phones_could_not_read_is_refused(tmp_path, damage):
    write_basemap(v.village(), v.village_places(), tmp_path)
    file = tmp_path / "streets.pmtiles"
    wanted = tiles_in(corridor([a_leg()], v.village()))
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(InvalidError, match="version 3, compressed by gzip"):
        read_tiles(file, wanted)
