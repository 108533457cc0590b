"""From drives to what plans should assume, pure: ratios by machine, road, street, snow and hour."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from scipy.sparse import csr_matrix

from data.model import ReloadSite, RoadClass, SegmentId, Vehicle
from data.model.planning.paces import (
    ConditionRatio,
    FillTime,
    KindRatio,
    LearnedPace,
    LearnedRatio,
    MachineHabit,
    Movement,
    MovementRatio,
    StreetRatio,
    TurnTime,
)
from data.streets.turn_costs import TURN_COST_S, TurnKind
from fleet.learning.corrections import assumed_speeds
from fleet.learning.pooled_effects import Floats, Observations, PooledEffects, pooled_effects
from fleet.learning.scatter import own_scatter_s
from fleet.learning.street_drives import SiteVisit, StormDrives, StreetDrive

DEPTHS_MM = (0.0, 20.0, 50.0, 100.0, 200.0, 400.0)
"""Depths of snow that have a ratio of their own; between them it is even."""

HOURS = tuple(3.0 * n for n in range(8))
"""Hours of the day that have one, around the clock."""

HALF_M = 50.0
"""A drive over so many metres is worth half as much as a long one: ends are seen to some metres."""

SHORTEST = 0.2
"""What a turn leaves of the seconds of a drive at least."""

FEW_TURNS = 20.0
"""So many turns is the assumption worth, ..."""

FEW_FILLS = 3.0
"""... and so many visits to a reload site, ..."""

FEW_H = 5.0
"""... and so many hours without any stop."""

MOST_TURN_S = 60.0
"""A turn that cost more than this above the usual is a stand for another reason."""

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

OTHER_STORM_SD, WORTH_STORMS = 0.15, 2.0
"""How far one more storm is from those seen, as a logarithm, while few are known: two days of
Syracuse differed by a fifth. It is worth so many storms."""

TURN_ROUNDS = 2
"""How often turns are set apart from streets, by what the other one left over."""

type Turns = Mapping[TurnKind, float]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The ratios of one movement, the drives that they are from, and their expected seconds.

    `counted_s` are `net_s` cut off where a drive took many times the expected.
    """

    drives: Sequence[StreetDrive]
    effects: "_Effects"
    pooled: PooledEffects
    mean: float
    expected_s: Floats
    net_s: Floats
    counted_s: Floats
    storm_sd: float


def learned_pace(
    seen: StormDrives, sites: Sequence[ReloadSite] = (), machines: Sequence[Vehicle] = ()
) -> LearnedPace:
    """Return what drives say of how long things take; empty where nothing was seen.

    Sites and machines are those that the fleet file has now: what drives are compared with.
    """
    turns: Turns = dict(TURN_COST_S)
    fitted = _fitted(seen.drives, turns)
    for _ in range(TURN_ROUNDS - 1):
        turns = _turns(fitted)
        fitted = _fitted(seen.drives, turns)
    fills = tuple(_fills(seen.visits, sites))
    return LearnedPace(
        movements=tuple(_movement(one) for one in fitted),
        kinds=tuple(ratio for one in fitted for ratio in one.effects.kinds(one.pooled)),
        streets=tuple(ratio for one in fitted for ratio in one.effects.streets(one.pooled)),
        depths=tuple(ratio for one in fitted for ratio in one.effects.depths(one.pooled)),
        hours=tuple(ratio for one in fitted for ratio in one.effects.hours(one.pooled)),
        turns=_turn_times(fitted, turns),
        fills=fills,
        habits=tuple(_habits(seen)),
        speeds=assumed_speeds(machines),
        scatter_s=own_scatter_s((row for one in fitted for row in _off(one)), seen, fills),
    )


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


