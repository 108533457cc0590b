"""Service performance of a storm, pure: lane-km within target, and response times.

A direction of a street is late while it is worn out, as `fleet.coverage.snow_accumulation` says:
more than its cycle has gone by since it was last served or since it began to snow or, where
somebody entered how much fell, more snow than its trigger lies. Every figure is made from these
spells of lateness, so that it may be asked for any moment of any storm and always agrees with the
colors of the map. Streets without a cycle are served on request: they count among the requests and
not here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.model import ClassRule, DirectedSegment, Segment, SegmentId, ServiceClass, Storm
from data.osm.tags import incline_pct
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.snow_accumulation import accumulation_of
from fleet.coverage.street_coverage import drivable
from fleet.work.totals import quantile

Served = Mapping[DirectedSegment, Sequence[datetime]]
"""When each direction was served as a whole, oldest first; directions never served are absent."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """All directions with a cycle; D of them.

    Attributes
    ----------
    lane_m : float64[D]
        Length times lanes of this direction; a two-way street has half of its lanes each way.
    rules : tuple of ClassRule, D of them
        What each direction is promised.
    cycle_s : float64[D]
        The cycles of these rules.
    class_no, district_no : int64[D]
        Indexes into `classes` and `districts`.
    street : int64[D]
        Ids of their segments.
    width_m, slope_pct : float64[D]
        Width of the street, and its slope without sign; `nan` where the file has none.
    bus : bool[D]
        Whether buses use the street.
    classes : tuple of ServiceClass
        All classes of the policy, the most urgent first.
    districts : tuple of str
        By name; "" stands for streets outside every district and comes last.
    """

    index: Mapping[DirectedSegment, int]
    lane_m: Floats
    rules: tuple[ClassRule, ...]
    cycle_s: Floats
    class_no: Ints
    district_no: Ints
    street: Ints
    width_m: Floats
    slope_pct: Floats
    bus: Flags
    classes: tuple[ServiceClass, ...]
    districts: tuple[str, ...]

    def of_street(self, segment_id: SegmentId) -> list[int]:
        """Return the directions of a street that are promised a cycle."""
        ways = (DirectedSegment(segment_id, forward) for forward in (True, False))
        return [self.index[way] for way in ways if way in self.index]


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Times at which directions were late in a storm: K spells, in seconds after its start.

    Attributes
    ----------
    lane : int64[K]
        Index into the arrays of `Lanes`.
    from_s, to_s : float64[K]
        Late strictly between; `inf` where nobody came any more.
    first_s : float64[D]
        When each direction was served first; `inf` for never.
    """

    lane: Ints
    from_s: Floats
    to_s: Floats
    first_s: Floats


@dataclass(frozen=True, slots=True)
class Share:
    """Lane metres by state: served within the cycle, not yet due, late."""

    clear_m: float
    waiting_m: float
    late_m: float

    @property
    def lane_m(self) -> float:
        """All lane metres with a cycle."""
        return self.clear_m + self.waiting_m + self.late_m

    @property
    def clear(self) -> float | None:
        """Share that is served and not late; `None` without lane metres."""
        return self.clear_m / self.lane_m if self.lane_m > 0 else None

    @property
    def within(self) -> float | None:
        """Share that is not late; `None` without lane metres."""
        return (self.clear_m + self.waiting_m) / self.lane_m if self.lane_m > 0 else None


NOTHING = Share(0.0, 0.0, 0.0)
"""The share of a part of the city in which no street is promised a cycle."""


@dataclass(frozen=True, slots=True)
class RequestTiming:
    """A request of a storm: when its clock starts, by when it is promised, when it was answered.

    Class and district are `None` while nobody knows its street.
    """

    since: datetime
    due_at: datetime
    answered_at: datetime | None
    service_class: ServiceClass | None
    district: str | None


@dataclass(frozen=True, slots=True)
class Response:
    """Response to requests: `late` counts those past their target, answered or not.

    `waiting` are not answered yet, late or in time. Of the answered, half waited no longer than
    `median_s` and nine in ten no longer than `p90_s`.
    """

    asked: int
    answered: int
    in_time: int
    late: int
    median_s: float | None
    p90_s: float | None
    longest_wait_s: float | None

    @property
    def waiting(self) -> int:
        """Number without an answer yet."""
        return self.asked - self.answered

    @property
    def within(self) -> float | None:
        """Share answered in time, of those whose time is over or that were answered."""
        decided = self.in_time + self.late
        return self.in_time / decided if decided else None


