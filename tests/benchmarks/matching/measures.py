"""How right matched fixes are: the share on the true street, and the metres of the route."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import shapely

from data.model import DirectedSegment, Match
from data.streets.network import StreetNetwork
from fleet.matching.map_matching import StreetMatcher
from tests.benchmarks.matching.tracks import Fix

BIN_M = 5.0
"""Routes are compared in bins of this length."""

SAME_M = 3.0
"""A matched point so near to the true street is on it: at junctions streets meet."""

Bins = set[tuple[DirectedSegment, int]]


@dataclass(slots=True)
class Score:
    """Sums over drives; `added` and `missed` in bins."""

    right: int = 0
    fixes: int = 0
    added: int = 0
    missed: int = 0
    true: int = 0

    def route(self, wanted: Bins, got: set) -> None:
        self.added += len(got - wanted)
        self.missed += len(wanted - got)
        self.true += len(wanted)

    @property
    def share(self) -> float:
        return self.right / self.fixes

    @property
    def mismatch(self) -> float:
        """Metres wrongly added and missed by metres driven (Newson & Krumm 2009)."""
        return (self.added + self.missed) / self.true


def is_right(network: StreetNetwork, match: Match, fix: Fix) -> bool:
    if match.segment is None or fix.segment is None:
        return match.segment is fix.segment
    if match.segment.segment_id == fix.segment.segment_id:
        return True
    place = network.point_at(match.segment.segment_id, match.offset_m)
    return near_true(network, network.projection.plane(place), fix)


def near_true(network: StreetNetwork, place_m: tuple[float, float], fix: Fix) -> bool:
    line = network.lines[network.index_of(fix.segment.segment_id)]
    return bool(shapely.distance(line, shapely.Point(*place_m)) < SAME_M)


def bins_of(stretches: Iterable[tuple[DirectedSegment, float, float]]) -> Bins:
    return {
        (directed, number)
        for directed, from_m, to_m in stretches
        for number in range(round(from_m / BIN_M), round(to_m / BIN_M))
    }


def driven(matcher: StreetMatcher, matches: Sequence[Match]) -> Bins:
    """Return what was driven by the likeliest way between all matches."""
    found: Bins = set()
    for a, b in pairwise(matches):
        if a.way is not None and b.way is not None:
            begin = matcher.ways.point(a.way, a.offset_m, leaves=True)
            end = matcher.ways.point(b.way, b.offset_m, leaves=False)
            stretches = matcher.ways.on_streets(matcher.paths.stretches(begin, end))
            found |= bins_of((s.directed, s.from_m, s.to_m) for s in stretches)
    return found