class _Effects:
    """Which effects act on each drive of one movement, and how they are read back."""

    def __init__(self, movement: Movement, drives: Sequence[StreetDrive]) -> None:
        self.movement = movement
        self.machines = sorted({one.machine for one in drives})
        self.roads = sorted({one.road for one in drives})
        self.storms = sorted({one.storm_id for one in drives})
        self.pairs = sorted({(one.machine, one.road) for one in drives})
        names: list[tuple[str, object]] = [("all", "")]
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
        assumed_s = np.array([one.assumed_s for one in self.drives])
        return Observations(
            y=np.log(net_s / assumed_s),
            precision=length_m / (length_m + HALF_M),
            street=np.array([self.of_street[one.segment_id] for one in self.drives], np.int64),
            columns=csr_matrix((shares, columns, indptr), shape),
            group=self.group,
            spread=np.array([SPREADS[name] for name in self.groups]),
            fixed=np.array([name == "all" for name in self.groups]),
            street_spread=STREET_SD,
        )

    def _row(self, one: StreetDrive) -> list[tuple[int, float]]:
        names: list[tuple[tuple[str, object], float]] = [
            (("all", ""), 1.0),
            (("machine", one.machine), 1.0),
            (("road", one.road), 1.0),
            (("pair", (one.machine, one.road)), 1.0),
            (("storm", one.storm_id), 1.0),
        ]
        if one.depth_mm is not None:
            names += [(("depth", i), share) for i, share in hats(one.depth_mm, DEPTHS_MM)]
        names += [(("hour", i), share) for i, share in hats(one.hour, HOURS, 24.0)]
        return [(self.column[name], share) for name, share in names]

    def ratio(
        self, pooled: PooledEffects, names: Iterable[tuple[str, object]], count: int
    ) -> LearnedRatio:
        """Return the sum of some effects; those that were never seen are 0."""
        weights = np.zeros(len(self.column))
        for name in names:
            if name in self.column:
                weights[self.column[name]] = 1.0
        return LearnedRatio(*pooled.log_of(weights), count)

    def storm_sd(self, pooled: PooledEffects, seen: Observations) -> float:
        """Return how far another storm is from what is learned, in the mean of what was driven.

        It has an effect of its own, and the other effects are not known exactly.
        """
        storms = self.group == self.groups.index("storm")
        usual = np.asarray(seen.columns.mean(axis=0)).ravel()
        _, known_sd = pooled.log_of(np.where(storms, 0.0, usual))
        off2 = pooled.effect[storms] ** 2 + np.diag(pooled.covariance)[storms]
        seen_var = float(off2.sum()) + WORTH_STORMS * OTHER_STORM_SD**2
        return float(np.sqrt(known_sd**2 + seen_var / (len(off2) + WORTH_STORMS)))

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


def _fitted(drives: Sequence[StreetDrive], turns: Turns) -> list[_Fitted]:
    by_movement: dict[Movement, list[StreetDrive]] = defaultdict(list)
    for one in drives:
        by_movement[one.movement].append(one)
    return [_fit(one, by_movement[one], turns) for one in Movement if one in by_movement]


def _fit(movement: Movement, drives: Sequence[StreetDrive], turns: Turns) -> _Fitted:
    effects = _Effects(movement, drives)
    seconds = np.array([one.seconds for one in drives])
    turn = np.array([0.0 if one.turn is None else turns[one.turn] for one in drives])
    net_s = np.maximum(seconds - turn, SHORTEST * seconds)
    observed = effects.observations(net_s)
    pooled = pooled_effects(observed)
    median_s = np.array([one.assumed_s for one in drives]) * np.exp(pooled.fitted)
    counted_s = np.minimum(net_s, MOST_TIMES * median_s)
    mean = float(counted_s.sum() / median_s.sum())
    return _Fitted(
        drives=drives,
        effects=effects,
        pooled=pooled,
        mean=mean,
        expected_s=mean * median_s,
        net_s=net_s,
        counted_s=counted_s,
        storm_sd=effects.storm_sd(pooled, observed),
    )


def _off(one: _Fitted) -> Iterator[tuple[StreetDrive, float, float]]:
    """Yield each drive with its expected seconds, and by how many it took longer."""
    more_s = one.counted_s - one.expected_s
    yield from zip(one.drives, one.expected_s.tolist(), more_s.tolist(), strict=True)


