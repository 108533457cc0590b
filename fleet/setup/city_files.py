"""Reading of a city's street file, clipped by a boundary and assigned to districts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.errors import CityFileError
from data.model import District
from data.osm.geojson_reader import GEOJSON_SUFFIXES, read_geojson
from data.osm.osm_reader import OSM_SUFFIXES, read_osm
from data.osm.ways import CityDraft
from data.setup.boundary import clipped, read_boundary
from data.setup.districts import in_districts, read_districts


@dataclass(frozen=True, slots=True)
class CityFiles:
    """The files of a city: streets, boundary and districts.

    `boundary` and `districts` may be what is known already, a WKT polygon and records.
    """

    streets: Path
    boundary: Path | str | None
    districts: Path | tuple[District, ...]
    services: bool


@dataclass(frozen=True, slots=True)
class CityContents:
    """What the files of a city hold; `boundary` is a WKT polygon."""

    streets: CityDraft
    boundary: str | None
    districts: tuple[District, ...]


type ReadCity = Callable[[CityFiles], CityContents]
"""Reads the files of a city, in this process or in another one."""


def read_files(files: CityFiles) -> CityContents:
    """Return what the files of a city hold; raise `CityFileError`."""
    boundary, districts = files.boundary, files.districts
    outline = read_boundary(boundary) if isinstance(boundary, Path) else boundary
    parts = read_districts(districts) if isinstance(districts, Path) else districts
    streets = read_streets(files.streets, outline, parts, services=files.services)
    return CityContents(streets, outline, parts)


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
