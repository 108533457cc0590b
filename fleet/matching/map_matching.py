"""Which street each fix belongs to: hidden Markov map matching with a bounded lag.

`docs/matching.md` has the model in formulas, its numbers, and what was measured. After Newson &
Krumm (2009), Hidden Markov map matching through noise and sparseness, ACM GIS.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf, nan
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.model import DirectedSegment, Match, Position
from data.streets.network import StreetNetwork
from fleet.matching.driven_paths import DrivenPaths, DrivenStretch, PointOnStreet, total_m
from fleet.matching.hmm_parameters import HMM
from fleet.matching.kernels.arrays import (
    FixArrays,
    HmmParameters,
    MatchArrays,
    MatchingRun,
    NearbySegments,
    Trellis,
)
from fleet.matching.kernels.candidates import points_on_arcs
from fleet.matching.kernels.commit import finish
from fleet.matching.kernels.trellis import advance
from fleet.matching.matched_ways import LEAST_M, MatchedWays, is_service_way

STREETS = 10
"""Streets looked at per fix, each in both directions."""

WAYS = 20
"""The same where service ways are known: theirs and parts of streets lie close to each other."""

GAP_S = 300.0
"""Over a longer silence nothing is counted as driven."""

GAP_M = 500.0
"""Nor over a longer beeline."""

FAST_MPS = 40.0
"""Nor where the path would have been driven faster."""

NOISE_M = 60.0
"""A path longer by this than a truck can drive may be noise."""


@dataclass(slots=True)
class Trail:
    """Fixes of one vehicle that have no match yet; belongs to the matcher."""

    waiting: list[Position] = field(default_factory=list)
    trellis: Trellis | None = None


class Matcher(Protocol):
    """What the tracking needs of map matching."""

    def match(self, trail: Trail, positions: Sequence[Position]) -> list[Match]:
        """Return the matches that are committed now, in order; later fixes stay in the trail."""

    def settle(self, trail: Trail) -> list[Match]:
        """Return the matches of all that is left in the trail."""

    def between(self, a: Match, b: Match) -> list[DrivenStretch]:
        """Return what was driven between two matches in a row; empty where that is in doubt."""


class StreetMatcher:
    """Finds the likeliest streets by distance, heading and continuity.

    Several threads may share one. The answer does not depend on how the fixes are cut in batches.
    A fix on a service way that is no street is on no street, and nothing driven there is counted.
    """

    def __init__(self, network: StreetNetwork, hmm: HmmParameters = HMM) -> None:
        self.ways = MatchedWays(network)
        self.paths = DrivenPaths(self.ways.network, hmm)
        self._streets = [self.ways.street(directed) for directed in self.paths.directed]
        self._hmm = hmm
        self._lock = Lock()
        self._most = WAYS if network.service_ways else STREETS
        whole, real = np.zeros((2, self._most), np.int64), np.zeros((2, self._most))
        self._nearby = NearbySegments(whole[0], whole[1], real[0], real[1])

    def match(self, trail: Trail, positions: Sequence[Position]) -> list[Match]:
        """Return the matches that are committed now, in order; later fixes stay in the trail.

        `positions` are one vehicle's, by time and after those of the trail. Each gets a match, and
        off every street it has segment `None`.
        """
        return self._follow(trail, positions, last=False) if positions else []

    def settle(self, trail: Trail) -> list[Match]:
        """Return the matches of all that is left in the trail, which is empty then."""
        return self._follow(trail, (), last=True) if trail.trellis is not None else []

    def between(self, a: Match, b: Match) -> list[DrivenStretch]:
        """Return what was driven between two matches in a row; empty where that is in doubt.

        Streets that another plausible path does not share are left out. Over a long silence, over a
        long beeline, or faster than trucks drive, nothing counts.
        """
        elapsed_s = (b.fixed_at - a.fixed_at).total_seconds()
        if not 0.0 < elapsed_s <= GAP_S:
            return []
        way = a.way
        if way is not None and way == b.way:
            ahead_m = (b.offset_m - a.offset_m) * (1 if way.forward else -1)
            if 0.0 <= ahead_m <= GAP_M:  # most steps: no path is looked for
                return self._along(way, (a.offset_m, b.offset_m), elapsed_s)
        begin, end = self._point(a, leaves=True), self._point(b, leaves=False)
        if begin is None or end is None:
            return []
        with self._lock:
            if self.paths.beeline_m(begin, end) > GAP_M:
                return []
            stretches = self.paths.stretches(begin, end, sure=True)
        return [] if _is_too_fast(stretches, elapsed_s) else self.ways.on_streets(stretches)

    def _along(
        self, way: DirectedSegment, offsets_m: tuple[float, float], elapsed_s: float
    ) -> list[DrivenStretch]:
        from_m, to_m = offsets_m
        if not way.forward:
            length_m = self.ways.length_m(way.segment_id)
            from_m, to_m = length_m - from_m, length_m - to_m
        stretch = DrivenStretch(way, from_m, to_m)
        counts = to_m - from_m >= LEAST_M and not is_service_way(way)
        return [stretch] if counts and not _is_too_fast([stretch], elapsed_s) else []

    def places(self, matches: Sequence[Match]) -> NDArray[np.float64]:
        """Return longitude and latitude of matches that are on a way, float64[N, 2]."""
        spots = [spot for one in matches if (spot := self._point(one, leaves=True)) is not None]
        arcs = np.array([self.paths.arc(spot.directed) for spot in spots], np.int32)
        along_m = np.array([spot.along_m for spot in spots], np.float64)
        plane = np.zeros((2, len(spots)))
        points_on_arcs(self.paths.model.streets, arcs, along_m, plane[0], plane[1])
        return self.ways.network.projection.degrees(plane.T)

    def _follow(self, trail: Trail, positions: Sequence[Position], *, last: bool) -> list[Match]:
        trellis = trail.trellis = trail.trellis or empty_trellis(self._hmm, self._most)
        first = len(trail.waiting)
        trail.waiting.extend(positions)
        count = len(trail.waiting)
        matches = _no_matches(count)
        run = MatchingRun(
            self.paths.model, trellis, self._nearby, self._fixes(trail.waiting), matches
        )
        with self._lock:
            written = advance(run, first, count)
            if last:
                written = finish(run, count, written)
        committed = self._matches(trail.waiting[:written], matches)
        del trail.waiting[:written]
        trellis.fix[:] -= written
        return committed

    def _fixes(self, positions: Sequence[Position]) -> FixArrays:
        places = chain.from_iterable([fix.location for fix in positions])
        lonlat = np.fromiter(places, np.float64, 2 * len(positions))
        plane = self.ways.network.projection.planes(lonlat.reshape(-1, 2))
        speeds = [nan if fix.speed_mps is None else fix.speed_mps for fix in positions]
        headings = [nan if fix.heading_deg is None else fix.heading_deg for fix in positions]
        return FixArrays(
            np.ascontiguousarray(plane[:, 0]),
            np.ascontiguousarray(plane[:, 1]),
            np.array([fix.fixed_at.timestamp() for fix in positions]),
            np.array(speeds, np.float64),
            np.array(headings, np.float64),
        )

    def _matches(self, positions: Sequence[Position], matches: MatchArrays) -> list[Match]:
        found = []
        columns = (column.tolist() for column in matches)
        for position, arc, along_m, away_m, confidence in zip(positions, *columns, strict=False):
            if arc < 0:
                found.append(Match(position.fixed_at, None, 0.0, inf, 0.0))
                continue
            way, before_m = self._streets[arc]
            offset_m = before_m + along_m
            if not way.forward:
                offset_m = self.ways.length_m(way.segment_id) - offset_m
            street, service_way = (None, way) if is_service_way(way) else (way, None)
            found.append(
                Match(position.fixed_at, street, offset_m, away_m, confidence, service_way)
            )
        return found

    def _point(self, match: Match, *, leaves: bool) -> PointOnStreet | None:
        if match.way is None:
            return None
        return self.ways.point(match.way, match.offset_m, leaves=leaves)


def _is_too_fast(stretches: Sequence[DrivenStretch], elapsed_s: float) -> bool:
    return total_m(stretches) > FAST_MPS * elapsed_s + NOISE_M


def _no_matches(count: int) -> MatchArrays:
    return MatchArrays(
        np.full(count, -1, np.int32), np.zeros(count), np.full(count, inf), np.zeros(count)
    )


def empty_trellis(hmm: HmmParameters, ways: int) -> Trellis:
    """Return the trellis of a trail that has no fix yet, for so many ways beside each."""
    places, ring = 2 * ways + 1, hmm.lag + 2
    return Trellis(
        ring=np.zeros(3, np.int64),
        learned=np.array((0.0, hmm.first_noise_m**2, 0.0, 0.0)),
        fix=np.zeros(ring, np.int64),
        x=np.zeros(ring),
        y=np.zeros(ring),
        at_s=np.zeros(ring),
        speed_mps=np.zeros(ring),
        size=np.zeros(ring, np.int64),
        arc=np.zeros((ring, places), np.int32),
        along_m=np.zeros((ring, places)),
        away_m=np.zeros((ring, places)),
        emission=np.zeros((ring, places)),
        cost=np.zeros((ring, places)),
        cost_to_go=np.zeros((ring, places)),
        previous=np.zeros((ring, places), np.int32),
        transition=np.zeros((ring, places, places), np.float32),
        viterbi=np.zeros(ring, np.int64),
        posterior=np.zeros((ring, places)),
        decoding_cost=np.zeros((ring, places)),
        decoding_previous=np.zeros((ring, places), np.int32),
        decoded=np.zeros(ring, np.int64),
        confidence=np.zeros(ring),
    )
