"""Reads polygons with their attributes from GeoJSON and GeoPackage files."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import geopandas
import pandas
import shapely

from data.errors import CityFileError, NotFoundError

POLYGON_SUFFIXES = (".geojson", ".json", ".gpkg")

_GEOPACKAGE = b"SQLite format 3\x00"


class Area(NamedTuple):
    """A polygon or multipolygon in degrees, with its non-empty attributes as text."""

    polygon: shapely.Geometry
    attributes: Mapping[str, str]


def read_areas(path: Path) -> list[Area]:
    """Return the polygons of a file, in its order, without points and lines.

    Raises `NotFoundError` for a missing file, `CityFileError` for one of another kind, one that
    cannot be read, and one without polygons.
    """
    if not path.is_file():
        raise NotFoundError("file", str(path))
    if path.suffix.lower() not in POLYGON_SUFFIXES:
        known = ", ".join(POLYGON_SUFFIXES)
        raise CityFileError(f"{path.name}: expected a file that ends in one of {known}")
    try:
        frame = geopandas.read_file(_source(path), engine="pyogrio")
        if frame.crs is not None and frame.crs.to_epsg() != 4326:
            frame = frame.to_crs("EPSG:4326")
        areas = list(_areas(frame))
    except (shapely.errors.ShapelyError, RuntimeError, ValueError, AttributeError) as error:
        raise CityFileError(f"{path.name} is empty, damaged or holds no polygons") from error
    if not areas:
        raise CityFileError(f"{path.name} holds no polygons")
    return areas


def _source(path: Path) -> str:
    """Return the data source for GDAL, with its format: a guessed one may follow references.

    A file of another format may name other files of the server, or addresses, to be read.
    """
    if path.suffix.lower() != ".gpkg":
        return f"GeoJSON:{path}"
    with path.open("rb") as file:
        if file.read(len(_GEOPACKAGE)) != _GEOPACKAGE:
            raise CityFileError(f"{path.name} is no GeoPackage")
    return str(path)


def _areas(frame: geopandas.GeoDataFrame) -> list[Area]:
    rows = frame.drop(columns="geometry").to_dict("records")
    return [
        Area(
            polygon, {str(key): str(value) for key, value in row.items() if not pandas.isna(value)}
        )
        for geometry, row in zip(frame.geometry, rows, strict=True)
        if (polygon := _polygon(geometry)) is not None
    ]


def _polygon(geometry: shapely.Geometry | None) -> shapely.Geometry | None:
    """Return the polygons of a geometry, repaired where an outline crosses itself; else `None`."""
    if geometry is None or geometry.is_empty:
        return None
    mended = shapely.make_valid(shapely.force_2d(geometry))
    parts = [part for part in shapely.get_parts(mended) if shapely.get_dimensions(part) == 2]
    return shapely.union_all(parts) if parts else None
