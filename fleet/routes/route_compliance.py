"""Route compliance, pure: whether a truck plows, reloads and ends in time as its route says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from data.model import DirectedSegment, Leg, LegKind, Route
from data.policy.alert_rules import AlertRules
from fleet.routes.plan_vs_actual import IN_TURN, OPEN, LegCheck, LegState, RouteCheck

SOON_LEGS = 10
"""Legs from the next one on among which a truck may already be: evidence comes a little later."""

NEXT_WORK = 5
"""Work legs ahead for which a hopper must hold enough."""

IN_STEPS_KG = 100.0
"""Loads are told in such steps: they are the plan's, and pages keep still."""

IN_STEPS = timedelta(minutes=5)
"""Times left are told in such steps."""


@dataclass(frozen=True, slots=True)
class MissedReload:
    """A reload due at a time, and the load left by the plan."""

    since: datetime
    load_kg: float


class UnplowedDrive(NamedTuple):
    """Length of legs to plow that a truck only drove, and when it ended the first and the last."""

    since: datetime
    until: datetime
    length_m: float


def plow_speed_mps(route: Route, check: RouteCheck, legs: set[int]) -> float | None:
    """Return how fast the plan plows the legs near a truck that are soon to be plowed.

    `None` where there are none, or some leg here is soon to be driven along only.
    """
    here = _soon(route, check, legs)
    if not here or not all(_to_plow(leg) for leg in here):
        return None
    return max(
        leg.length_m / max((leg.ends_at - leg.starts_at).total_seconds(), 1.0) for leg in here
    )


def may_plow(route: Route, check: RouteCheck, legs: set[int]) -> bool:
    """Whether one of the legs near a truck is soon to be plowed."""
    return any(_to_plow(leg) for leg in _soon(route, check, legs))


def plows_soon(route: Route, check: RouteCheck) -> bool:
    """Whether one of the next legs is to be plowed."""
    return may_plow(route, check, set(range(len(route.legs))))


def plows_yet(route: Route, check: RouteCheck) -> bool:
    """Whether a leg ahead is to be plowed that nobody has done."""
    ahead = range(check.next_leg, len(route.legs))
    return any(_to_plow(route.legs[i]) and check.legs[i].state in OPEN for i in ahead)


def driven_unplowed(route: Route, check: RouteCheck, since: datetime) -> UnplowedDrive | None:
    """Return the legs to plow that a truck drove in their turn since a time, and nothing proves.

    They are those after the last leg that evidence proves: reported as done, passed by, or the very
    next ones. `None` where there are none.
    """
    behind = [*_unproved_behind(route, check, since)][::-1]
    ahead = driven_ahead(route, check, behind[-1][0] if behind else since)
    driven = [*behind, *((at, route.legs[leg].length_m) for leg, at in ahead)]
    if not driven:
        return None
    times, lengths_m = zip(*driven, strict=True)
    return UnplowedDrive(times[0], max(times), sum(lengths_m))


def driven_ahead(
    route: Route, check: RouteCheck, since: datetime
) -> Iterator[tuple[int, datetime]]:
    """Yield each of the next legs to plow that the truck drove one after another, and when.

    Nothing proves any of them. A street that it was to drive along before says nothing, and each
    drive over a street counts for one leg.
    """
    along: set[DirectedSegment] = set()
    taken: set[tuple[DirectedSegment, datetime]] = set()
    last = since
    for i in range(check.next_leg, len(route.legs)):
        leg, one = route.legs[i], check.legs[i]
        if leg.kind is LegKind.DRIVE:
            along |= set(leg.path)
        elif leg.kind is not LegKind.WORK:
            return
        elif leg.blade and one.state in OPEN and along.isdisjoint(leg.path):
            street, earliest = leg.path[-1], max(since, last - IN_TURN)
            times = [at for at in one.driven if at > earliest and (street, at) not in taken]
            if not times:
                return
            at = next((each for each in times if each >= last), times[-1])
            if one.state is LegState.AHEAD:
                yield i, at
            taken.add((street, at))
            last = max(last, at)


def worked_at(check: RouteCheck) -> datetime | None:
    """Return when a truck ended the last leg that evidence proves."""
    done = (one.at for one in check.legs[: check.last_leg + 1] if one.state is LegState.DONE)
    return max((at for at in done if at is not None), default=None)


