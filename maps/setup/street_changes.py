"""Streets that no depot reaches, and the changes of a newer street file."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.model import ByLanguage, Depot, Segment, SegmentId
from data.streets.network import StreetNetwork
from fleet.setup.street_update import Newer
from maps.pages.geojson import Collection, Feature
from maps.pages.i18n import Translator
from maps.setup.city_setup import FactView
from maps.streets.street import street_name

MOST_LISTED = 200
"""Streets that a page lists; it counts them all."""

MOST_DRAWN = 5_000
"""Streets of one kind that a page draws over the map."""


@dataclass(frozen=True, slots=True)
class StreetRowView:
    """A street in a list, with a point to show on the map."""

    id: int
    names: ByLanguage
    length_m: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class VanishedView:
    """A street that a newer file lacks; `successors` are the streets in its place."""

    street: StreetRowView
    successors: list[StreetRowView]


@dataclass(frozen=True, slots=True)
class UnreachedView:
    """Streets that no depot reaches, the longest first, and their lines for the map."""

    count: int
    rows: list[StreetRowView]
    drawn: Collection


@dataclass(frozen=True, slots=True)
class StreetDifferenceView:
    """Changes of a newer street file; removed streets, the longest first."""

    file: str
    counts: list[FactView]
    consequences: list[str]
    gone_count: int
    gone: list[VanishedView]
    drawn: Collection


def unreached_view(
    network: StreetNetwork, lost: Iterable[SegmentId], depots: Iterable[Depot]
) -> UnreachedView:
    """Return the streets that no depot can reach and return from."""
    segments = _longest_first(network.segment(each) for each in lost)
    features = [_line(segment, "unreached") for segment in segments[:MOST_DRAWN]]
    features += [_point(depot) for depot in depots]
    return UnreachedView(
        count=len(segments),
        rows=[_row(segment) for segment in segments[:MOST_LISTED]],
        drawn={"type": "FeatureCollection", "features": features},
    )


def difference_view(newer: Newer, t: Translator) -> StreetDifferenceView:
    """Return a comparison of street files for a page."""
    found = newer.difference
    gone = sorted(found.gone, key=lambda each: -each.segment.length_m)
    new = [found.network.segment(each) for each in found.new[:MOST_DRAWN]]
    features = [_line(each.segment, "gone") for each in gone[:MOST_DRAWN]]
    features += [_line(segment, "new") for segment in new]
    return StreetDifferenceView(
        file=newer.file.name,
        counts=[
            FactView(t("Stay as they are"), t.number(len(found.unchanged))),
            FactView(t("Changed"), t.number(len(found.changed))),
            FactView(t("New"), t.number(len(found.new))),
            FactView(t("Removed"), t.number(len(found.gone))),
            FactView(
                t("Service ways, only to locate vehicles"),
                t.number(len(newer.streets.service_ways)),
            ),
        ],
        consequences=_consequences(newer, t),
        gone_count=len(gone),
        gone=[
            VanishedView(
                _row(each.segment),
                [_row(found.network.segment(other)) for other in each.successors],
            )
            for each in gone[:MOST_LISTED]
        ],
        drawn={"type": "FeatureCollection", "features": features},
    )


def _consequences(newer: Newer, t: Translator) -> list[str]:
    told = (
        ("{count} open jobs on vanishing streets are cancelled.", newer.jobs),
        (
            "{count} requests on vanishing streets are placed anew or wait for a pin.",
            newer.requests,
        ),
        ("{count} decisions about vanishing streets go to what lies there now.", newer.overrides),
    )
    return [t.plural(text, count) for text, count in told if count]


def _longest_first(segments: Iterable[Segment]) -> list[Segment]:
    return sorted(segments, key=lambda segment: (-segment.length_m, segment.id))


def _row(segment: Segment) -> StreetRowView:
    lon, lat = segment.geometry[len(segment.geometry) // 2]
    return StreetRowView(segment.id, street_name(segment), round(segment.length_m, 1), lon, lat)


def _line(segment: Segment, kind: str) -> Feature:
    return {
        "type": "Feature",
        "properties": {"id": segment.id, "kind": kind},
        "geometry": {"type": "LineString", "coordinates": [list(at) for at in segment.geometry]},
    }


def _point(depot: Depot) -> Feature:
    return {
        "type": "Feature",
        "properties": {"kind": "depot", "name": depot.name},
        "geometry": {"type": "Point", "coordinates": list(depot.location)},
    }
