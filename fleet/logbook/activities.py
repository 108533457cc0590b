"""Vehicle activities, pure: fixes as spells of working, driving and standing.

Metres come from the streets that a vehicle took; only where it was on none do its fixes count.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from math import inf
from operator import attrgetter
from typing import TypeIs

from data.model import DirectedSegment, LonLat, Match, Position
from data.policy.city_policy import clear_width_m
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.logbook.stops import hops_m, standing
from fleet.matching.driven_paths import DrivenStretch
from fleet.matching.map_matching import Matcher, Trail
from fleet.tracking.fix_filters import FORGET_AFTER, filtered
from fleet.work.totals import Sums

NOISE_M = 20.0
"""A spot so much behind the last one on a street is the receiver's error and no other round."""

UNSURE_M = 50.0
"""Where matching leaves out more of a way than this, since it is not sure, the beeline counts."""

STEADY = timedelta(seconds=15)
"""Over a longer gap, equipment counts as working only if it worked at both ends."""

FLICKER = timedelta(seconds=30)
"""A shorter change between work and driving makes no spell of its own; its sums stay exact."""

SPREAD_KG = "spread_kg"
"""Attribute with which a spreader tells what it has spread since it was switched on."""

DEFAULT_MATERIAL = "salt"

NO_TIME = (inf, inf)


class Activity(StrEnum):
    """What a vehicle does."""

    WORK = "work"
    DRIVE = "drive"
    STAND = "stand"


@dataclass(frozen=True, slots=True)
class Spell:
    """A time of one activity; `place` is the middle of where it stood, else its end."""

    activity: Activity
    starts_at: datetime
    ends_at: datetime
    start: LonLat
    place: LonLat
    sums: Sums

    @property
    def seconds(self) -> float:
        """Duration."""
        return (self.ends_at - self.starts_at).total_seconds()


@dataclass(slots=True)
class _Step:
    """From one fix to the next, at most `FORGET_AFTER` apart."""

    a: Position
    b: Position
    stands: bool
    metres: float
    area_m2: float = 0.0
    reported: bool = False

    @property
    def seconds(self) -> float:
        return (self.b.fixed_at - self.a.fixed_at).total_seconds()

    @property
    def activity(self) -> Activity:
        if self.stands:
            return Activity.STAND
        works = self._kept_on(attrgetter("blade")) or self.spreads
        return Activity.WORK if works or (self.reported and not self.sensed) else Activity.DRIVE

    @property
    def sensed(self) -> bool:
        """Whether blade or spreader told of it."""
        return self.a.blade is not None or self.a.spreader is not None

    @property
    def spreads(self) -> bool:
        return not self.stands and self._kept_on(attrgetter("spreader"))

    def _kept_on(self, switch: Callable[[Position], bool | None]) -> bool:
        steady = self.b.fixed_at - self.a.fixed_at <= STEADY
        return bool(switch(self.a)) and (steady or bool(switch(self.b)))


def spells_of(
    fixes: Sequence[Position],
    matcher: Matcher,
    network: StreetNetwork,
    since: datetime,
    until: datetime,
    reported: Sequence[tuple[float, float]] = (),
) -> list[Spell]:
    """Return a vehicle's activities from `since` to before `until`, by time.

    `reported` are working times that count where no sensor reports, from and to in seconds since
    1970, apart from each other and in order.

    `fixes` should reach a little farther on both sides. A step belongs to the time in which it
    begins, so that neighboring times leave nothing out and count nothing twice. Silence longer than
    `FORGET_AFTER` belongs to no spell.
    """
    kept, _ = filtered(fixes)
    steps = _steps(kept)
    if not any(since <= step.a.fixed_at < until for step in steps):
        return []
    _measure(steps, kept, matcher, network)
    _tell(steps, reported)
    inside = [step for step in steps if since <= step.a.fixed_at < until]
    return [_spell(part) for part in _smoothed(_unbroken(inside))]


