"""Which street each fix belongs to: the likeliest way through the fixes, with a fixed lag.

`docs/matching.md` has the model in formulas, its prices, and what was measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf, nan
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.model import Match, Position
from data.streets.network import StreetNetwork
from fleet.matching.driven_paths import DrivenPaths, DrivenStretch, PointOnStreet, total_m
from fleet.matching.hmm_parameters import PRICES
from fleet.matching.kernels.arrays import (
    FixArrays,
    HmmParameters,
    MatchArrays,
    NearbySegments,
    Trellis,
)
from fleet.matching.kernels.candidates import places
from fleet.matching.kernels.commit import finish
from fleet.matching.kernels.trellis import advance

STREETS = 10
"""Streets looked at per fix, each in both directions."""

GAP_S = 300.0
"""Over a longer silence nothing is counted as driven."""

GAP_M = 500.0
"""Nor over a longer beeline."""

FAST_MPS = 40.0
"""Nor where the way would have been driven faster."""

NOISE_M = 60.0
"""A way longer by this than a truck can drive may be noise."""


@dataclass(slots=True)
class Trail:
    """Fixes of one vehicle that have no match yet; belongs to the matcher."""

    waiting: list[Position] = field(default_factory=list)
    layers: Trellis | None = None


class Matcher(Protocol):
    """What the tracking needs of map matching."""

    def match(self, trail: Trail, positions: Sequence[Position]) -> list[Match]:
        """Return the matches that are settled now, in order; later ones stay in the trail."""

    def settle(self, trail: Trail) -> list[Match]:
        """Return the matches of all that is left in the trail."""

    def between(self, a: Match, b: Match) -> list[DrivenStretch]:
        """Return what was driven between two matches in a row; empty where nobody knows."""


class StreetMatcher:
    """Finds the likeliest streets by distance, heading and continuity.

    Several threads may share one. The answer does not depend on how the fixes are cut in batches.
    """

    def __init__(self, network: StreetNetwork, prices: HmmParameters = PRICES) -> None:
        self.ways = DrivenPaths(network, prices)
        self._network = network
        self._prices = prices
        self._lock = Lock()
        whole, real = np.zeros((2, STREETS), np.int64), np.zeros((2, STREETS))
        self._nearby = NearbySegments(whole[0], whole[1], real[0], real[1])

    def match(self, trail: Trail, positions: Sequence[Position]) -> list[Match]:
        """Return the matches that are settled now, in order; later ones stay in the trail.

        `positions` are one vehicle's, by time and after those of the trail. Each gets a match, and
        off every street it has segment `None`.
        """
        return self._follow(trail, positions, last=False) if positions else []

    def settle(self, trail: Trail) -> list[Match]:
        """Return the matches of all that is left in the trail, which is empty then."""
        return self._follow(trail, (), last=True) if trail.layers is not None else []

    def between(self, a: Match, b: Match) -> list[DrivenStretch]:
        """Return what was driven between two matches in a row; empty where nobody knows.

        Of streets on one of several likely ways nobody knows. Over a long silence, a long beeline,
        or faster than trucks drive, nothing counts.
        """
        elapsed_s = (b.fixed_at - a.fixed_at).total_seconds()
        if a.segment is None or b.segment is None or not 0.0 < elapsed_s <= GAP_S:
            return []
        start, goal = self._spot(a), self._spot(b)
        ahead_m = goal.along_m - start.along_m
        if a.segment == b.segment and 0.0 <= ahead_m <= GAP_M:  # most steps: no way is looked for
            stretches = (
                [DrivenStretch(a.segment, start.along_m, goal.along_m)] if ahead_m > 0 else []
            )
        else:
            with self._lock:
                if self.ways.beeline_m(start, goal) > GAP_M:
                    return []
                stretches = self.ways.stretches(start, goal, sure=True)
        return stretches if total_m(stretches) <= FAST_MPS * elapsed_s + NOISE_M else []

    def places(self, matches: Sequence[Match]) -> NDArray[np.float64]:
        """Return longitude and latitude of matches that have a street, float64[N, 2]."""
        spots = [self._spot(match) for match in matches]
        arcs = np.array([self.ways.arc(spot.directed) for spot in spots], np.int32)
        along_m = np.array([spot.along_m for spot in spots], np.float64)
        plane = np.zeros((2, len(spots)))
        places(self.ways.streets, arcs, along_m, plane[0], plane[1])
        return self._network.projection.degrees(plane.T)

    def _follow(self, trail: Trail, positions: Sequence[Position], *, last: bool) -> list[Match]:
        layers = trail.layers = trail.layers or no_layers(self._prices)
        first = len(trail.waiting)
        trail.waiting.extend(positions)
        count = len(trail.waiting)
        fixes, answers = self._fixes(trail.waiting), _no_answers(count)
        with self._lock:
            ground = (self.ways.streets, self.ways.reach, self._prices, layers)
            written = advance(*ground, self._nearby, fixes, first, count, answers)
            if last:
                written = finish(*ground, fixes, count, written, answers)
        settled = self._matches(trail.waiting[:written], answers)
        del trail.waiting[:written]
        layers.fix[:] -= written
        return settled

    def _fixes(self, positions: Sequence[Position]) -> FixArrays:
        places = chain.from_iterable([fix.location for fix in positions])
        lonlat = np.fromiter(places, np.float64, 2 * len(positions))
        plane = self._network.projection.planes(lonlat.reshape(-1, 2))
        speeds = [nan if fix.speed_mps is None else fix.speed_mps for fix in positions]
        headings = [nan if fix.heading_deg is None else fix.heading_deg for fix in positions]
        return FixArrays(
            np.ascontiguousarray(plane[:, 0]),
            np.ascontiguousarray(plane[:, 1]),
            np.array([fix.fixed_at.timestamp() for fix in positions]),
            np.array(speeds, np.float64),
            np.array(headings, np.float64),
        )

    def _matches(self, positions: Sequence[Position], answers: MatchArrays) -> list[Match]:
        settled = []
        columns = (column.tolist() for column in answers)
        for position, arc, along_m, away_m, sure in zip(positions, *columns, strict=False):
            if arc < 0:
                settled.append(Match(position.fixed_at, None, 0.0, inf, 0.0))
                continue
            street = self.ways.directed[arc]
            offset_m = along_m if street.forward else self.ways.arc_length_m[arc] - along_m
            settled.append(Match(position.fixed_at, street, offset_m, away_m, sure))
        return settled

    def _spot(self, match: Match) -> PointOnStreet:
        assert match.segment is not None  # noqa: S101 - asked only for matches on a street
        length_m = self.ways.arc_length_m[self.ways.arc(match.segment)]
        forward = match.segment.forward
        return PointOnStreet(
            match.segment, match.offset_m if forward else length_m - match.offset_m
        )


def _no_answers(count: int) -> MatchArrays:
    return MatchArrays(
        np.full(count, -1, np.int32), np.zeros(count), np.full(count, inf), np.zeros(count)
    )


def no_layers(prices: HmmParameters) -> Trellis:
    """Return the layers of a trail that has no fix yet."""
    places, ring = 2 * STREETS + 1, prices.lag + 2
    return Trellis(
        head=np.zeros(3, np.int64),
        seen=np.array((0.0, prices.noise_m**2, 0.0, 0.0)),
        fix=np.zeros(ring, np.int64),
        x=np.zeros(ring),
        y=np.zeros(ring),
        at_s=np.zeros(ring),
        speed_mps=np.zeros(ring),
        size=np.zeros(ring, np.int64),
        arc=np.zeros((ring, places), np.int32),
        along_m=np.zeros((ring, places)),
        away_m=np.zeros((ring, places)),
        unlike=np.zeros((ring, places)),
        cost=np.zeros((ring, places)),
        ahead=np.zeros((ring, places)),
        back=np.zeros((ring, places), np.int32),
        link=np.zeros((ring, places, places), np.float32),
        chosen=np.zeros(ring, np.int64),
        share=np.zeros((ring, places)),
        worth=np.zeros((ring, places)),
        onto=np.zeros((ring, places), np.int32),
        told=np.zeros(ring, np.int64),
        sure=np.zeros(ring),
    )
