"""A drawn village of 12 streets, and builders of records with good defaults.

```
              7
              | (8, dead end)
     4 --6--  5 --7--  6
     | \\_9__/ |        ^         9 is parallel to 6
     3        4        5 (one-way up)
     |        |        |
     1 --1--  2 --2--  3 --11-- 8 --12-- 9 (dead end)
                      (10) a loop that starts and ends at 3
```
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from math import cos, degrees, radians
from typing import Any

from data.model import (
    Depot,
    DepotId,
    Directions,
    Job,
    JobId,
    JobState,
    LonLat,
    NodeId,
    Oneway,
    Place,
    ReloadSite,
    ReloadSiteId,
    RoadClass,
    Segment,
    SegmentId,
    SegmentKey,
    ServiceClass,
    Shift,
    ShiftId,
    Storm,
    StormId,
    StormPhase,
    Treatment,
    Vehicle,
    VehicleId,
)
from data.streets.network import StreetNetwork, build_network
from data.streets.projection import EARTH_M, line_length_m

NOW = datetime(2026, 12, 21, 4, 0, tzinfo=UTC)
CENTRE = LonLat(45.07, 37.55)

MAIN_WEST, MAIN_EAST, TULIP, MILL, ROSE, SCHOOL, ORCHARD, BLIND, BACK, RING, DEPOT_ROAD, YARD = (
    SegmentId(i) for i in range(1, 13)
)

_NODES_M = {
    1: (0, 0),
    2: (200, 0),
    3: (400, 0),
    4: (0, 150),
    5: (200, 150),
    6: (400, 150),
    7: (200, 300),
    8: (600, 0),
    9: (600, -80),
}


def at_m(east_m: float, north_m: float) -> LonLat:
    """Return the place this far from the village's south-west corner."""
    lat = CENTRE.lat + degrees(north_m / EARTH_M)
    return LonLat(CENTRE.lon + degrees(east_m / EARTH_M / cos(radians(CENTRE.lat))), lat)


def node_at(node: int) -> LonLat:
    """Return the place of a junction of the village."""
    return at_m(*_NODES_M[node])


def a_segment(
    segment_id: int = 1,
    start: int = 1,
    end: int = 2,
    *,
    via_m: Sequence[tuple[float, float]] = (),
    line: Sequence[LonLat] = (),
    fa: str = "خیابان امام",
    en: str = "Imam Street",
    **changes: Any,
) -> Segment:
    """Return a two-way residential street between junctions of the village, or along a line."""
    via = [at_m(*point) for point in via_m]
    geometry = tuple(line or (node_at(start), *via, node_at(end)))
    segment = Segment(
        id=SegmentId(segment_id),
        key=SegmentKey(1000 + segment_id, start, end, 0),
        start=NodeId(start),
        end=NodeId(end),
        geometry=geometry,
        length_m=line_length_m(geometry),
        road_class=RoadClass.RESIDENTIAL,
        names={"": (fa,), "fa": (fa,), "en": (en,)},
        drive_speed_mps=30 / 3.6,
        oneway=Oneway.NO,
        lanes=2,
        width_m=6.0,
    )
    return replace(segment, **changes)


