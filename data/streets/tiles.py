"""Tiles of a map of the streets."""

from dataclasses import dataclass
from typing import NamedTuple


class TileAddress(NamedTuple):
    """A tile of the web's usual square map: its zoom, column and row."""

    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class TileRange:
    """What a file of tiles covers: zooms, and (west, south, east, north) in degrees."""

    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
