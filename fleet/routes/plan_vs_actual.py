"""Planned against driven, pure: what became of every leg, how late a truck is, when it ends."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import (
    DirectedSegment,
    LegKind,
    LegOutcome,
    LegProgress,
    Route,
    ShiftId,
    VehicleId,
)
from fleet.routes.leg_completion import NOTHING_SEEN, LegPlace, PlanIndex, StreetWork

PASSED_BY = 3
"""So many later legs done, a leg that is not done was skipped and is not merely a moment late."""

IN_TURN = timedelta(minutes=2)
"""So much before the leg before, or after the leg after, a truck still drove a leg in its turn."""

JUMP = 5
"""A truck that leaves more open legs behind has jumped ahead, until it does some more there."""

STEADY_LEGS = 5
"""Legs done from which a truck's own pace says something about the rest."""

SLOWEST, FASTEST = 2.0, 0.7
"""Bounds of that pace, in times the plan's."""


class LegState(StrEnum):
    """What became of a leg.

    `TOLD` is done by the driver's word alone, without evidence. `UNPROVED` was driven in its turn,
    but nothing shows that the truck was at work: driven is not plowed.
    """

    DONE = "done"
    OUT_OF_ORDER = "out_of_order"
    BY_OTHER = "by_other"
    TOLD = "told"
    UNPROVED = "unproved"
    SKIPPED = "skipped"
    BEGUN = "begun"
    PASSED = "passed"
    AHEAD = "ahead"


SERVED = frozenset({LegState.DONE, LegState.OUT_OF_ORDER, LegState.BY_OTHER, LegState.TOLD})
"""States of legs that nobody has to come for any more."""


@dataclass(frozen=True, slots=True)
class LegCheck:
    """What became of a leg; `vehicle_id` is who did it, `reason` why its driver left it out.

    `driven` says when its truck drove there, for a leg that is not done.
    """

    state: LegState
    at: datetime | None = None
    vehicle_id: VehicleId | None = None
    reason: str = ""
    driven: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteCheck:
    """A route as it was driven so far.

    `next_leg` is the first leg that still lies ahead, the number of legs at the end. `late` is how
    late the truck is there against the plan, less than nothing where it is early. `ends_at` is when
    it will have driven the rest; `None` for a route without legs.
    """

    shift_id: ShiftId
    vehicle_id: VehicleId
    legs: tuple[LegCheck, ...]
    next_leg: int
    late: timedelta
    planned_end: datetime | None
    ends_at: datetime | None
    pace: float

    @property
    def over(self) -> bool:
        """Whether nothing of the route lies ahead."""
        return self.next_leg >= len(self.legs)

    def counts(self, route: Route) -> Counter[LegState]:
        """Return how many work legs there are in each state."""
        legs = zip(route.legs, self.legs, strict=True)
        return Counter(check.state for leg, check in legs if leg.kind is LegKind.WORK)


NOT_DONE = LegCheck(LegState.AHEAD)
"""A leg of which nothing is known."""


def leg_check(
    index: PlanIndex,
    at: LegPlace,
    work: Mapping[DirectedSegment, StreetWork],
    tap: LegProgress | None,
) -> LegCheck:
    """Return what evidence, or for want of it the driver, says of a leg taken by itself."""
    leg = index.leg(at)
    if leg.kind is not LegKind.WORK:
        return NOT_DONE
    streets = [work.get(step, NOTHING_SEEN) for step in leg.path]
    served = [street.served[at] for street in streets if at in street.served]
    if len(served) == len(leg.path):
        last, own = max(served, key=lambda one: one.at), index.vehicle_of(at)
        others = [one for one in served if one.vehicle_id != own]
        if others:
            return LegCheck(LegState.BY_OTHER, last.at, others[-1].vehicle_id)
        return LegCheck(LegState.DONE, last.at, own)
    if tap is not None and tap.state is LegOutcome.SKIPPED:
        return LegCheck(LegState.SKIPPED, tap.ended_at, reason=tap.reason)
    if tap is not None and tap.state is LegOutcome.DONE:
        return LegCheck(LegState.TOLD, tap.ended_at, index.vehicle_of(at))
    driven = _driven(streets, index.vehicle_of(at))
    if served or any(at in street.begun for street in streets):
        return LegCheck(LegState.BEGUN, driven=driven)
    return LegCheck(LegState.AHEAD, driven=driven) if driven else NOT_DONE


def _driven(streets: Sequence[StreetWork], vehicle_id: VehicleId) -> tuple[datetime, ...]:
    """Return when a vehicle drove over the last of these streets, if it was on all of them."""
    times = [street.driven.get(vehicle_id, ()) for street in streets]
    return times[-1] if times and all(times) else ()


def check_route(
    route: Route, legs: Sequence[LegCheck], tapped: Sequence[LegProgress], now: datetime
) -> RouteCheck:
    """Return how a route was driven until now, by its legs taken by themselves and its taps."""
    found = list(legs)
    own = [i for i, leg in enumerate(found) if leg.state is LegState.DONE]
    in_order = _without_jump(route, found, _longest_in_order([(i, found[i].at) for i in own]))
    for i in own:
        if i not in in_order:
            one = found[i]
            found[i] = LegCheck(LegState.OUT_OF_ORDER, one.at, one.vehicle_id)
    told = (tap.leg for tap in tapped if tap.state is LegOutcome.DONE)
    last = max([*in_order, *told], default=-1)
    _pass_by(route, found, last, in_order)
    following = _next(route, found, last)
    return _timed(route, found, last, following, now)


