"""Drives along streets by passes, pure: who took how long for which street, and where time went.

All the time of a vehicle between two streets that follow each other counts once: for the first of
them, with the turn at its end and what it stood there. Only longer stands, loading and silences are
apart.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from data.model import (
    DirectedSegment,
    LonLat,
    ReloadSite,
    ReloadSiteId,
    RoadClass,
    SegmentId,
    StormId,
    Treatment,
    Vehicle,
    VehicleId,
)
from data.model.planning.paces import Movement
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from data.streets.turn_costs import TURN_COST_S, TurnKind
from fleet.learning.stretches import Rows, Stretch
from fleet.logbook.trips import BREAK, STOP

WHOLE = 0.6
"""Share of a street that a drive must cover, so that its seconds say something of the street."""

LEAST_M = 25.0
"""A shorter drive is mostly the receiver's error."""

MOST_MPS, LEAST_MPS = 30.0, 0.2
"""Faster or slower nothing drives along a whole street: a silence or a jump."""

AT_SITE_M = 120.0
"""How far from a reload site's fence the streets may end that lead to it."""

FILL_BOUNDS = (0.25, 4.0)
"""Shorter or longer than so many times the assumed time, a visit to a site was for other things."""


@dataclass(frozen=True, slots=True)
class StreetDrive:
    """A drive along a street, against the seconds that plans assume for it without the turn.

    `seconds` are with the turn at its end, where that is known. `depth_mm` is the snow on the
    street before it, `None` where nobody entered any, `hour` the local hour of the day. `on_route`
    is `None` where the vehicle had no route.
    """

    storm_id: StormId
    vehicle_id: VehicleId
    machine: str
    movement: Movement
    segment_id: SegmentId
    road: RoadClass
    length_m: float
    assumed_s: float
    seconds: float
    started_at: datetime
    turn: TurnKind | None = None
    depth_mm: float | None = None
    hour: float = 0.0
    on_route: bool | None = None


@dataclass(frozen=True, slots=True)
class SiteVisit:
    """A visit to a reload site, between the last street before and the first one after it."""

    site_id: ReloadSiteId
    seconds: float


@dataclass(frozen=True, slots=True)
class MachineStop:
    """A stop on the way that is no loading and no rest."""

    machine: str
    seconds: float


@dataclass(frozen=True, slots=True)
class MachineTime:
    """How long a machine was on its way in a storm, without stops, loading and rests."""

    machine: str
    seconds: float


class MissedWay(NamedTuple):
    """A street that a machine left otherwise than into `wanted`, as its route said.

    `driver` is "" where nobody said who drove.
    """

    machine: str
    vehicle_id: VehicleId
    driver: str
    came: DirectedSegment
    wanted: DirectedSegment


class TakenWay(NamedTuple):
    """A street that a type of machine was seen on, or the turn into it out of `came`."""

    machine: str
    way: DirectedSegment
    came: DirectedSegment | None = None


class RouteStreet(NamedTuple):
    """The parts of a street that a route does."""

    name: str
    segments: frozenset[SegmentId]


class DrivenOrder(NamedTuple):
    """Two streets that one machine did, the `first` one wholly before the `then` one by its route.

    `turned` is whether it did them the other way round. `driver` is as in `MissedWay`.
    """

    storm_id: StormId
    machine: str
    driver: str
    first: RouteStreet
    then: RouteStreet
    turned: bool


@dataclass(frozen=True, slots=True)
class StormDrives:
    """What was seen of how long things take, in one storm or several."""

    drives: tuple[StreetDrive, ...] = ()
    visits: tuple[SiteVisit, ...] = ()
    stops: tuple[MachineStop, ...] = ()
    times: tuple[MachineTime, ...] = ()
    missed: tuple[MissedWay, ...] = ()
    taken: frozenset[TakenWay] = frozenset()
    orders: tuple[DrivenOrder, ...] = ()

    def __add__(self, other: "StormDrives") -> "StormDrives":
        """Return both together."""
        return StormDrives(
            self.drives + other.drives,
            self.visits + other.visits,
            self.stops + other.stops,
            self.times + other.times,
            self.missed + other.missed,
            self.taken | other.taken,
            self.orders + other.orders,
        )


@dataclass(frozen=True, slots=True)
class StormFacts:
    """What is known of a storm beside its passes.

    `lying_mm` says how much snow lies at a time on a street cleared at another (`None`: not yet),
    and is `None` where no snowfall was entered; `local_hour` is the hour of the day of the city;
    `on_route` whether a vehicle's route leads along a street, `None` where it has none.
    """

    storm_id: StormId
    network: StreetNetwork
    machines: Mapping[VehicleId, Vehicle]
    sites: Sequence[ReloadSite] = ()
    lying_mm: Callable[[datetime | None, datetime], float] | None = None
    local_hour: Callable[[datetime], float] = field(default=lambda at: at.hour + at.minute / 60)
    on_route: Callable[[VehicleId, datetime, DirectedSegment], bool | None] = field(
        default=lambda _vehicle, _at, _way: None
    )


def drives_of(rows: Rows, facts: StormFacts) -> StormDrives:
    """Return the drives, loading and stops that are in what vehicles drove in a storm."""
    cleared = _cleared(rows.values(), facts.network)
    found = StormDrives()
    for vehicle_id, row in rows.items():
        found += _of_vehicle(facts.machines[vehicle_id], row, facts, cleared)
    return found


