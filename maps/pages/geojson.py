"""Plans as GeoJSON, for the board and the API."""

from collections.abc import Iterable, Iterator

from data.model import Leg, LonLat, Plan, Route, ShiftId, VehicleId
from data.planning.plan_json import utc_text
from data.streets.network import StreetNetwork

Feature = dict[str, object]
Collection = dict[str, object]


def plan_geojson(plan: Plan, network: StreetNetwork) -> Collection:
    """Return a feature for every leg of every route; reloads and rests are points."""
    return _collection(
        feature for route in plan.routes for feature in _route_features(route, network)
    )


def route_geojson(route: Route, network: StreetNetwork) -> Collection:
    """Return the legs of one route, in driving order."""
    return _collection(_route_features(route, network))


def leg_line(leg: Leg, network: StreetNetwork) -> list[LonLat]:
    """Return the line of a leg in driving direction, each junction once.

    Streets that a newer file no longer has are left out: an old plan can still be looked at.
    """
    course: list[LonLat] = []
    for segment_id, forward in leg.path:
        segment = network.find(segment_id)
        if segment is None:
            continue
        piece = segment.geometry if forward else segment.geometry[::-1]
        course.extend(piece[1:] if course and course[-1] == piece[0] else piece)
    return course


def leg_feature(
    shift_id: ShiftId,
    vehicle_id: VehicleId,
    order: int,
    leg: Leg,
    network: StreetNetwork,
    here: LonLat | None = None,
) -> Feature:
    """Return a leg as a line feature, or as a point at `here` where it has no path."""
    line = leg_line(leg, network)
    point = {"type": "Point", "coordinates": list(here)} if here else None
    course = {"type": "LineString", "coordinates": [list(place) for place in line]}
    return {
        "type": "Feature",
        "geometry": course if len(line) > 1 else point,
        "properties": {
            "shift_id": shift_id,
            "vehicle_id": vehicle_id,
            "order": order,
            "kind": str(leg.kind),
            "starts_at": utc_text(leg.starts_at),
            "ends_at": utc_text(leg.ends_at),
            "length_m": round(leg.length_m, 1),
            "pass": leg.pass_index,
            "blade": leg.blade,
            "spreader": leg.spreader,
            "load_kg": round(leg.load_kg, 1),
            "jobs": list(leg.job_ids),
            "segments": [step.segment_id for step in leg.path],
        },
    }


def _collection(features: Iterable[Feature]) -> Collection:
    return {"type": "FeatureCollection", "features": list(features)}


def _route_features(route: Route, network: StreetNetwork) -> Iterator[Feature]:
    here: LonLat | None = None
    for order, leg in enumerate(route.legs):
        yield leg_feature(route.shift_id, route.vehicle_id, order, leg, network, here)
        here = next(reversed(leg_line(leg, network)), here)