def _movement(one: _Fitted) -> MovementRatio:
    return MovementRatio(
        movement=one.effects.movement,
        ratio=one.effects.ratio(one.pooled, [("all", "")], len(one.drives)),
        mean=one.mean,
        storm_sd=one.storm_sd,
        assumed_s=sum(drive.assumed_s for drive in one.drives),
    )


def _left_over(fitted: Iterable[_Fitted]) -> dict[TurnKind, list[float]]:
    """Return by how many seconds drives missed what was expected, by the turn at their end."""
    left: dict[TurnKind, list[float]] = defaultdict(list)
    for one in fitted:
        off_s = np.clip(one.net_s - one.expected_s, -MOST_TURN_S, MOST_TURN_S)
        for drive, each_s in zip(one.drives, off_s.tolist(), strict=True):
            if drive.turn is not None:
                left[drive.turn].append(each_s)
    return left


def _turns(fitted: Iterable[_Fitted]) -> Turns:
    """Return the seconds of each kind of turn above going straight on, which costs nothing."""
    left = _left_over(fitted)
    straight = left.get(TurnKind.STRAIGHT, [0.0])
    usual_s = sum(straight) / len(straight)
    found = {TurnKind.STRAIGHT: TURN_COST_S[TurnKind.STRAIGHT]}
    for kind, assumed_s in TURN_COST_S.items():
        if kind is not TurnKind.STRAIGHT:
            seen = left.get(kind, [])
            more_s = sum(each - usual_s for each in seen) / (len(seen) + FEW_TURNS)
            found[kind] = max(assumed_s + more_s, 0.0)
    return found


def _turn_times(fitted: Iterable[_Fitted], turns: Turns) -> tuple[TurnTime, ...]:
    counts = {kind: len(seen) for kind, seen in _left_over(fitted).items()}
    return tuple(
        TurnTime(kind.name.lower(), TURN_COST_S[kind], turns[kind], counts[kind])
        for kind in TurnKind
        if kind in counts and kind is not TurnKind.STRAIGHT
    )


def _fills(visits: Sequence[SiteVisit], sites: Sequence[ReloadSite]) -> Iterable[FillTime]:
    """Yield the time at each site.

    It is the mean of logarithms, drawn to that of all sites and to what is assumed.
    """
    logs = {
        site.id: [log(one.seconds / site.fill_s) for one in visits if one.site_id == site.id]
        for site in sites
    }
    everywhere = [each for known in logs.values() for each in known]
    overall = sum(everywhere) / (len(everywhere) + FEW_FILLS)
    for site in sites:
        known = logs[site.id]
        if known:
            drawn = (sum(known) + FEW_FILLS * overall) / (len(known) + FEW_FILLS)
            seconds = site.fill_s * float(np.exp(drawn))
            yield FillTime(site.id, site.name, site.fill_s, seconds, len(known))


def _habits(seen: StormDrives) -> Iterable[MachineHabit]:
    for machine in sorted({one.machine for one in seen.drives}):
        drives = [one for one in seen.drives if one.machine == machine]
        stops_s = [one.seconds for one in seen.stops if one.machine == machine]
        moving_s = sum(one.seconds for one in seen.times if one.machine == machine)
        routed = [one for one in drives if one.on_route is not None]
        routed_m = _metres(routed, lambda _: True)
        off_m = _metres(routed, lambda one: one.on_route is False)
        yield MachineHabit(
            machine=machine,
            stop_share=sum(stops_s) / (moving_s + FEW_H * 3600.0),
            stops=len(stops_s),
            off_route=off_m / routed_m if routed_m else None,
            driven_m=_metres(drives, lambda _: True),
        )


def _metres(drives: Iterable[StreetDrive], which: Callable[[StreetDrive], bool]) -> float:
    return sum(one.length_m for one in drives if which(one))
