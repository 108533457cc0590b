"""Plain twins of the matching kernels, to compare with."""

import heapq
from collections.abc import Sequence
from functools import cache
from math import hypot, inf, sqrt
from typing import NamedTuple

from data.model import DirectedSegment, LonLat, Match, Oneway, Position
from data.streets.network import StreetNetwork
from fleet.matching.hmm_parameters import HMM
from fleet.matching.kernels.trellis import MOST_JITTER_COST
from fleet.matching.street_arrays import AGAINST_M, DEAD_END_M, TURN_M, U_TURN_M


class Way(NamedTuple):
    """Metres and prices from one place to another, both together first."""

    all_m: float
    price_m: float


def ways_from(network: StreetNetwork, source: DirectedSegment) -> dict[DirectedSegment, Way]:
    """Ways from the end of a directed street to the beginnings of all others."""
    leaving: dict[int, list[DirectedSegment]] = {}
    for segment in network.segments:
        leaving.setdefault(segment.start, []).append(DirectedSegment(segment.id, True))
        leaving.setdefault(segment.end, []).append(DirectedSegment(segment.id, False))
    best: dict[DirectedSegment, Way] = {}
    heap: list[tuple[Way, DirectedSegment]] = []

    def leave(came: DirectedSegment, so_far: Way) -> None:
        here = network.segment(came.segment_id)
        node = here.end if came.forward else here.start
        for onward in leaving[node]:
            price = price_m(network, came, onward, len(leaving[node]))
            further = Way(so_far.all_m + price, so_far.price_m + price)
            if onward not in best or further.all_m < best[onward].all_m:
                best[onward] = further
                heapq.heappush(heap, (further, onward))

    leave(source, Way(0.0, 0.0))
    while heap:
        so_far, arc = heapq.heappop(heap)
        if so_far.all_m <= best[arc].all_m:
            length_m = network.segment(arc.segment_id).length_m
            leave(arc, Way(so_far.all_m + length_m, so_far.price_m))
    return best


def price_m(
    network: StreetNetwork, came: DirectedSegment, goes: DirectedSegment, ways: int
) -> float:
    """Price of a turn between two directed streets where so many ways meet."""
    segment = network.segment(goes.segment_id)
    price = 0.0
    if segment.oneway is (Oneway.BACKWARD if goes.forward else Oneway.FORWARD):
        price += AGAINST_M
    if goes == DirectedSegment(came.segment_id, not came.forward):
        return price + (DEAD_END_M if ways == 1 else U_TURN_M)
    change = heading(network, goes, at_end=False) - heading(network, came, at_end=True)
    turns = abs((change + 180.0) % 360.0 - 180.0) > 40.0
    return price + (TURN_M if turns and ways > 2 else 0.0)


def heading(network: StreetNetwork, arc: DirectedSegment, *, at_end: bool) -> float:
    """Degrees in which a directed street begins or ends."""
    segment = network.segment(arc.segment_id)
    degrees = network.heading_at(segment.id, segment.length_m if at_end == arc.forward else 0.0)
    return degrees if arc.forward else degrees + 180.0


def metres_apart(network: StreetNetwork, a: LonLat, b: LonLat) -> float:
    """Metres between two places."""
    (ax, ay), (bx, by) = network.projection.plane(a), network.projection.plane(b)
    return hypot(ax - bx, ay - by)


class State(NamedTuple):
    """A place that a fix may mean; off every street without `arc`."""

    arc: DirectedSegment | None
    along_m: float
    away_m: float


