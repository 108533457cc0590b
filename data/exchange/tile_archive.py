"""Reads single tiles from a PMTiles file (version 3, github.com/protomaps/PMTiles)."""

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from data.errors import InvalidError
from data.streets.tiles import TileAddress, TileRange

HEADER_BYTES: Final = 127
_DEGREE: Final = 1e7
_WANTED: Final = "a whole PMTiles file of version 3, compressed by gzip"

_DAMAGE: Final = (
    EOFError,
    IndexError,
    MagicNumberNotFound,
    OSError,
    SpecVersionUnsupported,
    ValueError,
    zlib.error,
)
"""What reading a file raises that is another one, or not whole."""


def read_tiles(
    file: Path, wanted: Iterable[TileAddress]
) -> tuple[TileRange, dict[TileAddress, bytes]]:
    """Return what a file covers, and the wanted tiles that it has, compressed by gzip.

    Raises `InvalidError` where it is no whole PMTiles file of version 3, or compressed otherwise.
    """
    with file.open("rb") as opened:
        try:
            header = deserialize_header(opened.read(HEADER_BYTES))
            _require_gzip(header)
            found = _found(opened, header, wanted)
        except _DAMAGE as error:
            raise InvalidError("tiles", file.name, _WANTED) from error
    corners = (
        header["min_lon_e7"],
        header["min_lat_e7"],
        header["max_lon_e7"],
        header["max_lat_e7"],
    )
    west, south, east, north = (each / _DEGREE for each in corners)
    return TileRange(header["min_zoom"], header["max_zoom"], (west, south, east, north)), found


def _require_gzip(header: HeaderDict) -> None:
    """Raise `ValueError` where directories or tiles are not as `write_basemap` makes them."""
    packed = {header["internal_compression"], header["tile_compression"]}
    if packed != {Compression.GZIP}:
        raise ValueError(packed)


def _found(
    opened: BinaryIO, header: HeaderDict, wanted: Iterable[TileAddress]
) -> dict[TileAddress, bytes]:
    """Return the wanted tiles; each directory is read once, not for each tile as `Reader` does."""
    root = _directory(opened, header["root_offset"], header["root_length"])
    leaves: dict[int, list[Entry]] = {}
    found = {}
    for address in wanted:
        number = zxy_to_tileid(*address)
        entry = find_tile(root, number)
        if entry is not None and entry.run_length == 0:
            at = header["leaf_directory_offset"] + entry.offset
            if at not in leaves:
                leaves[at] = _directory(opened, at, entry.length)
            entry = find_tile(leaves[at], number)
        if entry is not None:
            found[address] = _read(opened, header["tile_data_offset"] + entry.offset, entry.length)
    return found


def _directory(opened: BinaryIO, offset: int, length: int) -> list[Entry]:
    return deserialize_directory(_read(opened, offset, length))


def _read(opened: BinaryIO, offset: int, length: int) -> bytes:
    opened.seek(offset)
    content = opened.read(length)
    if len(content) < length:
        raise EOFError(offset)
    return content