def _steps(fixes: Sequence[Position]) -> list[_Step]:
    return [
        _Step(a, b, still, 0.0 if still else metres)
        for (a, b), still, metres in zip(
            pairwise(fixes), standing(fixes), hops_m(fixes), strict=True
        )
        if b.fixed_at - a.fixed_at <= FORGET_AFTER
    ]


def _tell(steps: Iterable[_Step], reported: Sequence[tuple[float, float]]) -> None:
    """Mark the steps whose middle lies in reported working time; both are in order of time."""
    times = iter(reported)
    since_s, until_s = next(times, NO_TIME)
    for step in steps:
        middle_s = (step.a.fixed_at.timestamp() + step.b.fixed_at.timestamp()) / 2
        while until_s < middle_s:
            since_s, until_s = next(times, NO_TIME)
        step.reported = since_s <= middle_s


class _Way:
    """Metres of new way: a receiver's steps back and forth on a street add nothing."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._street: DirectedSegment | None = None
        self._reached_m = 0.0

    def go(self, stretches: Iterable[DrivenStretch]) -> tuple[float, float]:
        """Return the metres and the square metres that these stretches add."""
        metres = area_m2 = 0.0
        for one in stretches:
            if one.directed != self._street or one.to_m < self._reached_m - NOISE_M:
                self._street, self._reached_m = one.directed, one.from_m
            new_m = max(one.to_m - max(one.from_m, self._reached_m), 0.0)
            self._reached_m = max(self._reached_m, one.to_m)
            metres += new_m
            area_m2 += new_m * clear_width_m(self._network.segment(one.directed.segment_id))
        return metres, area_m2


def _measure(
    steps: Sequence[_Step], fixes: Sequence[Position], matcher: Matcher, network: StreetNetwork
) -> None:
    """Give steps between matches the metres and the area of the streets that were taken."""
    starts, way = [step.a.fixed_at for step in steps], _Way(network)
    for before, after in pairwise(_matches(fixes, matcher)):
        stretches = matcher.between(before, after)
        if not stretches and not _stays(before, after):
            continue
        first = bisect_left(starts, before.fixed_at)
        last = bisect_left(starts, after.fixed_at)
        moving = [step for step in steps[first:last] if not step.stands]
        metres, area_m2 = way.go(stretches)
        if moving:
            beeline_m = distance_m(moving[0].a.location, moving[-1].b.location)
            unsure_m = 0.0 if before.segment is None or after.segment is None else UNSURE_M
            metres = beeline_m if beeline_m > metres + unsure_m else metres
        for step, share in zip(moving, _shares(moving), strict=True):
            step.metres = metres * share
            step.area_m2 = area_m2 * share


def _stays(before: Match, after: Match) -> bool:
    """Whether two matches are the same spot of a street within GPS noise."""
    on_it = before.segment is not None and before.segment == after.segment
    return on_it and abs(after.offset_m - before.offset_m) <= NOISE_M


def _matches(fixes: Sequence[Position], matcher: Matcher) -> list[Match]:
    trail = Trail()
    return [*matcher.match(trail, fixes), *matcher.settle(trail)]


def _shares(steps: Sequence[_Step]) -> list[float]:
    """Return each step's share of a way: by beeline, by time where all beelines are zero."""
    lengths = [distance_m(step.a.location, step.b.location) for step in steps]
    if sum(lengths) <= 0.0:
        lengths = [step.seconds for step in steps]
    whole = sum(lengths)
    return [length / whole for length in lengths] if whole > 0.0 else [0.0 for _ in steps]


def _unbroken(steps: Sequence[_Step]) -> Iterator[list[_Step]]:
    """Yield consecutive steps of one activity without a gap in the fixes."""
    run: list[_Step] = []
    for activity, group in groupby(steps, key=lambda step: step.activity):
        for step in group:
            if run and (run[-1].activity is not activity or run[-1].b is not step.a):
                yield run
                run = []
            run.append(step)
    if run:
        yield run