class Twin:
    """What every course through a few fixes costs, as `docs/matching.md` says it.

    For fixes without speed or heading, each farther from the one before than `HMM.spacing_m`.
    """

    def __init__(self, network: StreetNetwork, fixes: Sequence[Position], streets: int) -> None:
        self.network, self.fixes = network, fixes
        self.layers = [self._states(fix, streets) for fix in fixes]
        self.emission: list[list[float]] = []
        self.scale_m, self.off_transition = [0.0], [0.0]
        self._ways = cache(lambda arc: ways_from(network, arc))
        noise, seen, jitter_m = HMM.first_noise_m**2, 0.0, 0.0
        self.costs: list[float] = []
        for i, states in enumerate(self.layers):
            weight, sigma_m = self._weight(i), HMM.sigma_m + HMM.sigma_share * sqrt(noise)
            sigma_m = min(sigma_m, HMM.most_sigma_m)
            self.emission.append([weight * _emission(state, sigma_m) for state in states])
            if i > 0:
                self.scale_m.append(self._loose_m(i))
                if weight < 1.0:
                    self.scale_m[i] = max(self.scale_m[i], HMM.jitter_factor * jitter_m)
                self.off_transition.append(HMM.off_transition * max(1.0, sigma_m / self.scale_m[i]))
            found = [self._cheapest(i, k) for k in range(len(states))]
            before = self.costs
            self.costs = [self.emission[i][k] + cost for k, (cost, _) in enumerate(found)]
            k = self.costs.index(min(self.costs))
            best, back = states[k], found[k][1]
            if i > 0 and weight < 1.0 and best.arc and self.layers[i - 1][back].arc:
                loose_m = min(found[k][0] - before[back], MOST_JITTER_COST) * self.scale_m[i]
                jitter_m += (loose_m - jitter_m) * HMM.learning_rate * weight
            if best.away_m < HMM.learning_within_m:
                seen += weight
                share = weight * max(HMM.learning_rate, 1.0 / (HMM.learning_first + seen))
                noise += (best.away_m**2 - noise) * share

    def cost_of(self, matches: Sequence[Match]) -> float:
        """What the course costs that somebody says."""
        whole, last = 0.0, 0
        for i, match in enumerate(matches):
            k = next(k for k, state in enumerate(self.layers[i]) if self._is(state, match))
            whole += self.emission[i][k] + (self.step(i, last, k) if i > 0 else 0.0)
            last = k
        return whole

    def step(self, i: int, j: int, k: int) -> float:
        """What it costs to come from state `j` of the fix before to state `k` of fix `i`."""
        a, b, beeline_m = self.layers[i - 1][j], self.layers[i][k], self._beeline_m(i)
        if a.arc is None or b.arc is None:
            step = self.off_transition[i] if a.arc == b.arc else HMM.off_enter
            return step + HMM.off_per_m * beeline_m
        way = self._way(a, b, HMM.search_m + HMM.search_share * beeline_m)
        metres = way.all_m - way.price_m
        if way.all_m == inf or metres > 60.0 + HMM.fast_mps * self._elapsed_s(i):
            return HMM.most_transition
        cost = (abs(metres - beeline_m) + way.price_m) / self.scale_m[i]
        return min(cost, HMM.most_transition)

    def _cheapest(self, i: int, k: int) -> tuple[float, int]:
        """What it costs at least to come to state `k` of fix `i`, and from which state."""
        courses = ((c + self.step(i, j, k), j) for j, c in enumerate(self.costs))
        return min(courses, default=(0.0, 0))

    def _loose_m(self, i: int) -> float:
        share_m = HMM.detour_share * self._beeline_m(i)
        return HMM.detour_m + share_m + HMM.detour_mps * self._elapsed_s(i)

    def _way(self, a: State, b: State, within_m: float) -> Way:
        assert a.arc is not None
        assert b.arc is not None
        rest_m = self.network.segment(a.arc.segment_id).length_m - a.along_m
        found = Way(inf, inf)
        if a.arc == b.arc:
            if b.along_m >= a.along_m:
                return Way(b.along_m - a.along_m, 0.0)
            back_m = HMM.roll_back_factor * (a.along_m - b.along_m)
            found = Way(back_m, back_m)
        elif a.arc.segment_id == b.arc.segment_id:
            found = Way(abs(rest_m - b.along_m) + HMM.turn_round_m, HMM.turn_round_m)
        through = self._ways(a.arc).get(b.arc)
        if through is not None and through.all_m <= within_m:
            found = min(found, Way(rest_m + through.all_m + b.along_m, through.price_m))
        return found

    def _states(self, fix: Position, streets: int) -> list[State]:
        found = []
        for snap in self.network.nearby(fix.location, HMM.candidates_within_m)[:streets]:
            length_m = self.network.segment(snap.segment_id).length_m
            for forward, along_m in ((True, snap.offset_m), (False, length_m - snap.offset_m)):
                arc = DirectedSegment(snap.segment_id, forward)
                found.append(State(arc, along_m, snap.distance_m))
        return [*found, State(None, 0.0, inf)]

    def _is(self, state: State, match: Match) -> bool:
        if match.segment is None or state.arc != match.segment:
            return match.segment is state.arc
        length_m = self.network.segment(match.segment.segment_id).length_m
        along_m = match.offset_m if match.segment.forward else length_m - match.offset_m
        return abs(along_m - state.along_m) < 0.1

    def _weight(self, i: int) -> float:
        if i == 0:
            return 1.0
        return min(max(self._elapsed_s(i) / HMM.independent_s, HMM.least_weight), 1.0)

    def _elapsed_s(self, i: int) -> float:
        return (self.fixes[i].fixed_at - self.fixes[i - 1].fixed_at).total_seconds()

    def _beeline_m(self, i: int) -> float:
        return metres_apart(self.network, self.fixes[i - 1].location, self.fixes[i].location)


def _emission(state: State, sigma_m: float) -> float:
    if state.arc is None:
        return HMM.off_emission
    z = state.away_m / sigma_m
    return z * z / 2 if z <= HMM.huber_z else HMM.huber_z * (z - HMM.huber_z / 2)
