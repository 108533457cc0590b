"""A route as stages, each of which is one screen of the driver's phone.

A plan has a leg for every block and every way between; nobody with gloves confirms each of them. So
legs that belong together are one stage, with the way there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile
from types import MappingProxyType

from data.model import (
    ByLanguage,
    DirectedSegment,
    Leg,
    LegKind,
    LegOutcome,
    LegProgress,
    Oneway,
    ReloadSite,
    RoadClass,
    Segment,
)
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.routes.plan_vs_actual import LegTimes
from maps.pages.geojson import leg_line
from maps.routes.turns import head_node, turn_angle_deg, turn_of
from maps.streets.street import street_name

NEAR_M = 300.0
"""A shorter way to the work is no stage of its own."""


class StageState(StrEnum):
    """State of a stage; it is open while one of its legs is."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


DEGREES_DIGITS = 6


@dataclass(frozen=True, slots=True)
class StepView:
    """A turn and how far to go from it; `turn` is straight, slight_left, left, back and so on."""

    turn: str
    street: ByLanguage
    length_m: float


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage: the legs `first` to `last` of a route as one task.

    `street` is worked on, or driven to; `until` is the street where the work ends; `place` names a
    reload site or a depot; `side` is "right" of the street, or its "whole" width. `pass_number` of
    `passes` counts how often this truck works there, whatever others do. `steps` are the turns of a
    drive, or of the way to the work, and `turn` is the one from there into the street. It should
    end at `expected_at`, as late and slow as the truck is; `None` where nobody knows.
    """

    first: int
    last: int
    kind: str
    state: StageState
    reason: str
    ended_at: datetime | None
    turn: str
    street: ByLanguage | None
    until: ByLanguage | None
    place: str
    side: str
    pass_number: int
    passes: int
    blade: bool
    spreader: bool
    length_m: float
    starts_at: datetime
    ends_at: datetime
    expected_at: datetime | None
    steps: tuple[StepView, ...]
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Records for the texts of stages: streets, reload sites, name of the final depot."""

    network: StreetNetwork
    reload_sites: Sequence[ReloadSite]
    depot: str


def stages_of(
    legs: Sequence[Leg],
    spans: Iterable[tuple[int, int]],
    around: Surroundings,
    progress: Iterable[LegProgress] = (),
    expected: Mapping[int, LegTimes] = MappingProxyType({}),
) -> tuple[StageView, ...]:
    """Return a stage for each span of a route's legs, its first and last one, with its state.

    `expected` has the times of legs ahead.
    """
    over = {each.leg: each for each in progress}
    visits, crossings = visits_of(legs), _crossings(legs, around.network)
    parts = (_part(legs, first, last) for first, last in spans)
    return tuple(_stage(legs, part, over, crossings, visits, around, expected) for part in parts)


type _Visit = tuple[int, int]
"""Index from 1 of a truck's visit to a street, and the number of its visits there."""


def visits_of(legs: Sequence[Leg]) -> list[_Visit]:
    """Return the visit of each leg: index from 1 among the legs on its street, and their number."""
    ways = [(leg.path, leg.blade, leg.spreader) for leg in legs]
    whole, so_far = Counter(ways), Counter[object]()
    visits = []
    for way in ways:
        so_far[way] += 1
        visits.append((so_far[way], whole[way]))
    return visits


@dataclass(frozen=True, slots=True)
class _Part:
    """The legs of one stage: a short drive, if any, then the task; `came_by` precedes them."""

    first: int
    legs: Sequence[Leg]
    came_by: DirectedSegment | None

    @property
    def last(self) -> int:
        """Index of the last leg in the route."""
        return self.first + len(self.legs) - 1

    @property
    def drives(self) -> Sequence[Leg]:
        """The drives that the part begins with."""
        return list(takewhile(lambda leg: leg.kind is LegKind.DRIVE, self.legs))

    @property
    def main(self) -> Sequence[Leg]:
        """The legs without the drive there; all of them where there is nothing but drives."""
        return self.legs[len(self.drives) :] or self.legs

    @property
    def way(self) -> list[DirectedSegment]:
        """The streets of the drive there."""
        return [step for leg in self.drives for step in leg.path]

    @property
    def path(self) -> list[DirectedSegment]:
        """The streets of the main legs."""
        return [step for leg in self.main for step in leg.path]

    def turn(self, network: StreetNetwork) -> str:
        """Return the turn into the first street of the main legs."""
        way, path = self.way, self.path
        before = way[-1] if way and len(self.main) < len(self.legs) else self.came_by
        return turn_of(turn_angle_deg(before, path[0], network)) if before and path else "straight"


def _part(legs: Sequence[Leg], first: int, last: int) -> _Part:
    came_by = next((leg.path[-1] for leg in reversed(legs[:first]) if leg.path), None)
    return _Part(first, legs[first : last + 1], came_by)


