"""Reading of a city's street file, clipped by a boundary and assigned to districts."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from data.errors import CityFileError
from data.model import District
from data.osm.geojson_reader import GEOJSON_SUFFIXES, read_geojson
from data.osm.osm_reader import OSM_SUFFIXES, read_osm
from data.osm.ways import CityDraft
from data.setup.boundary import clipped
from data.setup.districts import in_districts


def read_city_file(path: Path, *, services: bool = False) -> CityDraft:
    """Return the streets of a file, read by the end of its name; raise `CityFileError`."""
    name = path.name.lower()
    if name.endswith(OSM_SUFFIXES):
        return read_osm(path, services=services)
    if name.endswith(GEOJSON_SUFFIXES):
        return read_geojson(path, services=services)
    known = ", ".join((*OSM_SUFFIXES, *GEOJSON_SUFFIXES))
    raise CityFileError(f"{path.name}: expected a file that ends in one of {known}", file=path.name)


def read_streets(
    path: Path,
    boundary: str | None = None,
    districts: Sequence[District] = (),
    *,
    services: bool = False,
) -> CityDraft:
    """Return the streets of a file as a city wants them; `boundary` is a WKT polygon."""
    draft = read_city_file(path, services=services)
    if boundary is not None:
        draft = clipped(draft, boundary)
    return replace(draft, segments=in_districts(draft.segments, districts))
