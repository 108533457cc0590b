"""Plans as GeoJSON, for the board and for other programs."""

from collections.abc import Iterable, Iterator

from data.model import Leg, Plan, Route
from data.network import StreetNetwork
from data.plan_json import utc_text

Feature = dict[str, object]
Collection = dict[str, object]


def plan_geojson(plan: Plan, network: StreetNetwork) -> Collection:
    """Return a line for every leg of every route; reloads and rests are points."""
    return _collection(
        feature for route in plan.routes for feature in _route_features(route, network)
    )


def route_geojson(route: Route, network: StreetNetwork) -> Collection:
    """Return the legs of one route, in driving order."""
    return _collection(_route_features(route, network))


def leg_line(leg: Leg, network: StreetNetwork) -> list[tuple[float, float]]:
    """Return the leg's course in driving direction, every junction once."""
    course: list[tuple[float, float]] = []
    for segment_id, forward in leg.path:
        geometry = network.segment(segment_id).geometry
        piece = geometry if forward else geometry[::-1]
        course.extend(piece[1:] if course and course[-1] == piece[0] else piece)
    return course


def _collection(features: Iterable[Feature]) -> Collection:
    return {"type": "FeatureCollection", "features": list(features)}


def _route_features(route: Route, network: StreetNetwork) -> Iterator[Feature]:
    here: tuple[float, float] | None = None
    for order, leg in enumerate(route.legs):
        line = leg_line(leg, network)
        here = line[-1] if line else here
        if here is not None:
            yield _feature(route, order, leg, line, here)


def _feature(
    route: Route,
    order: int,
    leg: Leg,
    line: list[tuple[float, float]],
    here: tuple[float, float],
) -> Feature:
    point = {"type": "Point", "coordinates": list(here)}
    course = {"type": "LineString", "coordinates": [list(place) for place in line]}
    return {
        "type": "Feature",
        "geometry": course if len(line) > 1 else point,
        "properties": {
            "shift_id": route.shift_id,
            "vehicle_id": route.vehicle_id,
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
