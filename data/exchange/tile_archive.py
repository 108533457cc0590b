"""Reads single tiles from a PMTiles file (version 3, github.com/protomaps/PMTiles)."""

import gzip
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from data.errors import InvalidError
from data.streets.tiles import TileAddress, TileRange

HEADER_BYTES = 127
_MAGIC = b"PMTiles\x03"
_PLACES = struct.Struct("<8s8Q")
_COMPRESSIONS_AT, _ZOOMS_AT, _BOUNDS_AT = 97, 100, 102
_GZIP = 2
"""How directories and tiles are compressed, as `write_basemap` does and phones can undo."""

_BOUNDS = struct.Struct("<4i")
_DEGREE = 1e7

_WANTED = "a whole PMTiles file of version 3, compressed by gzip"


class _Entry(NamedTuple):
    """Tiles from a number on that have one content, or a directory where `run` is 0."""

    first: int
    run: int
    length: int
    offset: int


def read_tiles(
    file: Path, wanted: Iterable[TileAddress]
) -> tuple[TileRange, dict[TileAddress, bytes]]:
    """Return what a file covers, and the wanted tiles that it has, compressed by gzip.

    Raises `InvalidError` where it is no whole PMTiles file of version 3, or compressed otherwise.
    """
    with file.open("rb") as opened:
        header = opened.read(HEADER_BYTES)
        if not _readable(header):
            raise InvalidError("tiles", file.name, _WANTED)
        try:
            found = _found(opened, header, wanted)
        except (EOFError, OSError, zlib.error) as error:
            raise InvalidError("tiles", file.name, _WANTED) from error
    west, south, east, north = (each / _DEGREE for each in _BOUNDS.unpack_from(header, _BOUNDS_AT))
    least, most = header[_ZOOMS_AT], header[_ZOOMS_AT + 1]
    return TileRange(least, most, (west, south, east, north)), found


def _readable(header: bytes) -> bool:
    compressions = header[_COMPRESSIONS_AT : _COMPRESSIONS_AT + 2]
    return (
        len(header) == HEADER_BYTES
        and header.startswith(_MAGIC)
        and compressions == bytes([_GZIP, _GZIP])
    )


def _found(
    opened: BinaryIO, header: bytes, wanted: Iterable[TileAddress]
) -> dict[TileAddress, bytes]:
    _, root, root_length, _, _, leaves, _, contents, _ = _PLACES.unpack_from(header)
    found = {}
    directory = _entries(_read(opened, root, root_length))
    leaf_of: dict[int, list[_Entry]] = {}
    for address in sorted(set(wanted), key=tile_number):
        number = tile_number(address)
        entry = _at(directory, number)
        if entry is not None and entry.run == 0:
            if entry.offset not in leaf_of:
                leaf = _read(opened, leaves + entry.offset, entry.length)
                leaf_of[entry.offset] = _entries(leaf)
            entry = _at(leaf_of[entry.offset], number)
        if entry is not None and number < entry.first + entry.run:
            found[address] = _read(opened, contents + entry.offset, entry.length)
    return found


def tile_number(address: TileAddress) -> int:
    """Return the number of a tile: of all smaller zooms first, then along Hilbert's curve."""
    z, x, y = address
    number, side = ((1 << 2 * z) - 1) // 3, 1 << z
    half = side >> 1
    while half:
        right, lower = int(x & half > 0), int(y & half > 0)
        number += half * half * ((3 * right) ^ lower)
        if not lower:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        half >>= 1
    return number


def _read(opened: BinaryIO, offset: int, length: int) -> bytes:
    opened.seek(offset)
    content = opened.read(length)
    if len(content) < length:
        raise EOFError(offset)
    return content


def _at(entries: list[_Entry], number: int) -> _Entry | None:
    """Return the last entry that begins at or before a number."""
    place = bisect_right(entries, number, key=lambda entry: entry.first) - 1
    return entries[place] if place >= 0 else None


def _entries(packed: bytes) -> list[_Entry]:
    numbers = iter(_varints(gzip.decompress(packed)))
    count = next(numbers)
    firsts, first = [], 0
    for _ in range(count):
        first += next(numbers)
        firsts.append(first)
    runs = [next(numbers) for _ in range(count)]
    lengths = [next(numbers) for _ in range(count)]
    entries: list[_Entry] = []
    for first, run, length in zip(firsts, runs, lengths, strict=True):
        told = next(numbers)  # 0: right behind the one before
        offset = told - 1 if told else entries[-1].offset + entries[-1].length
        entries.append(_Entry(first, run, length, offset))
    return entries


def _varints(content: bytes) -> Iterable[int]:
    number = shift = 0
    for byte in content:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0