def _cleared(
    rows: Iterable[Sequence[Stretch]], network: StreetNetwork
) -> Mapping[DirectedSegment, list[datetime]]:
    """Return when each direction was plowed as a whole, in order."""
    cleared: dict[DirectedSegment, list[datetime]] = defaultdict(list)
    for row in rows:
        for one in row:
            whole_m = network.segment(one.directed.segment_id).length_m
            if one.movement is Movement.PLOW and one.length_m >= WHOLE * whole_m:
                cleared[one.directed].append(one.ended_at)
    return {directed: sorted(times) for directed, times in cleared.items()}


def _of_vehicle(
    machine: Vehicle,
    row: Sequence[Stretch],
    facts: StormFacts,
    cleared: Mapping[DirectedSegment, Sequence[datetime]],
) -> StormDrives:
    drives: list[StreetDrive] = []
    visits: list[SiteVisit] = []
    stops: list[MachineStop] = []
    moving_s = 0.0
    for one, after in pairwise([*row, None]):
        if one is None:
            continue
        moving_s += (one.ended_at - one.started_at).total_seconds()
        turn = None if after is None else turn_between(facts.network, one.directed, after.directed)
        gap = timedelta(0) if after is None else after.started_at - one.ended_at
        drive = _drive(machine, one, facts, cleared)
        if drive is not None and turn is not None and after is not None and gap <= STOP:
            whole_s = (after.started_at - one.started_at).total_seconds()
            drive = replace(drive, seconds=max(whole_s, 1.0), turn=turn)
        if drive is not None:
            drives.append(drive)
        if after is None:
            continue
        if gap <= STOP:
            moving_s += max(gap.total_seconds(), 0.0)
            continue
        site = _site_between(facts, one.directed, after.directed)
        if site is not None and _fills(site, gap):
            visits.append(SiteVisit(site.id, gap.total_seconds()))
        elif site is None and turn is not None and gap < BREAK:
            stops.append(MachineStop(machine.type, gap.total_seconds()))
    times = (MachineTime(machine.type, moving_s),)
    return StormDrives(tuple(drives), tuple(visits), tuple(stops), times)


def _drive(
    machine: Vehicle,
    one: Stretch,
    facts: StormFacts,
    cleared: Mapping[DirectedSegment, Sequence[datetime]],
) -> StreetDrive | None:
    """Return a stretch as a drive; `None` where its seconds say nothing of the street."""
    segment = facts.network.segment(one.directed.segment_id)
    seconds = (one.ended_at - one.started_at).total_seconds()
    mps = assumed_mps(machine, one.movement, segment.drive_speed_mps)
    if mps is None or one.length_m < max(WHOLE * segment.length_m, LEAST_M):
        return None
    if not LEAST_MPS * seconds <= one.length_m <= MOST_MPS * seconds:
        return None
    return StreetDrive(
        storm_id=facts.storm_id,
        vehicle_id=machine.id,
        machine=machine.type,
        movement=one.movement,
        segment_id=segment.id,
        road=segment.road_class,
        length_m=one.length_m,
        assumed_s=one.length_m / mps,
        seconds=seconds,
        started_at=one.started_at,
        depth_mm=_depth_mm(one, facts, cleared.get(one.directed, ())),
        hour=facts.local_hour(one.started_at),
        on_route=facts.on_route(machine.id, one.started_at, one.directed),
    )


def assumed_mps(machine: Vehicle, movement: Movement, street_mps: float) -> float | None:
    """Return the speed that the fleet file and the street say; `None` for work it does not do."""
    if movement is Movement.DRIVE:
        return min(machine.drive_speed_mps, street_mps)
    return machine.work_speed_mps.get(Treatment(movement))


def _depth_mm(one: Stretch, facts: StormFacts, cleared: Sequence[datetime]) -> float | None:
    if facts.lying_mm is None:
        return None
    before = [at for at in cleared if at <= one.started_at]
    return facts.lying_mm(before[-1] if before else None, one.started_at)


def turn_between(
    network: StreetNetwork, came: DirectedSegment, goes: DirectedSegment
) -> TurnKind | None:
    """Return the turn from one street into the next; `None` where they do not meet."""
    arc, to = network.arc(came), network.arc(goes)
    if arc is None or to is None:
        return None
    turns = network.turns
    for turn in range(int(turns.start[arc]), int(turns.start[arc + 1])):
        if int(turns.to[turn]) == to:
            return TurnKind(int(turns.kind[turn]))
    return None


def turn_s(turn: TurnKind | None) -> float:
    """Return the seconds that plans assume for a turn."""
    return 0.0 if turn is None else TURN_COST_S[turn]


def _site_between(
    facts: StormFacts, came: DirectedSegment, goes: DirectedSegment
) -> ReloadSite | None:
    """Return the reload site that a vehicle was at between two streets."""
    places = (_end(facts.network, came), _start(facts.network, goes))
    near = [
        (min(distance_m(site.location, place) for place in places), site) for site in facts.sites
    ]
    within = [(away_m, site) for away_m, site in near if away_m <= site.radius_m + AT_SITE_M]
    return min(within, key=lambda each: each[0])[1] if within else None


def _fills(site: ReloadSite, gap: timedelta) -> bool:
    least, most = (bound * site.fill_s for bound in FILL_BOUNDS)
    return least <= gap.total_seconds() <= most


def _start(network: StreetNetwork, way: DirectedSegment) -> LonLat:
    line = network.segment(way.segment_id).geometry
    return line[0] if way.forward else line[-1]


def _end(network: StreetNetwork, way: DirectedSegment) -> LonLat:
    line = network.segment(way.segment_id).geometry
    return line[-1] if way.forward else line[0]
