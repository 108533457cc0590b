"""What a scenario makes of snowfall, callers and trucks, pure: same scenario, same storm."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from data.languages import in_language
from data.model import RequestKind, Segment
from data.training import MachineTrouble, PowerCut, Scenario, Snow, TimeSpan, Trouble
from fleet.simulation.city_parts import CityParts
from fleet.simulation.simulated_calls import Later, Likely
from fleet.simulation.simulated_faults import SensorFault, broken
from fleet.simulation.simulated_trucks import Fix
from fleet.simulation.truck_path import STANDS_EVERY, moved_by, standing

SENSOR_FAULTS = {Trouble(fault.value): fault for fault in SensorFault}

BLADE_MISREAD = (Trouble.DEAD, Trouble.MUTE, Trouble.FLAPPING)
"""What a blade's sensor has where it does not say that the blade is down."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)

LEAST_SHARE = 0.05
"""Where least snow lies, people still call so often, beside where most lies."""


def snow_cm(snow: Iterable[Snow], elapsed: timedelta, parts: CityParts) -> float:
    """Return the snow in cm that lies so long after the storm began, the mean of all streets."""
    return sum(_fallen_cm(one, elapsed) * parts.share(one.place) for one in snow)


def _fallen_cm(spell: Snow, elapsed: timedelta) -> float:
    lasted = max(min(elapsed, spell.until_h) - spell.from_h, timedelta(0))
    return lasted / timedelta(hours=1) * spell.cm_h


def where_snow_lies(snow: Sequence[Snow], began_at: datetime, parts: CityParts) -> Likely | None:
    """Return how likely somebody calls from a street, by its snow; `None` where all have alike."""
    if all(one.place is None for one in snow):
        return None

    def likely(street: Segment, at: datetime) -> float:
        lying = [_fallen_cm(one, at - began_at) * parts.streets(one.place) for one in snow]
        by_street = np.sum(lying, axis=0)
        deepest = float(by_street.max())
        here = float(by_street[parts.index_of(street.id)])
        return max(here / deepest, LEAST_SHARE) if deepest else 1.0

    return likely


def callers_of(scenario: Scenario, began_at: datetime) -> Later:
    """Return when the next caller of a scenario calls; nobody does while the power is cut."""
    hour = timedelta(hours=1)
    spells = [
        (began_at + start, began_at + end, one.per_hour)
        for one in sorted(scenario.calls, key=lambda one: one.from_h)
        for start, end in _without(one, scenario.power_cut)
    ]

    def later(at: datetime, waits: float) -> datetime | None:
        for start, end, per_hour in spells:
            here = max(at, start)
            if here >= end:
                continue
            could = (end - here) / hour * per_hour
            if waits < could:
                return here + waits / per_hour * hour
            waits -= could
        return None

    return later


def words_of(
    scenario: Scenario, began_at: datetime, language: str
) -> list[tuple[datetime, RequestKind, str]]:
    """Return when the callers of whom everybody is to be sure call, for what, and their words."""
    said = [
        (began_at + one.at_h, one.kind, in_language(one.words, language)) for one in scenario.call
    ]
    return sorted(said)


def _without(spell: TimeSpan, cuts: Iterable[PowerCut]) -> Iterator[tuple[timedelta, timedelta]]:
    """Yield the parts of a spell outside the cuts."""
    start = spell.from_h
    for cut in sorted(cuts, key=lambda one: one.from_h):
        if cut.from_h > start:
            yield start, min(cut.from_h, spell.until_h)
        start = max(start, cut.until_h)
    if start < spell.until_h:
        yield start, spell.until_h


def troubles_of(scenario: Scenario, machine: int, machines: int) -> list[MachineTrouble]:
    """Return what goes wrong with a machine, which is counted from 0 of so many."""
    return [one for one in scenario.trouble if (one.machine - 1) % machines == machine]


def hindered(
    fixes: Iterable[Fix], troubles: Iterable[MachineTrouble], began_at: datetime
) -> Iterator[Fix]:
    """Yield the fixes of a truck that is absent or breaks down, and goes on that much later."""
    stops = [one for one in troubles if one.kind in (Trouble.ABSENT, Trouble.BREAKDOWN)]
    for stop in sorted(stops, key=lambda one: one.from_h):
        fixes = _stopped(fixes, stop, began_at)
    yield from fixes


@dataclass(frozen=True, slots=True)
class TrackerTroubles:
    """What goes wrong with a truck and its tracker, whoever drives it, after the storm began."""

    troubles: Sequence[MachineTrouble] = ()
    cuts: Sequence[PowerCut] = ()
    began_at: datetime = LONG_AGO
    seed: int = 0

    def reaches_driver(self, at: datetime) -> bool:
        """Whether a message comes to the driver: he is there, and so is the telephone."""
        absent = [one for one in self.troubles if one.kind is Trouble.ABSENT]
        return not any(spell.within(at - self.began_at) for spell in (*absent, *self.cuts))

    def misreads_blade(self, at: datetime) -> bool:
        """Whether the blade's sensor does not say that the blade is down."""
        misread = [one for one in self.troubles if one.kind in BLADE_MISREAD]
        return any(spell.within(at - self.began_at) for spell in misread)

    def told(self, fixes: Iterable[Fix]) -> Iterator[Fix]:
        """Yield what the tracker tells of where the truck is.

        What it or a power cut keeps silent about is sent when that is over.
        """
        for kind, fault in SENSOR_FAULTS.items():
            spells = [one for one in self.troubles if one.kind is kind]
            if spells:
                fixes = self._faulty(fixes, spells, fault)
        silent = [one for one in self.troubles if one.kind is Trouble.SILENT]
        quiet = sorted((*silent, *self.cuts), key=lambda spell: spell.from_h)
        for fix in fixes:
            sent_at = fix.sent_at
            for spell in quiet:
                if spell.within(sent_at - self.began_at):
                    sent_at = self.began_at + spell.until_h
            yield replace(fix, sent_at=sent_at)

    def _faulty(
        self, fixes: Iterable[Fix], spells: Sequence[TimeSpan], fault: SensorFault
    ) -> Iterator[Fix]:
        for fix in fixes:
            if any(one.within(fix.fixed_at - self.began_at) for one in spells):
                yield from broken((fix,), fault, self.seed + int(fix.fixed_at.timestamp()))
            else:
                yield fix


def tracker_troubles(
    scenario: Scenario, machine: int, machines: int, began_at: datetime, seed: int
) -> TrackerTroubles:
    """Return what goes wrong with the tracker of a machine, counted from 0 of so many."""
    mine = troubles_of(scenario, machine, machines)
    return TrackerTroubles(mine, scenario.power_cut, began_at, seed + machine)


def _stopped(fixes: Iterable[Fix], stop: MachineTrouble, began_at: datetime) -> Iterator[Fix]:
    """Yield fixes until the stop, then those of a machine that stands, then the rest later."""
    start, end = began_at + stop.from_h, began_at + stop.until_h
    place: Fix | None = None
    late = timedelta(0)
    for fix in fixes:
        if fix.fixed_at < start:
            place = fix
        elif not late and fix.fixed_at < end:
            late = end - fix.fixed_at
            if stop.kind is Trouble.BREAKDOWN:
                yield from standing_until(place or fix, fix.fixed_at, end)
        yield moved_by(fix, late)


def standing_until(place: Fix, at: datetime, end: datetime) -> Iterator[Fix]:
    """Yield the fixes of a machine that stands at a place with its blade up."""
    while at < end:
        yield standing(place, at)
        at += STANDS_EVERY
