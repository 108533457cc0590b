"""Plan versus actual, pure: state of every leg, delay of a truck, and expected times.

This is the only estimate of when a truck comes to a street (`expected_times`); every page, promise
and alert tells what it says.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

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
from fleet.routes.leg_order import PASSED_BY, LegOrder, order_of

IN_TURN = timedelta(minutes=2)
"""So much before the leg before, or after the leg after, a truck still drove a leg in its turn."""

STEADY_LEGS = 5
"""Legs done from which a truck's own pace says something about the rest."""

SLOWEST = 2.0
"""Greatest pace, in times the plan's durations; who was quick is not expected to stay so."""


LONG_STOP = timedelta(minutes=10)
"""Time lost between two legs done that is a stop and not a slow pace."""


class LegState(StrEnum):
    """State of a leg.

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

OPEN = frozenset({LegState.AHEAD, LegState.BEGUN})
"""States of legs of which nothing says yet that they were done, driven or skipped."""


@dataclass(frozen=True, slots=True)
class LegCheck:
    """State of a leg; `vehicle_id` is who did it, `reason` why its driver skipped it.

    `driven` says when its truck drove there, at work or not, for a leg that nothing proves.
    """

    state: LegState
    at: datetime | None = None
    vehicle_id: VehicleId | None = None
    reason: str = ""
    driven: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteCheck:
    """A route with its progress.

    `next_leg` is the first leg that still lies ahead, the number of legs at the end. `late` is how
    late the truck is there against the plan, less than nothing where it is early. `pace` is how
    many times the plan's durations its legs ahead take. `ends_at` is when it will have driven the
    rest; `None` for a route without legs. Of a shift that has `ended` nothing is expected any more,
    nor of the legs in `blocked`, which lead over closed streets. `last_leg` is the last leg that it
    did, -1 for none, and `last_at` when.
    """

    shift_id: ShiftId
    vehicle_id: VehicleId
    legs: tuple[LegCheck, ...]
    next_leg: int
    late: timedelta
    planned_end: datetime | None
    ends_at: datetime | None
    pace: float
    ended: bool = False
    blocked: frozenset[int] = frozenset()
    last_leg: int = -1
    last_at: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether no leg is ahead."""
        return self.next_leg >= len(self.legs)

    def counts(self, route: Route) -> Counter[LegState]:
        """Return the number of work legs in each state."""
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
    """Return the state of a leg by itself: by evidence, else by the driver's taps."""
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
    driven = _driven(streets, index.vehicle_of(at))
    if tap is not None and tap.state is LegOutcome.DONE:
        return LegCheck(LegState.TOLD, tap.ended_at, index.vehicle_of(at), driven=driven)
    if served or any(at in street.begun for street in streets):
        return LegCheck(LegState.BEGUN, driven=driven)
    return LegCheck(LegState.AHEAD, driven=driven) if driven else NOT_DONE


def _driven(streets: Sequence[StreetWork], vehicle_id: VehicleId) -> tuple[datetime, ...]:
    """Return when a vehicle drove over the last of these streets, if it was on all of them."""
    times = [street.driven.get(vehicle_id, ()) for street in streets]
    return times[-1] if times and all(times) else ()


def check_route(
    route: Route,
    legs: Sequence[LegCheck],
    tapped: Sequence[LegProgress],
    now: datetime,
    published_at: datetime | None = None,
) -> RouteCheck:
    """Return the check of a route by the states of its legs and its taps.

    Before its plan was published a truck did legs of it by chance, on its former route.
    """
    found = list(legs)
    done = {i: leg.at for i, leg in enumerate(found) if leg.state is LegState.DONE and leg.at}
    undone = [i for i in range(len(found)) if _open(route, found, i)]
    order = order_of(done, undone, published_at)
    for i in order.out_of_order:
        found[i] = replace(found[i], state=LegState.OUT_OF_ORDER)
    tapped_done = (tap.leg for tap in tapped if tap.state is LegOutcome.DONE)
    last = max([*order.in_order, *order.before, *tapped_done], default=-1)
    _pass_by(route, found, last, order, published_at)
    following = _next(route, found, last)
    done_at = _done_at(found, last, order)
    pace = _pace(route, found, order.in_order)
    late = _late(route, last, done_at, following, now)
    planned_end = route.legs[-1].ends_at if route.legs else None
    return RouteCheck(
        shift_id=route.shift_id,
        vehicle_id=route.vehicle_id,
        legs=tuple(found),
        next_leg=following,
        late=late,
        planned_end=planned_end,
        ends_at=_end_of(route, found, following, late, pace) or done_at or planned_end,
        pace=pace,
        last_leg=last,
        last_at=done_at,
    )


def at_moment(
    route: Route,
    check: RouteCheck,
    now: datetime,
    *,
    ended: bool = False,
    blocked: frozenset[int] = frozenset(),
    rested_until: datetime | None = None,
) -> RouteCheck:
    """Return a check whose legs did not change, as of `now`.

    Parameters
    ----------
    ended
        Whether the shift is over: its truck does no leg any more.
    blocked
        Numbers of the legs that lead over streets that are closed now.
    rested_until
        When the driver's last rest ended or will: the next leg begins no sooner.
    """
    last, done_at = check.last_leg, check.last_at
    late = _late(route, last, done_at, check.next_leg, now)
    if rested_until is not None and not check.over and (not done_at or done_at < rested_until):
        late = max(late, rested_until - route.legs[check.next_leg].starts_at)
    timed = check
    if late != check.late:
        ends_at = _end_of(route, check.legs, check.next_leg, late, check.pace) or check.ends_at
        timed = replace(check, late=late, ends_at=ends_at)
    if not ended and not blocked:
        return timed
    ends_at = done_at if ended else timed.ends_at
    return replace(timed, ended=ended, blocked=blocked, ends_at=ends_at)


