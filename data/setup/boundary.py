"""The boundary of a city: a polygon that clips its street file."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import CityFileError
from data.exchange.polygons import read_areas
from data.model import Place, Segment
from data.model.streets import ServiceWay
from data.osm.ways import CityDraft

MOSTLY = 0.5
"""Least share of a segment's length inside for it to belong to the city; segments are not cut."""


def read_boundary(path: Path) -> str:
    """Return the union of a GeoJSON or GeoPackage file's polygons as WKT; raise `CityFileError`."""
    whole = shapely.union_all([area.polygon for area in read_areas(path)])
    return str(shapely.to_wkt(whole, rounding_precision=7))


def clipped(draft: CityDraft, boundary: str) -> CityDraft:
    """Return the segments mostly inside a boundary (WKT), whole, and the places inside.

    Streets keep their ids. Raises `CityFileError` where no street is left.
    """
    polygon = shapely.from_wkt(boundary)
    shares = shares_within(draft.segments, polygon)
    kept = tuple(s for s, share in zip(draft.segments, shares, strict=True) if share >= MOSTLY)
    if not kept:
        raise CityFileError("the boundary holds no street of the file")
    ids = {segment.id for segment in kept}
    signs = [r for r in draft.restrictions if {r.from_segment, r.to_segment} <= ids]
    places = _places_within(draft.places, polygon)
    near = shares_within(draft.service_ways, polygon)
    ways = tuple(w for w, share in zip(draft.service_ways, near, strict=True) if share >= MOSTLY)
    return replace(
        draft, segments=kept, restrictions=tuple(signs), places=places, service_ways=ways
    )


def shares_within(
    segments: Sequence[Segment | ServiceWay], polygon: shapely.Geometry
) -> NDArray[np.float64]:
    """Return float64[S], the share of each segment inside a polygon, by length in degrees."""
    lines = np.array([shapely.LineString(segment.geometry) for segment in segments])
    shapely.prepare(polygon)
    shares: NDArray[np.float64] = shapely.covers(polygon, lines).astype(np.float64)
    cut = ~shares.astype(bool) & shapely.intersects(polygon, lines)
    inside = shapely.length(shapely.intersection(lines[cut], polygon))
    lengths = shapely.length(lines[cut])
    shares[cut] = np.divide(inside, lengths, out=np.zeros_like(inside), where=lengths > 0)
    return shares


def _places_within(places: Sequence[Place], polygon: shapely.Geometry) -> tuple[Place, ...]:
    points = shapely.points(np.array([place.location for place in places]).reshape(-1, 2))
    inside = shapely.covers(polygon, points)
    return tuple(place for place, within in zip(places, inside, strict=True) if within)