def at_moment(route: Route, check: RouteCheck, now: datetime) -> RouteCheck:
    """Return a check whose legs did not change, with its times as of `now`."""
    last = max(
        (i for i, one in enumerate(check.legs[: check.next_leg]) if one.state in _OWN), default=-1
    )
    return _timed(route, check.legs, last, check.next_leg, now)


def expected_at(route: Route, leg: int, check: RouteCheck) -> datetime:
    """Return when a leg that lies ahead is expected to end, as late and as slow as the truck is."""
    ahead = route.legs[leg].ends_at - route.legs[check.next_leg].starts_at
    starts_at = route.legs[check.next_leg].starts_at + check.late
    return starts_at + ahead * max(check.pace, 1.0)


_OWN = frozenset({LegState.DONE, LegState.TOLD})
_OPEN = frozenset({LegState.AHEAD, LegState.BEGUN})


def _longest_in_order(done: Sequence[tuple[int, datetime | None]]) -> set[int]:
    """Return the most legs that were done in the planned order: the others were not.

    Longest non-decreasing subsequence of the times, in O(n log n).
    """
    tails: list[datetime] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for leg, at in done:
        if at is None:
            continue
        place = bisect_right(tails, at)
        before[leg] = ends[place - 1] if place else None
        tails[place : place + 1] = [at]
        ends[place : place + 1] = [leg]
    chosen: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        chosen.add(step)
        step = before[step]
    return chosen


def _without_jump(route: Route, found: Sequence[LegCheck], in_order: set[int]) -> set[int]:
    """Return the legs done in order without the last few, where far too much lies open before."""
    ordered = sorted(in_order)
    kept = len(ordered)
    for place in range(len(ordered) - 1, max(len(ordered) - PASSED_BY, 0) - 1, -1):
        before = ordered[place - 1] if place else -1
        between = range(before + 1, ordered[place])
        if sum(_open(route, found, i) for i in between) > JUMP:
            kept = place
    return set(ordered[:kept])


def _open(route: Route, found: Sequence[LegCheck], leg: int) -> bool:
    """Whether a leg is work that nobody has done yet."""
    return route.legs[leg].kind is LegKind.WORK and found[leg].state in _OPEN


def _pass_by(route: Route, found: list[LegCheck], last: int, in_order: set[int]) -> None:
    """Say of the legs before the last one done that they were passed, unproved, or skipped."""
    later, after = 0, None
    for i in range(last, -1, -1):
        one = found[i]
        if route.legs[i].kind is not LegKind.WORK:
            found[i] = LegCheck(LegState.PASSED)
        elif one.state in _OPEN and later >= PASSED_BY:
            found[i] = _left_behind(one, _before(found, i, in_order), after)
        if i in in_order:
            after = one.at
        later += i in in_order or one.state is LegState.TOLD


def _before(found: Sequence[LegCheck], leg: int, in_order: set[int]) -> datetime | None:
    """Return when the nearest leg before one was done in order."""
    return next((found[i].at for i in range(leg - 1, -1, -1) if i in in_order), None)


def _left_behind(one: LegCheck, before: datetime | None, after: datetime | None) -> LegCheck:
    """Return what a leg is whose followers are done: driven in its turn, or skipped."""
    for at in one.driven:
        early = before is not None and at < before - IN_TURN
        if not early and (after is None or at <= after + IN_TURN):
            return LegCheck(LegState.UNPROVED, at)
    return LegCheck(LegState.SKIPPED)


def _next(route: Route, found: Sequence[LegCheck], last: int) -> int:
    """Return the first leg after the last one done that is still to be driven."""
    work = next((i for i in range(last + 1, len(found)) if _open(route, found, i)), None)
    if work is None:
        return len(found)
    # The drive there belongs to it, but not what was done or skipped on the way.
    first = work
    while first > last + 1 and route.legs[first - 1].kind is not LegKind.WORK:
        first -= 1
    return first


def _timed(
    route: Route, found: Sequence[LegCheck], last: int, following: int, now: datetime
) -> RouteCheck:
    """Return the check with how late the truck is and when it will have driven the rest."""
    nothing = timedelta(0)
    planned_end = route.legs[-1].ends_at if route.legs else None
    late = nothing
    done_at = found[last].at if last >= 0 else None
    if done_at is not None:
        late = done_at - route.legs[last].ends_at
    if following < len(found):
        late = max(late, now - route.legs[following].ends_at)
    pace = _pace(route, found)
    ends_at = planned_end
    if planned_end is not None and following < len(found):
        rest = sum(
            (
                leg.ends_at - leg.starts_at
                for leg, one in zip(route.legs[following:], found[following:], strict=True)
                if one.state not in SERVED
            ),
            nothing,
        )
        starts_at = max(route.legs[following].starts_at + late, done_at or route.legs[0].starts_at)
        ends_at = max(starts_at + rest * pace, now)
    elif done_at is not None:
        ends_at = done_at
    return RouteCheck(
        shift_id=route.shift_id,
        vehicle_id=route.vehicle_id,
        legs=tuple(found),
        next_leg=following,
        late=late,
        planned_end=planned_end,
        ends_at=ends_at,
        pace=pace,
    )


def _pace(route: Route, found: Sequence[LegCheck]) -> float:
    """Return how much longer than planned a truck takes, by the legs done in order so far."""
    marks = [
        (one.at, route.legs[i].ends_at)
        for i, one in enumerate(found)
        if one.state is LegState.DONE and one.at is not None
    ]
    if len(marks) < STEADY_LEGS:
        return 1.0
    planned = marks[-1][1] - marks[0][1]
    if planned <= timedelta(0):
        return 1.0
    return min(max((marks[-1][0] - marks[0][0]) / planned, FASTEST), SLOWEST)
