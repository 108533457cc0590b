"""Which street each fix belongs to, pure: the likeliest way through the last few fixes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from math import exp, inf
from typing import Protocol

from data.model import DirectedSegment, LonLat, Match, Oneway, Position
from data.network import StreetNetwork
from fleet.steps import metres_between
from fleet.ways import Spot, Stretch, Ways, total_m

SIGMA_M = 8.0
"""GPS error between houses, standard deviation."""

WITHIN_M = 35.0
"""Streets farther away than this are not candidates."""

CANDIDATES = 6
"""Streets looked at per fix."""

HEADING_DEG = 30.0
"""Error of a heading in motion, standard deviation."""

MOVING_MPS = 1.5
"""Slower, a receiver's heading means nothing."""

WORST_HEADING = 8.0
"""What a heading may cost at most: a truck backs out of a dead end."""

AGAINST_ONEWAY = 3.0
"""Cost of driving against a one-way street: plows do, but rarely."""

DETOUR_M = 10.0
"""Scale of the difference between way and beeline (Newson & Krumm's beta)."""

JUMP = 10.0
"""Cost of a step that no way explains: the streets before it were wrong, or are not in the file."""

BEAM = 25.0
"""Candidates this much worse than the best are given up."""

LAG = 15
"""Fixes waited for at most, where two streets stay equally likely."""

STILL_M = 5.0
"""A shorter move is none: errors of a standing receiver are alike and prove nothing twice."""

GAP = timedelta(seconds=60)
"""After a longer silence nobody knows the way."""

FAR_M = 400.0
"""Nor over a longer distance."""

