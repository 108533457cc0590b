"""The streets that buses use, as far as they are promised a cycle, pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.model import Segment, SegmentId
from data.streets.network import StreetNetwork
from fleet.reports.performance import Flags
from fleet.reports.worst_streets import LaneStates


@dataclass(frozen=True, slots=True)
class BusStreets:
    """The bus streets of a district, or of the whole city for `None`; metres are lane metres.

    `segment` is the one that is late longest or, where none is, was cleared longest ago: `age_s`
    ago, or `never` in this storm, where the time counts from its start.
    """

    district: str | None
    lane_m: float
    late_m: float
    segment: Segment
    late_s: float
    age_s: float
    never: bool


def bus_streets(states: LaneStates, network: StreetNetwork) -> Iterator[BusStreets]:
    """Yield the bus streets of the city, then those of each district that has any."""
    lanes = states.lanes
    if not lanes.bus.any():
        return
    yield _of(states, network, None, lanes.bus)
    for number, name in enumerate(lanes.districts):
        ours = lanes.bus & (lanes.district_no == number)
        if ours.any():
            yield _of(states, network, name, ours)


def _of(
    states: LaneStates, network: StreetNetwork, district: str | None, ours: Flags
) -> BusStreets:
    lanes, ages = states.lanes, states.ages
    numbers = np.flatnonzero(ours)
    worst = numbers[np.lexsort((ages.age_s[numbers], states.late_s[numbers]))[-1]]
    return BusStreets(
        district,
        lane_m=float(lanes.lane_m[numbers].sum()),
        late_m=float(lanes.lane_m[numbers][states.late_s[numbers] > 0].sum()),
        segment=network.segment(SegmentId(int(lanes.street[worst]))),
        late_s=float(states.late_s[worst]),
        age_s=float(ages.age_s[worst]),
        never=bool(ages.never[worst]),
    )