class LegTimes(NamedTuple):
    """When a leg is expected to begin and to end."""

    starts_at: datetime
    ends_at: datetime


def expected_times(route: Route, check: RouteCheck) -> dict[int, LegTimes]:
    """Return begin and end of each leg that its truck will still do, by number.

    Nothing is expected of a shift that has ended, nor on closed streets; the way around those takes
    as long as they would.
    """
    if check.ended:
        return {}
    rest = times_of_rest(route, check)
    return {number: times for number, times in rest.items() if number not in check.blocked}


def times_of_rest(route: Route, check: RouteCheck) -> dict[int, LegTimes]:
    """Return begin and end of each undone leg if its truck drove on.

    The next leg begins as late as the truck is, and each takes its planned time at the truck's
    pace. A truck that is early waits where its plan does.
    """
    if check.over:
        return {}
    times = _times_ahead(route, check.legs, check.next_leg, check.late, check.pace)
    return {number: LegTimes(starts_at, ends_at) for number, starts_at, ends_at in times}


def _open(route: Route, found: Sequence[LegCheck], leg: int) -> bool:
    """Whether a leg is work that nobody has done yet."""
    return route.legs[leg].kind is LegKind.WORK and found[leg].state in OPEN


def _pass_by(
    route: Route,
    found: list[LegCheck],
    last: int,
    order: LegOrder,
    published_at: datetime | None,
) -> None:
    """Mark the legs in `found` before the last done one as passed, unproved, or skipped."""
    later, after = 0, None
    done = order.in_order | order.before
    for i in range(last, -1, -1):
        one = found[i]
        if route.legs[i].kind is not LegKind.WORK:
            found[i] = LegCheck(LegState.PASSED)
        elif one.state in OPEN and later >= PASSED_BY:
            before = next((found[k].at for k in range(i - 1, -1, -1) if k in done), published_at)
            found[i] = _left_behind(one, before, after)
        if i in done:
            after = one.at
        later += i in done or one.state is LegState.TOLD


def _left_behind(one: LegCheck, before: datetime | None, after: datetime | None) -> LegCheck:
    """Return the state of a leg whose followers are done: driven in its turn, or skipped."""
    for at in one.driven:
        early = before is not None and at < before - IN_TURN
        if not early and (after is None or at <= after + IN_TURN):
            return LegCheck(LegState.UNPROVED, at, driven=one.driven)
    return LegCheck(LegState.SKIPPED, driven=one.driven)


def _next(route: Route, found: Sequence[LegCheck], last: int) -> int:
    """Return the first leg after the last done one that is still to be driven."""
    work = next((i for i in range(last + 1, len(found)) if _open(route, found, i)), None)
    if work is None:
        return len(found)
    # The drive there belongs to it, but not what was done or skipped on the way.
    first = work
    while first > last + 1 and route.legs[first - 1].kind is not LegKind.WORK:
        first -= 1
    return first


def _done_at(found: Sequence[LegCheck], last: int, order: LegOrder) -> datetime | None:
    """Return since when a truck is at its last leg; before the publication it knew no order."""
    if last in order.before:
        return max(at for i in order.before if (at := found[i].at))
    return found[last].at if last >= 0 else None


def _late(
    route: Route, last: int, done_at: datetime | None, following: int, now: datetime
) -> timedelta:
    """Return a truck's delay: as at its last leg, more once the next should have ended."""
    late = timedelta(0) if done_at is None else done_at - route.legs[last].ends_at
    if following < len(route.legs):
        late = max(late, now - route.legs[following].ends_at)
    return late


def _end_of(
    route: Route, found: Sequence[LegCheck], following: int, late: timedelta, pace: float
) -> datetime | None:
    """Return the end of the last leg ahead; `None` where nothing is ahead."""
    if following >= len(found):
        return None
    return max(times[2] for times in _times_ahead(route, found, following, late, pace))


def _times_ahead(
    route: Route, found: Sequence[LegCheck], following: int, late: timedelta, pace: float
) -> Iterator[tuple[int, datetime, datetime]]:
    """Yield number, start and end of each leg from the one that follows on that nobody has done."""
    at = route.legs[following].starts_at + late
    planned_at = route.legs[following].starts_at
    ahead = zip(route.legs[following:], found[following:], strict=True)
    for number, (leg, became) in enumerate(ahead, following):
        if leg.starts_at > planned_at:  # the plan waits here, and a truck that is late does not
            at = max(at, leg.starts_at)
        planned_at = leg.ends_at
        if became.state in SERVED:
            continue
        takes = planned_at - leg.starts_at
        starts_at, at = at, at + (takes if pace == 1.0 else takes * pace)
        yield number, starts_at, at


def _pace(route: Route, found: Sequence[LegCheck], in_order: Collection[int]) -> float:
    """Return the ratio of actual to planned time over the legs done in order so far.

    A long stop delays all that follows once, and says nothing of how fast the rest is driven.
    """
    marks = [
        (one.at, route.legs[i].ends_at)
        for i, one in enumerate(found)
        if i in in_order and one.at is not None
    ]
    if len(marks) < STEADY_LEGS:
        return 1.0
    planned = marks[-1][1] - marks[0][1]
    if planned <= timedelta(0):
        return 1.0
    lost = (
        later[0] - one[0] - max(later[1] - one[1], timedelta(0)) for one, later in pairwise(marks)
    )
    stopped = sum((each for each in lost if each >= LONG_STOP), timedelta(0))
    return min(max((marks[-1][0] - marks[0][0] - stopped) / planned, 1.0), SLOWEST)