FAST_MPS = 30.0
"""Nor where the way would have been driven faster than this."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    spot: Spot
    distance_m: float
    cost: float


@dataclass(slots=True)
class _Layer:
    """A fix with its candidates; `back[i]` is the best predecessor of candidate i.

    `leaves` is the last fix at the same place, where the vehicle stood.
    """

    position: Position
    candidates: list[_Candidate]
    costs: list[float]
    back: list[int]
    leaves: Position


@dataclass(slots=True)
class Trail:
    """Fixes of one vehicle that are not settled yet; belongs to the matcher."""

    layers: list[_Layer] = field(default_factory=list)


class Matcher(Protocol):
    """What the tracking needs of map matching."""

    def match(self, trail: Trail, positions: Sequence[Position]) -> list[Match]:
        """Return the matches that are settled now, in order; later ones stay in the trail."""

    def settle(self, trail: Trail) -> list[Match]:
        """Return the matches of all that is left in the trail."""

    def between(self, a: Match, b: Match) -> list[Stretch]:
        """Return what was driven between two matches in a row; empty where nobody knows."""


class StreetMatcher:
    """Finds the likeliest streets by distance, heading and continuity.

    Viterbi over the nearest streets, settled as soon as all likely ways agree, after Newson & Krumm
    (2009), Hidden Markov map matching through noise and sparseness, ACM GIS.
    """

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._ways = Ways(network)

    def match(self, trail: Trail, positions: Sequence[Position]) -> list[Match]:
        """Return the matches that are settled now, in order; later ones stay in the trail.

        `positions` are one vehicle's, by time and after those of the trail. A fix off every street
        has segment `None`.
        """
        settled: list[Match] = []
        for position in positions:
            newest = trail.layers[-1] if trail.layers else None
            stands = newest is not None and _moved_m(newest, position) < STILL_M
            if newest and stands and position.fixed_at - newest.position.fixed_at <= GAP:
                newest.leaves = position
                continue
            candidates = self._candidates(position)
            layer = None
            if newest and candidates and not stands:  # who stands for long has arrived: settle
                layer = self._linked(newest, position, candidates)
            if layer is None:
                settled += self.settle(trail)
            if not candidates:
                settled.append(Match(position.fixed_at, None, 0.0, inf, 0.0))
                continue
            trail.layers.append(layer or _first_layer(position, candidates))
            settled += self._settle(trail, max(_agreed(trail), len(trail.layers) - LAG))
        return settled

    def settle(self, trail: Trail) -> list[Match]:
        """Return the matches of all that is left in the trail, which is empty then."""
        return self._settle(trail, len(trail.layers))

    def between(self, a: Match, b: Match) -> list[Stretch]:
        """Return what was driven between two matches in a row; empty where nobody knows.

        A gap is bridged only over a short time, a short way, and at a speed that trucks have.
        """
        elapsed = b.fixed_at - a.fixed_at
        if a.segment is None or b.segment is None or not timedelta() < elapsed <= GAP:
            return []
        stretches = self._ways.stretches(self._spot(a), self._spot(b))
        way_m, beeline_m = total_m(stretches), metres_between(self._place(a), self._place(b))
        fast_m = FAST_MPS * elapsed.total_seconds() + 4 * SIGMA_M
        return stretches if way_m <= min(FAR_M, fast_m, beeline_m + JUMP * DETOUR_M) else []

    def _candidates(self, position: Position) -> list[_Candidate]:
        found: list[_Candidate] = []
        for snap in self._network.nearby(position.location, WITHIN_M)[:CANDIDATES]:
            segment = self._network.segment(snap.segment_id)
            street_deg = self._network.heading_at(snap.segment_id, snap.offset_m)
            away = (snap.distance_m / SIGMA_M) ** 2 / 2
            for forward in (True, False):
                directed = DirectedSegment(snap.segment_id, forward)
                along_m = snap.offset_m if forward else segment.length_m - snap.offset_m
                heading_deg = street_deg if forward else street_deg + 180.0
                cost = away + _heading_cost(position, heading_deg)
                if segment.oneway is (Oneway.BACKWARD if forward else Oneway.FORWARD):
                    cost += AGAINST_ONEWAY
                found.append(_Candidate(Spot(directed, along_m), snap.distance_m, cost))
        return found

    def _linked(
        self, newest: _Layer, position: Position, candidates: list[_Candidate]
    ) -> _Layer | None:
        """Return the layer linked to the newest one, or `None` over a gap in time or space."""
        beeline_m = _moved_m(newest, position)
        if position.fixed_at - newest.leaves.fixed_at > GAP or beeline_m > FAR_M:
            return None
        alive = [i for i, cost in enumerate(newest.costs) if cost < inf]
        costs, back = [], []
        for candidate in candidates:
            options = [
                newest.costs[i]
                + min(self._way_cost(newest.candidates[i].spot, candidate.spot, beeline_m), JUMP)
                for i in alive
            ]
            best = min(range(len(options)), key=options.__getitem__)
            costs.append(options[best] + candidate.cost)
            back.append(alive[best])
        least = min(costs)
        costs = [cost - least if cost - least <= BEAM else inf for cost in costs]
        return _Layer(position, candidates, costs, back, position)

    def _way_cost(self, a: Spot, b: Spot, beeline_m: float) -> float:
        way_m = self._ways.way_m(a, b)
        if way_m is None:
            return inf
        backward_m = a.along_m - b.along_m if a.directed == b.directed else 0.0
        return (abs(way_m - beeline_m) + max(backward_m, 0.0)) / DETOUR_M

    def _settle(self, trail: Trail, count: int) -> list[Match]:
        """Take the oldest layers off the trail and return their matches."""
        if count <= 0:
            return []
        chosen, matches = _best_way(trail), list[Match]()
        for layer, one in zip(trail.layers[:count], chosen, strict=False):
            matches.append(self._match(layer.position, layer.candidates[one]))
            if layer.leaves is not layer.position:
                matches.append(self._match(layer.leaves, layer.candidates[one]))
        del trail.layers[:count]
        if trail.layers:
            _forget_other_ways(trail, chosen[count - 1])
        return matches

    def _match(self, position: Position, candidate: _Candidate) -> Match:
        directed, along_m = candidate.spot.directed, candidate.spot.along_m
        length_m = self._ways.length_m(directed.segment_id)
        return Match(
            fixed_at=position.fixed_at,
            segment=directed,
            offset_m=along_m if directed.forward else length_m - along_m,
            distance_m=candidate.distance_m,
            confidence=exp(-((candidate.distance_m / SIGMA_M) ** 2) / 8),
        )

    def _place(self, match: Match) -> LonLat:
        assert match.segment is not None  # noqa: S101 - asked only for matches on a street
        return self._network.point_at(match.segment.segment_id, match.offset_m)

    def _spot(self, match: Match) -> Spot:
        assert match.segment is not None  # noqa: S101 - asked only for matches on a street
        length_m = self._ways.length_m(match.segment.segment_id)
        forward = match.segment.forward
        return Spot(match.segment, match.offset_m if forward else length_m - match.offset_m)


def _heading_cost(position: Position, street_deg: float) -> float:
    standing = position.speed_mps is not None and position.speed_mps < MOVING_MPS
    if position.heading_deg is None or standing:
        return 0.0
    off_deg = abs((position.heading_deg - street_deg + 180.0) % 360.0 - 180.0)
    return min((off_deg / HEADING_DEG) ** 2 / 2, WORST_HEADING)


def _moved_m(layer: _Layer, position: Position) -> float:
    return metres_between(layer.position.location, position.location)


def _first_layer(position: Position, candidates: list[_Candidate]) -> _Layer:
    costs = [one.cost for one in candidates]
    return _Layer(position, candidates, costs, [-1] * len(costs), position)


def _agreed(trail: Trail) -> int:
    """Return how many of the oldest layers all that is still likely agrees on."""
    alive = {i for i, cost in enumerate(trail.layers[-1].costs) if cost < inf}
    for count in range(len(trail.layers) - 1, 0, -1):
        alive = {trail.layers[count].back[i] for i in alive}
        if len(alive) == 1:
            return count
    return 0


def _forget_other_ways(trail: Trail, chosen: int) -> None:
    """Rule out what does not come from the candidate just settled before the oldest layer."""
    oldest = trail.layers[0]
    oldest.costs = [
        cost if before == chosen else inf
        for cost, before in zip(oldest.costs, oldest.back, strict=True)
    ]
    for layer, following in pairwise(trail.layers):
        following.costs = [
            cost if layer.costs[before] < inf else inf
            for cost, before in zip(following.costs, following.back, strict=True)
        ]


def _best_way(trail: Trail) -> list[int]:
    """Return the chosen candidate of each layer, oldest first."""
    if not trail.layers:
        return []
    costs = trail.layers[-1].costs
    chosen = [min(range(len(costs)), key=costs.__getitem__)]
    chosen += [0] * (len(trail.layers) - 1)
    for i, layer in enumerate(reversed(trail.layers[1:]), start=1):
        chosen[i] = layer.back[chosen[i - 1]]
    return chosen[::-1]
