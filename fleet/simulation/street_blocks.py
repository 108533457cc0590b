"""Streets that trucks find blocked, pure: which ones, and how a truck gets around."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from data.files.toml_reader import TomlTable
from data.model import LonLat, RoadClass, Route, Segment, SegmentId, Snap
from data.streets.network import StreetNetwork
from data.training import ClosedStreet, StreetKind, ToldWords
from fleet.simulation.scenario_events import standing_until
from fleet.simulation.simulated_calls import spoken_name
from fleet.simulation.simulated_trucks import Fix, quickest
from fleet.simulation.truck_path import moved_by
from fleet.simulation.way_ahead import WayAhead

KINDS = {
    RoadClass.MOTORWAY: StreetKind.MAIN,
    RoadClass.TRUNK: StreetKind.MAIN,
    RoadClass.PRIMARY: StreetKind.MAIN,
    RoadClass.SECONDARY: StreetKind.MAIN,
    RoadClass.TERTIARY: StreetKind.CONNECTING,
    RoadClass.UNCLASSIFIED: StreetKind.CONNECTING,
}
"""Of the classes of roads; all others are residential."""

SHORTEST_M = 60.0
"""On a shorter street, a fix hardly tells whether a truck is on it or crosses its end."""

END_M = 15.0
"""So near to its end, a truck may be at the crossing."""

NEAR_M = 30.0
"""How far from its street a fix lies, at most."""

SOON = timedelta(minutes=3)
"""A street that a truck comes to later than this is not behind it yet."""

AHEAD = timedelta(minutes=25)
"""So far ahead the way of a truck is looked at for a street to block."""

CHOICE = 12
"""From so many streets that trucks come to next, the blocked one is drawn."""

LOOKS = timedelta(minutes=4)
"""How long a driver stands before a blocked street: he looks, tells it and turns round."""

EVERY_S = 5.0
"""Seconds between two fixes on the way around."""


@dataclass(frozen=True, slots=True)
class StreetBlock:
    """A street that nobody gets through for a time."""

    segment_id: SegmentId
    from_at: datetime
    until_at: datetime

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is blocked at a moment."""
        return self.from_at <= moment < self.until_at


@dataclass(frozen=True, slots=True)
class FoundBlock:
    """A truck came to a blocked street, and where it stands."""

    block: StreetBlock
    at: datetime
    place: LonLat


def open_legs(
    route: Route, numbers: Iterable[int], blocks: Iterable[StreetBlock], at: datetime
) -> list[int]:
    """Return which legs of a route lead over no street that is blocked at a moment."""
    closed = {block.segment_id for block in blocks if block.holds_at(at)}
    return [
        number
        for number in numbers
        if not any(step.segment_id in closed for step in route.legs[number].path)
    ]


def kind_of(street: Segment) -> StreetKind:
    """Return how large a street is."""
    return KINDS.get(street.road_class, StreetKind.RESIDENTIAL)


@lru_cache(maxsize=64)
def drawn_street(network: StreetNetwork, kind: StreetKind, seed: int) -> Segment | None:
    """Return a street of a kind that has a name, of any kind where there is none of this one.

    The same is asked for again and again as long as its scenario is played.
    """
    long = [s for s in network.segments if spoken_name(s) and s.length_m >= SHORTEST_M]
    return _drawn([s for s in long if kind_of(s) is kind] or long, seed)


def street_meant(
    network: StreetNetwork, table: TomlTable, number: int, seed: int
) -> Segment | None:
    """Return the street in the words of a table of a scenario, the first of its kind with number 0.

    `None` for tables whose street is drawn while they are played.
    """
    if isinstance(table, ClosedStreet):
        return drawn_street(network, table.street, seed + number)
    if isinstance(table, ToldWords):
        return drawn_street(network, StreetKind.MAIN, seed + number)
    return None


def street_ahead(
    ways: Iterable[tuple[WayAhead, Collection[SegmentId]]],
    network: StreetNetwork,
    kind: StreetKind,
    now: datetime,
    seed: int,
) -> Segment | None:
    """Return a street of a kind that trucks come to soon, else the same of any kind.

    `ways` are those of the trucks, with the streets of each truck's own route: only of these it
    can be told that it did not get through.
    """
    coming = sorted(
        (fix.fixed_at, on.segment_id)
        for way, own in ways
        for fix in way.until(now + AHEAD)
        if fix.fixed_at >= now + SOON and (on := _inside(fix, network)) and on.segment_id in own
    )
    streets = [network.segment(each) for each in dict.fromkeys(each for _, each in coming)]
    long = [street for street in streets if street.length_m >= SHORTEST_M]
    return _drawn(([s for s in long if kind_of(s) is kind] or long)[:CHOICE], seed)


def _drawn(streets: Sequence[Segment], seed: int) -> Segment | None:
    chance = np.random.default_rng([seed, 9])
    return streets[int(chance.integers(len(streets)))] if streets else None


