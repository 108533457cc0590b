"""Turns and streets that drivers never take although their routes say so, pure.

Only what is seen counts: a machine came along a whole street, its route led on to one other street,
and it was seen on a third one. Who was not led there did not avoid it. Never means never: a piece
of the street, or of both streets of the turn, is enough to have taken it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from data.model import DirectedSegment
from fleet.learning.street_drives import MissedWay, TakenWay
from fleet.shifts.machine_limits import UntakenWay

LEAST_CHANCES = 5
"""So often a way was to be taken, and never was, before anybody is asked about it, ..."""

LEAST_DRIVERS = 2
"""... by so many drivers: one alone may have a habit."""

LEAST_APPROACHES = 2
"""A street is avoided, and not one turn into it, that was to be entered from so many streets."""


def untaken_ways(missed: Iterable[MissedWay], taken: Collection[TakenWay]) -> list[UntakenWay]:
    """Return what types of machines never took of what was planned, oftenest first."""
    chances_of: defaultdict[tuple[str, DirectedSegment], list[MissedWay]] = defaultdict(list)
    for one in missed:
        if TakenWay(one.machine, one.wanted, one.came) not in taken:
            chances_of[one.machine, one.wanted].append(one)
    found: list[UntakenWay] = []
    for (machine, way), chances in chances_of.items():
        by_came: defaultdict[DirectedSegment, list[MissedWay]] = defaultdict(list)
        for one in chances:
            by_came[one.came].append(one)
        if TakenWay(machine, way) not in taken and len(by_came) >= LEAST_APPROACHES:
            whole = _untaken(way, None, chances)
            if whole is not None:
                found.append(whole)
                continue
        turns = (_untaken(way, came, mine) for came, mine in by_came.items())
        found += [turn for turn in turns if turn is not None]
    return sorted(found, key=lambda one: (-one.chances, one.machine, one.way))


def _untaken(
    way: DirectedSegment, came: DirectedSegment | None, chances: list[MissedWay]
) -> UntakenWay | None:
    """Return a way that was missed so often; `None` where that says nothing yet."""
    drivers = count_drivers(one.driver for one in chances)
    if len(chances) < LEAST_CHANCES or drivers < LEAST_DRIVERS:
        return None
    vehicles = [one.vehicle_id for one in chances]
    most = max(sorted(set(vehicles)), key=vehicles.count)
    return UntakenWay(chances[0].machine, way, came, len(chances), drivers, most)


def count_drivers(drivers: Iterable[str]) -> int:
    """Return how many drivers there were at least; those of whom nobody said it may be one."""
    return max(len(set(drivers) - {""}), 1)