@dataclass(frozen=True, slots=True)
class DistrictPerformance:
    """Performance of a district at a moment."""

    share: Share
    response: Response


@dataclass(frozen=True, slots=True)
class Performance:
    """Performance of a storm at a moment: the city, each class, each district.

    `unplaced` are the requests whose street is not known yet; they are part of the city only.
    """

    at: datetime
    city: DistrictPerformance
    unplaced: Response
    classes: Mapping[ServiceClass, DistrictPerformance]
    districts: Mapping[str, DistrictPerformance]


class _Promised(NamedTuple):
    """A direction of a street with a cycle."""

    segment: Segment
    forward: bool
    rule: ClassRule
    cycle: timedelta


def promised_lanes(network: StreetNetwork, policy: Policy) -> Lanes:
    """Return every drivable direction whose street has a cycle."""
    promised = [
        _Promised(segment, forward, rule, rule.cycle)
        for segment in network.segments
        if (rule := policy.rule_of(segment)).cycle is not None
        for forward in (True, False)
        if drivable(segment, forward=forward)
    ]
    districts = tuple(sorted({one.segment.district for one in promised}, key=district_order))
    number = {name: i for i, name in enumerate(districts)}
    rank = {code: i for i, code in enumerate(policy.rules)}
    classes = [rank[one.rule.service_class] for one in promised]
    return Lanes(
        index={DirectedSegment(one.segment.id, one.forward): i for i, one in enumerate(promised)},
        lane_m=np.array([lane_share_m(one.segment) for one in promised], np.float64),
        rules=tuple(one.rule for one in promised),
        cycle_s=np.array([one.cycle.total_seconds() for one in promised], np.float64),
        class_no=np.array(classes, np.int64),
        district_no=np.array([number[one.segment.district] for one in promised], np.int64),
        street=np.array([one.segment.id for one in promised], np.int64),
        width_m=np.array([one.segment.width_m for one in promised], np.float64),
        slope_pct=np.array([_slope_pct(one.segment) for one in promised], np.float64),
        bus=np.array([one.segment.bus for one in promised], np.bool_),
        classes=tuple(policy.rules),
        districts=districts,
    )


def late_spells(lanes: Lanes, served: Served, storm: Storm) -> Spells:
    """Return when directions were late, from their passes since the storm began."""
    lane: list[int] = []
    after_s: list[float] = []
    for directed, times in served.items():
        number = lanes.index.get(directed)
        if number is not None:
            lane += [number] * len(times)
            after_s += [(at - storm.started_at).total_seconds() for at in times]
    count = len(lanes.lane_m)
    of_lane = np.concatenate((np.arange(count), np.array(lane, np.int64)))
    served_s = np.concatenate((np.zeros(count), np.array(after_s, np.float64)))
    first_s = np.full(count, inf)
    np.minimum.at(first_s, of_lane[count:], served_s[count:])

    due_s = _due_s(lanes, of_lane, served_s, storm)
    order = np.lexsort((served_s, of_lane))
    of_lane, from_s, due_s = of_lane[order], served_s[order], due_s[order]
    next_s = np.append(from_s[1:], inf)
    next_s[np.append(of_lane[1:] != of_lane[:-1], True)] = inf
    late = due_s < next_s
    return Spells(of_lane[late], due_s[late], next_s[late], first_s)


def _due_s(lanes: Lanes, of_lane: Ints, served_s: Floats, storm: Storm) -> Floats:
    """Return when each is due that was served then; the first row of a direction: never served."""
    snow, start = accumulation_of(storm), storm.started_at
    if snow.known_until is None:
        snow_s = (storm.snow_at - start).total_seconds()
        return np.maximum(served_s, snow_s) + lanes.cycle_s[of_lane]
    due_s = np.empty(len(of_lane))
    for row, (number, after_s) in enumerate(zip(of_lane.tolist(), served_s.tolist(), strict=True)):
        since = None if row < len(lanes.rules) else start + timedelta(seconds=after_s)
        due_at = snow.ages(lanes.rules[number], since).due_at
        due_s[row] = inf if due_at is None else (due_at - start).total_seconds()
    return due_s