def around_blocks(
    way: WayAhead,
    network: StreetNetwork,
    blocks: Callable[[], Collection[StreetBlock]],
    found: Callable[[FoundBlock], None],
) -> Iterator[Fix]:
    """Yield the fixes of a truck that turns round before blocked streets, and goes on later.

    `blocks` are asked for while the truck drives; of each that it comes to, `found` is called once.
    Where no way leads around, it waits until the street is free.
    """
    known: set[StreetBlock] = set()
    last: Fix | None = None
    for fix in way:
        here = moved_by(fix, way.late)
        block = _block_at(here, network, blocks())
        if block is None or last is None:
            last = here
            yield here
            continue
        if block not in known:
            found(FoundBlock(block, here.fixed_at, last.location))
        beyond = next((one for one in way if not _snap_on(one, network, block)), None)
        looks = timedelta(0) if block in known else LOOKS
        known.add(block)
        for one in _detour(last, here.fixed_at, beyond, network, block, looks):
            last = one
            yield one
        if beyond is None:
            return
        step = timedelta(seconds=EVERY_S)
        way.late = max(last.fixed_at + step - beyond.fixed_at, timedelta(0))
        last = moved_by(beyond, way.late)
        yield last


def _block_at(
    fix: Fix, network: StreetNetwork, blocks: Collection[StreetBlock]
) -> StreetBlock | None:
    """Return the block that a truck has run into."""
    for block in blocks:
        if not block.holds_at(fix.fixed_at):
            continue
        snap = _inside(fix, network)
        if snap is not None and snap.segment_id == block.segment_id:
            return block
    return None


def _inside(fix: Fix, network: StreetNetwork) -> Snap | None:
    """Return where on its street a truck is; `None` near an end, where it may be at a crossing."""
    snap = network.nearest(fix.location, NEAR_M)
    if snap is None:
        return None
    length_m = network.segment(snap.segment_id).length_m
    return snap if END_M <= snap.offset_m <= length_m - END_M else None


def _snap_on(fix: Fix, network: StreetNetwork, block: StreetBlock) -> Snap | None:
    """Return where on the blocked street a truck is; `None` where it is on another one."""
    snap = network.nearest(fix.location, NEAR_M)
    return snap if snap is not None and snap.segment_id == block.segment_id else None


def _detour(
    place: Fix,
    at: datetime,
    beyond: Fix | None,
    network: StreetNetwork,
    block: StreetBlock,
    looks: timedelta,
) -> Iterator[Fix]:
    """Yield the fixes from a place before a block until the one beyond it."""
    way = _way_around(place, beyond, network, block) if beyond else []
    leaves_at = at + looks if way else max(block.until_at, at)
    yield from standing_until(place, at, leaves_at)
    clock_s, due_s = 0.0, 0.0
    for stretch in way:
        while due_s < clock_s + stretch.seconds:
            moment = leaves_at + timedelta(seconds=due_s)
            yield _on_way(place, stretch, network, due_s - clock_s, moment)
            due_s += EVERY_S
        clock_s += stretch.seconds


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The first metres of an arc, and how long a truck is on them."""

    arc: int
    length_m: float
    seconds: float


def _on_way(
    place: Fix, stretch: _Stretch, network: StreetNetwork, gone_s: float, moment: datetime
) -> Fix:
    segment_id, forward = network.directed(stretch.arc)
    speed_mps = stretch.length_m / stretch.seconds
    whole_m = float(network.arc_length_m[stretch.arc])
    offset_m = gone_s * speed_mps if forward else whole_m - gone_s * speed_mps
    heading_deg = network.heading_at(segment_id, offset_m) + (0.0 if forward else 180.0)
    return replace(
        place,
        sent_at=moment,
        fixed_at=moment,
        location=network.point_at(segment_id, offset_m),
        heading_deg=heading_deg % 360.0,
        speed_mps=speed_mps,
        blade=False,
        spreader=False,
        rate_gm2=None,
    )


def _way_around(
    place: Fix, beyond: Fix, network: StreetNetwork, block: StreetBlock
) -> list[_Stretch]:
    """Return the way from the junction before a block to a place beyond; empty without any.

    It comes to that place as the truck drove there, where streets allow it, else from behind.
    """
    snap = network.nearest(beyond.location, NEAR_M)
    if snap is None:
        return []
    closed = np.flatnonzero(network.arc_segment == network.index_of(block.segment_id)).tolist()
    starts = np.flatnonzero(network.arc_tail == network.nearest_node(place.location)).tolist()
    goals = np.flatnonzero(network.arc_segment == network.index_of(snap.segment_id)).tolist()
    street_deg = network.heading_at(snap.segment_id, snap.offset_m)
    forward = bool(np.cos(np.radians(street_deg - beyond.heading_deg)) >= 0)
    goals.sort(key=lambda arc: bool(network.arc_forward[arc]) != forward)
    ways = (quickest(network, starts, goal, closed) for goal in goals)
    way = next((each for each in ways if each), [])
    return [
        _stretch(network, arc, snap.offset_m if number == len(way) else None)
        for number, arc in enumerate(way, start=1)
    ]


def _stretch(network: StreetNetwork, arc: int, until_m: float | None) -> _Stretch:
    """Return an arc, whole or up to an offset of its street."""
    whole_m, seconds = float(network.arc_length_m[arc]), float(network.arc_drive_s[arc])
    length_m = whole_m
    if until_m is not None:
        length_m = max(until_m if network.arc_forward[arc] else whole_m - until_m, 0.1)
    return _Stretch(arc, length_m, seconds * length_m / whole_m)