def _smoothed(runs: Iterable[list[_Step]]) -> list[list[_Step]]:
    """Assign short flickers between work and driving to the movement before them."""
    kept: list[list[_Step]] = []
    for run in runs:
        before = kept[-1] if kept else None
        joins = before is not None and before[-1].b is run[0].a
        if before is not None and joins and not before[0].stands and not run[0].stands:
            lasts = run[-1].b.fixed_at - run[0].a.fixed_at
            lasted = before[-1].b.fixed_at - before[0].a.fixed_at
            if min(lasts, lasted) < FLICKER or _main(before) is _main(run):
                before.extend(run)
                continue
        kept.append(list(run))
    return kept


def _main(steps: Sequence[_Step]) -> Activity:
    if steps[0].stands:
        return Activity.STAND
    worked_s = sum(step.seconds for step in steps if step.activity is Activity.WORK)
    half_s = sum(step.seconds for step in steps) / 2
    return Activity.WORK if worked_s > half_s else Activity.DRIVE


def _spell(steps: Sequence[_Step]) -> Spell:
    activity, last = _main(steps), steps[-1].b
    place = last.location
    if activity is Activity.STAND:
        places = [step.a.location for step in steps]
        lon, lat = (sum(each) / len(places) for each in zip(*places, strict=True))
        place = LonLat(lon, lat)
    return Spell(
        activity=activity,
        starts_at=steps[0].a.fixed_at,
        ends_at=last.fixed_at,
        start=place if activity is Activity.STAND else steps[0].a.location,
        place=place,
        sums=_sums(steps),
    )


def _sums(steps: Sequence[_Step]) -> Sums:
    seconds = dict.fromkeys(Activity, 0.0)
    metres = dict.fromkeys(Activity, 0.0)
    running_s = off_s = sensed_s = 0.0
    counted_kg: dict[str, float] = {}
    rated_kg: dict[str, float] = {}
    spread_m2: dict[str, float] = {}
    for step in steps:
        activity, fix = step.activity, step.a
        seconds[activity] += step.seconds
        metres[activity] += step.metres
        if step.sensed:
            sensed_s += step.seconds
        ignition = fix.attributes.get("ignition")
        if step.stands and ignition is True:
            running_s += step.seconds
        elif step.stands and ignition is False:
            off_s += step.seconds
        counted = _counted_kg(step)
        if counted is None and not step.spreads:
            continue
        material = fix.material or DEFAULT_MATERIAL
        if counted is not None:
            _add(counted_kg, material, counted)
        elif fix.rate_gm2 is not None:
            _add(rated_kg, material, fix.rate_gm2 * step.area_m2 / 1000)
        else:
            _add(spread_m2, material, step.area_m2)
    return Sums(
        work_s=seconds[Activity.WORK],
        drive_s=seconds[Activity.DRIVE],
        stand_s=seconds[Activity.STAND],
        running_s=running_s,
        off_s=off_s,
        work_m=metres[Activity.WORK],
        drive_m=metres[Activity.DRIVE],
        sensed_s=sensed_s,
        counted_kg=counted_kg,
        rated_kg=rated_kg,
        spread_m2=spread_m2,
    )


def _counted_kg(step: _Step) -> float | None:
    """Return what the spreader counted on a step; `None` where it counts nothing.

    A count that falls was set back, and says nothing of this step.
    """
    before, after = (fix.attributes.get(SPREAD_KG) for fix in (step.a, step.b))
    if not _is_number(before) or not _is_number(after):
        return None
    return max(float(after) - float(before), 0.0)


def _is_number(value: object) -> TypeIs[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _add(amounts: dict[str, float], material: str, amount: float) -> None:
    if amount > 0.0:
        amounts[material] = amounts.get(material, 0.0) + amount


def clipped(spell: Spell, since: datetime, until: datetime) -> Spell | None:
    """Return the part of a spell in a time, its sums in proportion; `None` where there is none."""
    starts_at, ends_at = max(spell.starts_at, since), min(spell.ends_at, until)
    if starts_at >= ends_at:
        return None
    if (starts_at, ends_at) == (spell.starts_at, spell.ends_at):
        return spell
    part = (ends_at - starts_at).total_seconds() / spell.seconds
    return replace(spell, starts_at=starts_at, ends_at=ends_at, sums=spell.sums.share(part))
