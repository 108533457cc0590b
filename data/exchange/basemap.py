"""Writes the basemap of a city as PMTiles files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas
import shapely

from data.exchange.name_columns import name_columns
from data.model import Place, Segment
from data.osm.tags import INTERPOLATED, JUNCTION, LANDMARK
from data.osm.waters import Water
from data.streets.network import StreetNetwork

MIN_ZOOM = 10
MAX_ZOOM = 15
"""Largest zoom with tiles, which closer views enlarge; a unit of a tile is 0.2 m or less."""

_UNDRAWN = ("address", INTERPOLATED, LANDMARK, JUNCTION)

_TILE_BYTES = 20_000_000
_TILE_FEATURES = 1_000_000
"""Largest tile in bytes and in features, never reached: GDAL thins out larger ones."""

_UNSEEN = 4
"""Bends smaller than this many of a tile's 4096 units, half a pixel, are left out.

The largest zoom keeps them all, since pages enlarge it. Half of the points of a city go, and with
them half of what each repaint costs where no graphics card helps.
"""

AROUND_DEG = 0.03
"""Degrees beyond the streets up to which waters are drawn."""


def write_basemap(
    network: StreetNetwork, places: Iterable[Place], folder: Path, waters: Iterable[Water] = ()
) -> None:
    """Write `streets.pmtiles` and, where there are some, places and waters into a folder.

    Layer `streets` has `id`, names (`name_columns`), `road_class, oneway, layer`, the segment's id
    being the feature's; `places` and `water` have `kind` and names. House numbers,
    landmarks and names of crossings are left out.
    """
    _write(_streets(network.segments), "streets", folder)
    spots = [place for place in places if place.kind not in _UNDRAWN]
    if len({spot.location for spot in spots}) > 1:  # browsers refuse tiles without extent
        _write(_spots(spots), "places", folder)
    seen = [water for water in waters if not _clipped(water, network).is_empty]
    if seen:
        _write(_waters(seen, network), "water", folder)


def _write(frame: geopandas.GeoDataFrame, layer: str, folder: Path) -> None:
    frame.to_file(
        folder / f"{layer}.pmtiles",
        driver="PMTiles",
        engine="pyogrio",
        layer=layer,
        dataset_options={
            "MINZOOM": str(MIN_ZOOM),
            "MAXZOOM": str(MAX_ZOOM),
            "MAX_SIZE": str(_TILE_BYTES),
            "MAX_FEATURES": str(_TILE_FEATURES),
            "SIMPLIFICATION": str(_UNSEEN),
            "SIMPLIFICATION_MAX_ZOOM": "0",
        },
    )


def _streets(segments: Sequence[Segment]) -> geopandas.GeoDataFrame:
    columns = {
        "id": [segment.id for segment in segments],
        **name_columns([segment.names for segment in segments]),
        "road_class": [segment.road_class.value for segment in segments],
        "oneway": [segment.oneway.value for segment in segments],
        "layer": [segment.layer for segment in segments],
    }
    lines = [shapely.LineString(segment.geometry) for segment in segments]
    return geopandas.GeoDataFrame(columns, geometry=lines, crs="EPSG:4326")


def _spots(places: Sequence[Place]) -> geopandas.GeoDataFrame:
    columns = {
        "kind": [place.kind for place in places],
        **name_columns([place.names for place in places]),
    }
    points = [shapely.Point(place.location) for place in places]
    return geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")


def _waters(waters: Sequence[Water], network: StreetNetwork) -> geopandas.GeoDataFrame:
    columns = {
        "kind": [water.kind for water in waters],
        **name_columns([water.names for water in waters]),
    }
    shapes = [_clipped(water, network) for water in waters]
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def _clipped(water: Water, network: StreetNetwork) -> shapely.Geometry:
    west, south, east, north = network.bounds
    return shapely.clip_by_rect(
        water.shape,
        west - AROUND_DEG,
        south - AROUND_DEG,
        east + AROUND_DEG,
        north + AROUND_DEG,
    )
