"""Colors of trucks' sections on the map: trucks whose sections touch have different ones."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from data.model import DirectedSegment, VehicleId
from data.streets.network import StreetNetwork

ROUNDS = 20
"""So often colors are looked at again at most, where there are too few for all that touch."""

type Touching = Mapping[VehicleId, Mapping[VehicleId, int]]
"""At how many junctions the sections of two trucks meet, in both orders."""


def section_colors(
    works: Mapping[VehicleId, Sequence[DirectedSegment]], network: StreetNetwork, count: int
) -> dict[VehicleId, int]:
    """Return a color for each truck with work, as a number below `count`.

    Trucks that touch share one only where there are too few, and then those that touch least. What
    is left free is as it would be by the truck's number, so that colors stay from plan to plan
    where they can.
    """
    touching = _touching(works, network)
    colors: dict[VehicleId, int] = {}
    waiting = set(works)
    while waiting:
        vehicle = max(waiting, key=lambda one: _urgency(one, touching, colors))
        waiting.remove(vehicle)
        colors[vehicle] = _best(vehicle, touching, colors, count)
    for _ in range(ROUNDS):
        before = dict(colors)
        for vehicle in works:
            colors[vehicle] = _best(vehicle, touching, colors, count)
        if colors == before:
            break
    return colors


def _touching(
    works: Mapping[VehicleId, Iterable[DirectedSegment]], network: StreetNetwork
) -> Touching:
    at: dict[int, set[VehicleId]] = defaultdict(set)
    for vehicle, steps in works.items():
        for step in steps:
            segment = network.find(step.segment_id)
            if segment is not None:
                at[segment.start].add(vehicle)
                at[segment.end].add(vehicle)
    found: dict[VehicleId, Counter[VehicleId]] = {vehicle: Counter() for vehicle in works}
    for here in at.values():
        for one, other in combinations(here, 2):
            found[one][other] += 1
            found[other][one] += 1
    return found


def _urgency(
    vehicle: VehicleId, touching: Touching, colors: Mapping[VehicleId, int]
) -> tuple[int, int, int]:
    """Return how little choice a truck has: colors around it, trucks around it, its number."""
    near = touching[vehicle]
    return len({colors[one] for one in near if one in colors}), len(near), -vehicle


def _best(
    vehicle: VehicleId, touching: Touching, colors: Mapping[VehicleId, int], count: int
) -> int:
    """Return the color that touches itself least, of equal ones the next to the truck's number."""
    shared = [0] * count
    for other, junctions in touching[vehicle].items():
        if other in colors:
            shared[colors[other]] += junctions
    return min(range(count), key=lambda color: (shared[color], (color - vehicle) % count))