def late_at(lanes: Lanes, spells: Spells, at_s: float) -> Flags:
    """Return which directions are late some seconds after the storm began."""
    return late_for_s(lanes, spells, at_s) > 0


def late_for_s(lanes: Lanes, spells: Spells, at_s: float) -> Floats:
    """Return how long each has been late some seconds after the storm began; 0 where not."""
    late_s = np.zeros(len(lanes.lane_m))
    now = (spells.from_s < at_s) & (at_s < spells.to_s)
    late_s[spells.lane[now]] = at_s - spells.from_s[now]
    return late_s


def lane_parts(lanes: Lanes, spells: Spells, at_s: float) -> tuple[Floats, ...]:
    """Return the lane metres of each direction where it is clear, where not yet due, where late."""
    late = late_at(lanes, spells, at_s)
    clear = ~late & (spells.first_s <= at_s)
    return tuple(lanes.lane_m * part for part in (clear, ~late & ~clear, late))


def performance(
    lanes: Lanes, spells: Spells, asked: Sequence[RequestTiming], started_at: datetime, at: datetime
) -> Performance:
    """Return the performance of a storm at a moment not before its start."""
    parts = lane_parts(lanes, spells, (at - started_at).total_seconds())
    classes = dict(
        zip(lanes.classes, _shares(parts, lanes.class_no, len(lanes.classes)), strict=True)
    )
    shares = _shares(parts, lanes.district_no, len(lanes.districts))
    districts = dict(zip(lanes.districts, shares, strict=True))
    return Performance(
        at=at,
        city=DistrictPerformance(_sum(parts), response(asked, at)),
        unplaced=response((one for one in asked if one.district is None), at),
        classes=_performances(classes, asked, lambda one: one.service_class, at),
        districts=_performances(districts, asked, lambda one: one.district, at),
    )


def response(asked: Iterable[RequestTiming], at: datetime) -> Response:
    """Return the response by a moment to the requests made until then."""
    known = [one for one in asked if one.since <= at]
    answered = [
        (one, one.answered_at)
        for one in known
        if one.answered_at is not None and one.answered_at <= at
    ]
    waits_s = sorted(max((done - one.since).total_seconds(), 0.0) for one, done in answered)
    open_ = [one for one in known if one.answered_at is None or one.answered_at > at]
    in_time = sum(done <= one.due_at for one, done in answered)
    return Response(
        asked=len(known),
        answered=len(answered),
        in_time=in_time,
        late=len(answered) - in_time + sum(at > one.due_at for one in open_),
        median_s=quantile(waits_s, 0.5),
        p90_s=quantile(waits_s, 0.9),
        longest_wait_s=max(((at - one.since).total_seconds() for one in open_), default=None),
    )


def district_order(name: str) -> tuple[bool, str]:
    """Return a sort key of districts by name, with what lies outside of all last."""
    return (not name, name)


def lane_share_m(segment: Segment) -> float:
    """Return the lane metres of one direction of a street."""
    ways = sum(drivable(segment, forward=forward) for forward in (True, False))
    return segment.length_m * max(segment.lanes, 1) / ways


def _slope_pct(segment: Segment) -> float:
    slope_pct = incline_pct(segment.incline) if segment.incline else None
    return nan if slope_pct is None else slope_pct


def _performances[Name: str](
    shares: Mapping[Name, Share],
    asked: Iterable[RequestTiming],
    part_of: Callable[[RequestTiming], Name | None],
    at: datetime,
) -> dict[Name, DistrictPerformance]:
    """Return the performance of each part; parts without streets too where asked for."""
    requests: dict[Name, list[RequestTiming]] = {name: [] for name in shares}
    for one in asked:
        name = part_of(one)
        if name is not None:
            requests.setdefault(name, []).append(one)
    return {
        name: DistrictPerformance(shares.get(name, NOTHING), response(requests[name], at))
        for name in sorted(requests, key=district_order)
    }


def _shares(parts: tuple[Floats, ...], group: Ints, count: int) -> list[Share]:
    sums = [np.bincount(group, part, count) for part in parts]
    return [
        Share(float(clear), float(waiting), float(late))
        for clear, waiting, late in zip(*sums, strict=True)
    ]


def _sum(parts: tuple[Floats, ...]) -> Share:
    clear_m, waiting_m, late_m = (float(part.sum()) for part in parts)
    return Share(clear_m, waiting_m, late_m)