def missed_reload(
    route: Route,
    check: RouteCheck,
    followed_since: datetime | None,
    loaded_at: datetime | None,
    rules: AlertRules,
    now: datetime,
) -> MissedReload | None:
    """Return the reload that a truck needed and missed, by the plan's loads.

    It was due when the work before it was done, as long after that as planned. Nothing is said of a
    truck that was not followed since then, nor where the next work needs no more than is left.
    """
    at = _last_reload(route, check)
    if at is None:
        return None
    before = _done_before(check, at)
    if before is None or followed_since is None or followed_since > before[1]:
        return None
    last, done_at = before
    if loaded_at is not None and loaded_at >= done_at:
        return None
    due_at = done_at + (route.legs[at].ends_at - route.legs[last].ends_at)
    left_kg = _load_after(route, at - 1) - _spread_kg(route, at + 1, check.next_leg)
    needed_kg = _needed_kg(route, max(check.next_leg, at + 1))
    if now < due_at + rules.reload_late or needed_kg <= left_kg or needed_kg <= 0.0:
        return None
    return MissedReload(due_at, max(0.0, left_kg // IN_STEPS_KG * IN_STEPS_KG))


def hours_left(
    check: RouteCheck | None, ends_at: datetime, rules: AlertRules, now: datetime
) -> timedelta | None:
    """Return the time left of a driving shift, negative once it is over.

    `None` while it ends late enough, or its work is expected to end before it.
    """
    if now >= ends_at:
        return (ends_at - now) // IN_STEPS * IN_STEPS
    done_in_time = check is None or check.over or (check.ends_at or ends_at) <= ends_at
    if done_in_time or ends_at - now > rules.hours:
        return None
    return (ends_at - now) // IN_STEPS * IN_STEPS


def _unproved_behind(
    route: Route, check: RouteCheck, since: datetime
) -> Iterator[tuple[datetime, float]]:
    """Yield when each leg ended that the truck left behind unproved, and its length, last first.

    Each drive over a street counts for one leg.
    """
    after: datetime | None = None
    for i in range(check.next_leg - 1, -1, -1):
        leg, one = route.legs[i], check.legs[i]
        if not _to_plow(leg):
            continue
        if one.state is LegState.DONE:
            return
        times = [at for at in _unproved_at(one) if since <= at and (after is None or at < after)]
        if times:
            after = max(times)
            yield after, leg.length_m


def _unproved_at(one: LegCheck) -> Iterable[datetime]:
    """Return when a truck may have driven a leg that was reported, or passed by, unproved."""
    if one.at is not None and one.state is LegState.UNPROVED:
        return (one.at,)
    if one.at is not None and one.state is LegState.TOLD:
        return [at for at in one.driven if at <= one.at + IN_TURN]
    return ()


def _to_plow(leg: Leg) -> bool:
    return leg.kind is LegKind.WORK and leg.blade


def _soon(route: Route, check: RouteCheck, legs: set[int]) -> list[Leg]:
    soon = range(check.next_leg, min(check.next_leg + SOON_LEGS, len(route.legs)))
    return [route.legs[i] for i in soon if i in legs]


def _last_reload(route: Route, check: RouteCheck) -> int | None:
    """Return the last reload that is behind a truck, or is what it does next."""
    reloads = [i for i, leg in enumerate(route.legs) if leg.kind is LegKind.RELOAD]
    following = check.next_leg
    while following < len(route.legs) and route.legs[following].kind is LegKind.DRIVE:
        following += 1
    return max((i for i in reloads if i <= following), default=None)


def _done_before(check: RouteCheck, at: int) -> tuple[int, datetime] | None:
    """Return the last leg before one that its truck did, and when."""
    done = [
        (i, one.at)
        for i, one in enumerate(check.legs[:at])
        if one.state in (LegState.DONE, LegState.TOLD) and one.at is not None
    ]
    return done[-1] if done else None


def _load_after(route: Route, leg: int) -> float:
    return route.legs[leg].load_kg if leg >= 0 else 0.0


def _spread_kg(route: Route, first: int, end: int) -> float:
    """Return what the plan spreads on the legs from one to before another."""
    return sum(
        max(0.0, _load_after(route, i - 1) - route.legs[i].load_kg)
        for i in range(first, min(end, len(route.legs)))
        if route.legs[i].kind is LegKind.WORK
    )


def _needed_kg(route: Route, first: int) -> float:
    """Return what the next work legs spread, until the next reload."""
    needed_kg, work = 0.0, 0
    for i in range(first, len(route.legs)):
        leg = route.legs[i]
        if leg.kind is LegKind.RELOAD or work == NEXT_WORK:
            break
        if leg.kind is LegKind.WORK:
            work += 1
            needed_kg += max(0.0, _load_after(route, i - 1) - leg.load_kg)
    return needed_kg