def _stage(
    legs: Sequence[Leg],
    part: _Part,
    over: Mapping[int, LegProgress],
    crossings: Mapping[int, Sequence[Segment]],
    visits: Sequence[_Visit],
    around: Surroundings,
    expected: Mapping[int, LegTimes],
) -> StageView:
    network, leg, path = around.network, part.main[0], part.path
    worked_on = path if leg.kind is LegKind.WORK else []
    street = _street(legs, part.first, around)
    ended = [over[i] for i in range(part.first, part.last + 1) if i in over]
    state, ended_at, reason = _state(ended, len(part.legs))
    number, passes = visits[part.last] if worked_on else (1, 1)
    return StageView(
        first=part.first,
        last=part.last,
        kind=leg.kind,
        state=state,
        reason=reason,
        ended_at=ended_at,
        turn=part.turn(network),
        street=street,
        until=_until(worked_on[-1], street, crossings, network) if worked_on else None,
        place=_place(legs, part.last, around),
        side=_side(network.segment(worked_on[0].segment_id)) if worked_on else "",
        pass_number=number,
        passes=passes,
        blade=leg.blade,
        spreader=leg.spreader,
        length_m=sum(each.length_m for each in part.main),
        starts_at=part.legs[0].starts_at,
        ends_at=part.legs[-1].ends_at,
        expected_at=_expected_end(part, expected),
        steps=tuple(_steps(part.came_by, part.way, network)),
        line=_line(part.legs, network),
    )


def _expected_end(part: _Part, expected: Mapping[int, LegTimes]) -> datetime | None:
    """Return the expected end of the last leg of a stage that is not done."""
    ends = [expected[i].ends_at for i in range(part.first, part.last + 1) if i in expected]
    return max(ends, default=None)


def _state(ended: Sequence[LegProgress], legs: int) -> tuple[StageState, datetime | None, str]:
    """Return the state of a stage, its time and reason."""
    if len(ended) < legs:
        return StageState.OPEN, None, ""
    at = max((each.ended_at for each in ended if each.ended_at), default=None)
    skipped = next((each for each in ended if each.state is LegOutcome.SKIPPED), None)
    if skipped is None:
        return StageState.DONE, at, ""
    return StageState.SKIPPED, at, skipped.reason


def _street(legs: Sequence[Leg], first: int, around: Surroundings) -> ByLanguage | None:
    """Return the street of the work, or the one that a drive leads to, if any."""
    if legs[first].kind not in (LegKind.WORK, LegKind.DRIVE):
        return None
    ahead = next((leg for leg in legs[first:] if leg.kind is not LegKind.DRIVE), None)
    if ahead is None or ahead.kind is not LegKind.WORK or not ahead.path:
        return None
    return street_name(around.network.segment(ahead.path[0].segment_id))


def _place(legs: Sequence[Leg], last: int, around: Surroundings) -> str:
    """Return the reload site of a stage, or the depot at the end of the route."""
    if legs[last].kind is LegKind.WORK:
        return ""
    ahead = next((leg for leg in legs[last:] if leg.kind is not LegKind.DRIVE), None)
    if ahead is None:
        return around.depot
    here = next((leg for leg in reversed(legs[: last + 1]) if leg.path), None)
    if ahead.kind is not LegKind.RELOAD or here is None or not around.reload_sites:
        return ""
    end = leg_line(here, around.network)[-1]
    nearest = min(around.reload_sites, key=lambda site: distance_m(site.location, end))
    return nearest.name


def _crossings(legs: Sequence[Leg], network: StreetNetwork) -> dict[int, list[Segment]]:
    """Return the named streets at the junctions where work legs end, the largest first."""
    wanted: dict[int, list[Segment]] = {
        head_node(leg.path[-1], network): []
        for leg in legs
        if leg.kind is LegKind.WORK and leg.path
    }
    for segment in network.segments:
        for node in {segment.start, segment.end} & wanted.keys():
            wanted[node].append(segment)
    rank = {road: place for place, road in enumerate(RoadClass)}
    return {
        node: sorted(streets, key=lambda street: rank[street.road_class])
        for node, streets in wanted.items()
    }


def _until(
    end: DirectedSegment,
    street: ByLanguage | None,
    crossings: Mapping[int, Sequence[Segment]],
    network: StreetNetwork,
) -> ByLanguage | None:
    names = (street_name(segment) for segment in crossings.get(head_node(end, network), ()))
    return next((name for name in names if name and name != street), None)


def _steps(
    before: DirectedSegment | None, path: Sequence[DirectedSegment], network: StreetNetwork
) -> Iterator[StepView]:
    """Yield the turns of a drive: one where the street's name changes or the driver turns."""
    step: StepView | None = None
    for one in path:
        segment = network.segment(one.segment_id)
        turn = turn_of(turn_angle_deg(before, one, network)) if before else "straight"
        turn = "roundabout" if segment.roundabout else turn
        name = street_name(segment)
        goes_on = step is not None and step.turn == turn == "roundabout"
        if step is not None and turn == "straight" and name == step.street:
            goes_on = step.turn != "roundabout"
        if step is not None and goes_on:
            step = StepView(step.turn, step.street, step.length_m + segment.length_m)
        else:
            if step is not None:
                yield step
            step = StepView(turn, name, segment.length_m)
        before = one
    if step is not None:
        yield step


def _line(legs: Iterable[Leg], network: StreetNetwork) -> tuple[tuple[float, float], ...]:
    course: list[tuple[float, float]] = []
    for leg in legs:
        for lon, lat in leg_line(leg, network):
            place = (round(lon, DEGREES_DIGITS), round(lat, DEGREES_DIGITS))
            if not course or course[-1] != place:
                course.append(place)
    return tuple(course)


def _side(segment: Segment) -> str:
    return "right" if segment.oneway is Oneway.NO else "whole"