def village_segments() -> tuple[Segment, ...]:
    """Return the 12 streets of the drawing above."""
    primary = {"road_class": RoadClass.PRIMARY, "lanes": 2, "width_m": 7.0}
    alley: dict[str, Any] = {"road_class": RoadClass.ALLEY, "lanes": 1, "width_m": 3.5}
    return (
        a_segment(1, 1, 2, **primary),
        a_segment(2, 2, 3, **primary),
        a_segment(3, 1, 4, fa="کوچه لاله", en="Tulip Alley"),
        a_segment(4, 2, 5, fa="خیابان آسیاب", en="Mill Street", road_class=RoadClass.SECONDARY),
        a_segment(5, 3, 6, fa="خیابان گل‌سرخ", en="Rose Street", oneway=Oneway.FORWARD, lanes=1),
        a_segment(6, 4, 5, fa="خیابان مدرسه", en="School Street", road_class=RoadClass.TERTIARY),
        a_segment(7, 5, 6, fa="خیابان باغ", en="Orchard Street"),
        a_segment(8, 5, 7, fa="بن‌بست یاس", en="Jasmine Dead End", **alley),
        a_segment(9, 4, 5, via_m=[(50, 100), (150, 100)], fa="کوچه پشتی", en="Back Lane", **alley),
        a_segment(10, 3, 3, via_m=[(380, -60), (420, -60)], fa="میدان کوچک", en="Little Ring"),
        a_segment(11, 3, 8, fa="راه انبار", en="Depot Road", road_class=RoadClass.TERTIARY),
        a_segment(12, 8, 9, fa="", en="", names={}, road_class=RoadClass.SERVICE, lanes=1),
    )


@cache
def village() -> StreetNetwork:
    """Return the network of the drawn village."""
    return build_network(village_segments())


def village_places() -> tuple[Place, ...]:
    """Return a school, a mosque and two house numbers of the village."""
    return (
        Place("school", at_m(100, 160), {"": ("دبستان البرز",), "en": ("Alborz School",)}),
        Place("mosque", at_m(210, 10), {"": ("مسجد جامع",), "en": ("Friday Mosque",)}),
        Place("address", at_m(50, 8), {}, street="خیابان امام", number="12"),
        Place("address", at_m(120, -8), {}, street="خیابان امام", number="7"),
    )


def a_job(job_id: int = 1, segment_id: int = 1, **changes: Any) -> Job:
    """Return an open plow job of class P1, one pass in both directions, due in four hours."""
    job = Job(
        id=JobId(job_id),
        storm_id=StormId(1),
        segment_id=SegmentId(segment_id),
        directions=Directions.BOTH,
        treatment=Treatment.PLOW,
        passes=1,
        service_class=ServiceClass("P1"),
        weight=1.0,
        starts_at=NOW,
        due_at=NOW + timedelta(hours=4),
        state=JobState.OPEN,
    )
    return replace(job, **changes)


def a_depot(depot_id: int = 1, **changes: Any) -> Depot:
    """Return the depot at the end of Depot Road."""
    return replace(Depot(DepotId(depot_id), "Depot", node_at(8)), **changes)


def a_reload_site(site_id: int = 1, **changes: Any) -> ReloadSite:
    """Return a salt heap in the yard, ten minutes a fill."""
    return replace(ReloadSite(ReloadSiteId(site_id), "Salt heap", node_at(9), 600.0), **changes)


def a_vehicle(vehicle_id: int = 1, **changes: Any) -> Vehicle:
    """Return a dump truck that plows and salts, eight hours a shift."""
    vehicle = Vehicle(
        id=VehicleId(vehicle_id),
        name=f"Truck {vehicle_id}",
        type="dump_truck",
        owner="own",
        capabilities=(Treatment.PLOW, Treatment.SALT),
        blade_m=3.0,
        min_street_m=3.5,
        hopper_kg=5000.0,
        drive_speed_mps=35 / 3.6,
        work_speed_mps={Treatment.PLOW: 25 / 3.6, Treatment.SALT: 30 / 3.6},
        depot_id=DepotId(1),
        shift_h=8.0,
    )
    return replace(vehicle, **changes)


def a_storm(storm_id: int = 1, **changes: Any) -> Storm:
    """Return a storm that has just started."""
    return replace(Storm(StormId(storm_id), "First snow", StormPhase.ACTIVE, NOW), **changes)


def a_shift(shift_id: int = 1, vehicle_id: int = 1, **changes: Any) -> Shift:
    """Return an eight-hour shift that starts with the storm, nobody at the wheel yet."""
    shift = Shift(
        ShiftId(shift_id), StormId(1), VehicleId(vehicle_id), None, NOW, NOW + timedelta(hours=8)
    )
    return replace(shift, **changes)
