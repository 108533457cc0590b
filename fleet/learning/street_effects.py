"""What acts on the seconds of drives of one movement, pure: fitted, and foreseen for others."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from data.model import RoadClass, SegmentId
from data.model.planning.paces import (
    ConditionRatio,
    KindRatio,
    LearnedRatio,
    Movement,
    StreetRatio,
)
from data.streets.turn_costs import TurnKind
from fleet.learning.pooled_effects import Floats, Observations, PooledEffects, pooled_effects
from fleet.learning.street_drives import StreetDrive

DEPTHS_MM = (0.0, 20.0, 50.0, 100.0, 200.0, 400.0)
"""Depths of snow that have a ratio of their own; between them it is even."""

HOURS = tuple(3.0 * n for n in range(8))
"""Hours of the day that have one, around the clock."""

HALF_M = 50.0
"""A drive over so many metres is worth half as much as a long one: ends are seen to some metres."""

SHORTEST = 0.2
"""What a turn leaves of the seconds of a drive at least."""

MOST_TIMES = 4.0
"""A drive of more than so many times what was expected counts as so many, in the mean."""

STREET_SD = 0.15
"""First guess of how far streets of one class are from each other, as a logarithm, ..."""

SPREADS = {
    "all": 0.7,
    "machine": 0.15,
    "road": 0.15,
    "pair": 0.1,
    "storm": 0.05,
    "depth": 0.3,
    "hour": 0.05,
}
"""... and of how far everything is from what is assumed, and machines, classes of roads, both
together, storms, depths and hours from each other: storms differ by their snow first."""

type Turns = Mapping[TurnKind, float]

type EffectName = tuple[str, object]
"""Name of a group of effects, and which of them."""


def hats(at: float, knots: Sequence[float], period: float | None = None) -> list[tuple[int, float]]:
    """Return the knots beside a value with their shares, which add up to one."""
    if period is None:
        at = min(max(at, knots[0]), knots[-1])
    after = next((i for i, knot in enumerate(knots) if knot >= at), len(knots))
    if after < len(knots) and knots[after] == at:
        return [(after, 1.0)]
    low, high = (after - 1) % len(knots), after % len(knots)
    width = (knots[high] - knots[low]) % period if period else knots[high] - knots[low]
    share = (at - knots[low]) / width
    return [(low, 1.0 - share), (high, share)]


class StreetEffects:
    """Which effects act on each drive of one movement, and how they are read back."""

    def __init__(self, movement: Movement, drives: Sequence[StreetDrive]) -> None:
        self.movement = movement
        self.machines = sorted({one.machine for one in drives})
        self.roads = sorted({one.road for one in drives})
        self.storms = sorted({one.storm_id for one in drives})
        self.pairs = sorted({(one.machine, one.road) for one in drives})
        names: list[EffectName] = [("all", "")]
        names += [("machine", each) for each in self.machines]
        names += [("road", each) for each in self.roads]
        names += [("pair", each) for each in self.pairs]
        names += [("storm", each) for each in self.storms]
        names += [("depth", each) for each in range(len(DEPTHS_MM))]
        names += [("hour", each) for each in range(len(HOURS))]
        self.column = {name: i for i, name in enumerate(names)}
        self.groups = list(dict.fromkeys(name for name, _ in names))
        self.of_street = {
            each: i for i, each in enumerate(sorted({one.segment_id for one in drives}))
        }
        self.drives = drives
        self.group = np.array([self.groups.index(name) for name, _ in names], np.int64)

    def observations(self, net_s: Floats) -> Observations:
        """Return the drives for the regression; `net_s` is without their turns."""
        rows = [self._row(one) for one in self.drives]
        shape = (len(rows), len(self.column))
        indptr = np.cumsum([0, *(len(row) for row in rows)])
        columns = [column for row in rows for column, _ in row]
        shares = [share for row in rows for _, share in row]
        length_m = np.array([one.length_m for one in self.drives])
        return Observations(
            y=np.log(net_s / _assumed_s(self.drives)),
            precision=length_m / (length_m + HALF_M),
            street=np.array([self.of_street[one.segment_id] for one in self.drives], np.int64),
            columns=csr_matrix((shares, columns, indptr), shape),
            group=self.group,
            spread=np.array([SPREADS[name] for name in self.groups]),
            fixed=np.array([name == "all" for name in self.groups]),
            street_spread=STREET_SD,
        )

    def _row(self, one: StreetDrive) -> list[tuple[int, float]]:
        names = [*self.kind_shares(one), (("storm", one.storm_id), 1.0)]
        if one.depth_mm is not None:
            names += [(("depth", i), share) for i, share in hats(one.depth_mm, DEPTHS_MM)]
        names += self.hour_shares(one)
        return [(self.column[name], share) for name, share in names]

    def kind_shares(self, one: StreetDrive) -> list[tuple[EffectName, float]]:
        """Return the effects of a machine on a class of roads."""
        pair = (one.machine, one.road)
        names: tuple[EffectName, ...] = (
            ("all", ""),
            ("machine", one.machine),
            ("road", one.road),
            ("pair", pair),
        )
        return [(name, 1.0) for name in names]

    def hour_shares(self, one: StreetDrive) -> list[tuple[EffectName, float]]:
        """Return the effects of the hour of the day of a drive, with their shares."""
        return [(("hour", i), share) for i, share in hats(one.hour, HOURS, 24.0)]

    def ratio(self, pooled: PooledEffects, names: Iterable[EffectName], count: int) -> LearnedRatio:
        """Return the sum of some effects; those that were never seen are 0."""
        weights = np.zeros(len(self.column))
        for name in names:
            if name in self.column:
                weights[self.column[name]] = 1.0
        return LearnedRatio(*pooled.log_of(weights), count)

    def kinds(self, pooled: PooledEffects) -> Iterable[KindRatio]:
        """Yield the ratio of every machine seen on every class of roads, seen there or not."""
        counts = Counter((one.machine, one.road) for one in self.drives)
        for machine in self.machines:
            for road in RoadClass:
                pair = (machine, road)
                names = [("all", ""), ("machine", machine), ("road", road), ("pair", pair)]
                ratio = self.ratio(pooled, names, counts[pair])
                yield KindRatio(self.movement, machine, road, ratio)

    def streets(self, pooled: PooledEffects) -> Iterable[StreetRatio]:
        """Yield the ratio of every street that was driven, against its class."""
        counts = Counter(one.segment_id for one in self.drives)
        for segment_id, i in self.of_street.items():
            log_ratio, sd = float(pooled.street[i]), float(pooled.street_sd[i])
            ratio = LearnedRatio(log_ratio, sd, counts[segment_id])
            yield StreetRatio(self.movement, SegmentId(segment_id), ratio)

    def depths(self, pooled: PooledEffects) -> Iterable[ConditionRatio]:
        """Yield the ratio of each depth of snow near which anything was driven."""
        counts: Counter[int] = Counter()
        for one in self.drives:
            if one.depth_mm is not None:
                counts[max(hats(one.depth_mm, DEPTHS_MM), key=lambda hat: hat[1])[0]] += 1
        for i, count in sorted(counts.items()):
            ratio = self.ratio(pooled, [("depth", i)], count)
            yield ConditionRatio(self.movement, DEPTHS_MM[i], ratio)

    def hours(self, pooled: PooledEffects) -> Iterable[ConditionRatio]:
        """Yield the ratio of each hour of the day near which anything was driven."""
        counts = Counter(
            max(hats(one.hour, HOURS, 24.0), key=lambda hat: hat[1])[0] for one in self.drives
        )
        for i, count in sorted(counts.items()):
            yield ConditionRatio(self.movement, HOURS[i], self.ratio(pooled, [("hour", i)], count))


@dataclass(frozen=True, slots=True)
class FittedDrives:
    """The ratios of one movement, the drives that they are from, and their expected seconds."""

    drives: Sequence[StreetDrive]
    effects: StreetEffects
    pooled: PooledEffects
    mean: float
    expected_s: Floats
    net_s: Floats

    def foreseen_s(self, drives: Sequence[StreetDrive], turns: Turns) -> tuple[Floats, Floats]:
        """Return the seconds that a plan expects of drives, and by how many each took longer.

        They are of another storm, of which nothing of its own is known, and without turns.
        """
        median_s = _assumed_s(drives) * np.exp(self._foreseen_logs(drives))
        counted_s = _cut_off_s(_without_turns_s(drives, turns), median_s)
        return self.mean * median_s, counted_s - self.mean * median_s

    def _foreseen_logs(self, drives: Sequence[StreetDrive]) -> Floats:
        effects, pooled = self.effects, self.pooled
        depth = DepthRatios(tuple(effects.depths(pooled)), effects.movement)
        logs = []
        for one in drives:
            shares = (*effects.kind_shares(one), *effects.hour_shares(one))
            known = (
                share * float(pooled.effect[effects.column[name]])
                for name, share in shares
                if name in effects.column
            )
            street = effects.of_street.get(one.segment_id)
            own = 0.0 if street is None else float(pooled.street[street])
            logs.append(sum(known) + own + depth.log_at(one.depth_mm))
        return np.array(logs)


class DepthRatios:
    """The ratios of depths of snow; deeper than ever driven is as the deepest."""

    def __init__(self, ratios: Sequence[ConditionRatio], movement: Movement) -> None:
        known = sorted((one.at, one.ratio) for one in ratios if one.movement is movement)
        self._at = [at for at, _ in known]
        self._logs = [ratio.log for _, ratio in known]
        drives = sum(ratio.drives for _, ratio in known)
        self._usual = sum(ratio.log * ratio.drives for _, ratio in known) / max(drives, 1)
        self._found: dict[float, float] = {}

    def log_at(self, lying_mm: float | None) -> float:
        """Return the logarithm of the ratio at a depth; that of all drives where none is known."""
        if lying_mm is None or not self._at:
            return self._usual
        if lying_mm not in self._found:
            shares = hats(lying_mm, self._at) if len(self._at) > 1 else [(0, 1.0)]
            self._found[lying_mm] = sum(share * self._logs[i] for i, share in shares)
        return self._found[lying_mm]


def fits_of(drives: Sequence[StreetDrive], turns: Turns) -> list[FittedDrives]:
    """Return what acts on drives, by movement; `turns` are the seconds at their ends."""
    by_movement: dict[Movement, list[StreetDrive]] = defaultdict(list)
    for one in drives:
        by_movement[one.movement].append(one)
    return [_fit(one, by_movement[one], turns) for one in Movement if one in by_movement]


def _without_turns_s(drives: Sequence[StreetDrive], turns: Turns) -> Floats:
    """Return the seconds of drives without the turns at their ends."""
    seconds = np.array([one.seconds for one in drives])
    turn = np.array([0.0 if one.turn is None else turns[one.turn] for one in drives])
    net_s: Floats = np.maximum(seconds - turn, SHORTEST * seconds)
    return net_s


def _cut_off_s(net_s: Floats, median_s: Floats) -> Floats:
    """Return seconds as they count in means: a drive that took many times the expected is less."""
    counted_s: Floats = np.minimum(net_s, MOST_TIMES * median_s)
    return counted_s


def _fit(movement: Movement, drives: Sequence[StreetDrive], turns: Turns) -> FittedDrives:
    effects = StreetEffects(movement, drives)
    net_s = _without_turns_s(drives, turns)
    pooled = pooled_effects(effects.observations(net_s))
    median_s = _assumed_s(drives) * np.exp(pooled.fitted)
    mean = float(_cut_off_s(net_s, median_s).sum() / median_s.sum())
    return FittedDrives(drives, effects, pooled, mean, mean * median_s, net_s)


def _assumed_s(drives: Sequence[StreetDrive]) -> Floats:
    return np.array([one.assumed_s for one in drives])
