"""The streets of a storm that have been late most, pure: for the city and for each district."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data.model import Segment, SegmentId
from data.streets.network import StreetNetwork
from fleet.reports.pass_ages import LaneAges
from fleet.reports.performance import Floats, Lanes

WORST_COUNT = 10
"""Streets that are named for the city, and for each district."""


@dataclass(frozen=True, slots=True)
class LateStreet:
    """A street of one name in one district, as far as it is late.

    Of the `lane_m` that are late the longest has been so for `late_s`; it was cleared `age_s` ago,
    or `never` in this storm. `segment` is the one that has been late longest.
    """

    segment: Segment
    lane_m: float
    late_s: float
    age_s: float
    never: bool


class LaneStates(NamedTuple):
    """How late each direction is and how long ago it was cleared; D of them."""

    lanes: Lanes
    late_s: Floats
    ages: LaneAges


def worst_streets(states: LaneStates, network: StreetNetwork) -> tuple[LateStreet, ...]:
    """Return the streets that are late, by lane metres times the time for which they have been.

    For the whole city `WORST_COUNT`, and for each district as many, in one list without repeats.
    A street without a name is one between two junctions.
    """
    late = np.flatnonzero(states.late_s > 0)
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in late.tolist():
        parts[_street_of(network.segment(SegmentId(states.lanes.street[number])))].append(number)
    weight = {
        street: float(states.lanes.lane_m[numbers] @ states.late_s[numbers])
        for street, numbers in parts.items()
    }
    ranked = sorted(weight, key=lambda one: (-weight[one], one))
    taken = first_of_each(ranked, WORST_COUNT, lambda street: street[0])
    return tuple(_late_street(states, network, parts[street]) for street in taken)


def first_of_each[Item](
    ranked: Iterable[Item], count: int, part_of: Callable[[Item], str]
) -> list[Item]:
    """Return the first of a ranking, in its order: so many of all, and of each part."""
    seen: dict[str, int] = defaultdict(int)
    taken = []
    for rank, item in enumerate(ranked):
        seen[part_of(item)] += 1
        if rank < count or seen[part_of(item)] <= count:
            taken.append(item)
    return taken


def _street_of(segment: Segment) -> tuple[str, str]:
    """Return what streets of one name in one district share."""
    name = segment.names.get("", ())
    return segment.district, name[0] if name else f"#{segment.id}"


def _late_street(states: LaneStates, network: StreetNetwork, numbers: Sequence[int]) -> LateStreet:
    worst = max(numbers, key=states.late_s.__getitem__)
    return LateStreet(
        segment=network.segment(SegmentId(states.lanes.street[worst])),
        lane_m=float(states.lanes.lane_m[numbers].sum()),
        late_s=float(states.late_s[worst]),
        age_s=float(states.ages.age_s[worst]),
        never=bool(states.ages.never[worst]),
    )
