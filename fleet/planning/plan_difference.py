"""Difference of a plan from the routes ahead, pure: next moves, streets and end of each truck."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.model import (
    Delay,
    DirectedSegment,
    JobId,
    LegKind,
    Route,
    SegmentId,
    ShiftId,
    VehicleId,
    WorkPass,
)
from fleet.routes.plan_vs_actual import times_of_rest
from fleet.routes.route_progress import PlanCheck

NEXT_MOVES = 3
"""Streets ahead that count as what a driver does next."""

NOTABLE = timedelta(minutes=1)
"""A shorter delay is none."""


@dataclass(frozen=True, slots=True)
class TruckDifference:
    """Changes for one truck: next streets, streets gained and lost, end of its route.

    `ends_before` and `ends_after` are `None` where it has nothing to drive.
    """

    shift_id: ShiftId
    vehicle_id: VehicleId
    moves_before: tuple[DirectedSegment, ...]
    moves_after: tuple[DirectedSegment, ...]
    gained: tuple[SegmentId, ...]
    lost: tuple[SegmentId, ...]
    ends_before: datetime | None
    ends_after: datetime | None

    @property
    def next_moves_change(self) -> bool:
        """Whether the driver's next moves differ; streets appended later do not count."""
        return self.moves_before != self.moves_after[: len(self.moves_before)]

    @property
    def nothing(self) -> bool:
        """Whether the truck does the same streets with the same next moves."""
        return not (self.next_moves_change or self.gained or self.lost)


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """Changes of a plan against the routes ahead; unchanged trucks are left out.

    `delays` are jobs that both plans do, a minute later or more, the most delayed first; `added`
    and `dropped` are jobs that only the new one or only the old one does, `dropped` each with its
    street, in the order in which they would have been done.
    """

    trucks: tuple[TruckDifference, ...]
    delays: tuple[Delay, ...]
    added: tuple[JobId, ...]
    dropped: Mapping[JobId, SegmentId]


def difference(before: Sequence[Route], after: Sequence[Route]) -> PlanDifference:
    """Return what changes from the routes that trucks have ahead to those of another plan.

    A shift that only one of them knows has nothing to do in the other.
    """
    old, new = ({route.shift_id: route for route in routes} for routes in (before, after))
    trucks = (_truck(old.get(shift_id), new.get(shift_id)) for shift_id in sorted({*old, *new}))
    ends_before, ends_after = job_ends(before), job_ends(after)
    both = sorted(ends_before.keys() & ends_after.keys())
    delays = (Delay(job_id, ends_before[job_id], ends_after[job_id]) for job_id in both)
    late = [one for one in delays if one.late >= NOTABLE]
    return PlanDifference(
        trucks=tuple(truck for truck in trucks if not truck.nothing),
        delays=tuple(sorted(late, key=lambda one: (-one.late, one.job_id))),
        added=tuple(sorted(ends_after.keys() - ends_before.keys())),
        dropped=_streets_of(before, ends_before, ends_before.keys() - ends_after.keys()),
    )


def still_ahead(check: PlanCheck) -> tuple[Route, ...]:
    """Return the legs that trucks still have by their plan, at their expected times.

    What a truck that broke down, or a street that is closed, leaves undone is among it.
    """
    found = []
    for route, checked in zip(check.plan.routes, check.routes, strict=True):
        legs = [
            replace(route.legs[number], starts_at=times.starts_at, ends_at=times.ends_at)
            for number, times in times_of_rest(route, checked).items()
        ]
        found.append(replace(route, legs=tuple(legs)))
    return tuple(found)


def job_ends(routes: Iterable[Route]) -> dict[JobId, datetime]:
    """Return when the last pass of each job ends on some routes."""
    ends: dict[JobId, datetime] = {}
    for leg in (leg for route in routes for leg in route.legs):
        for work in leg.works:
            ends[work.job_id] = max(ends.get(work.job_id, leg.ends_at), leg.ends_at)
    return ends


def _streets_of(
    routes: Iterable[Route], ends: Mapping[JobId, datetime], job_ids: Set[JobId]
) -> dict[JobId, SegmentId]:
    """Return the streets of some jobs, by when these end."""
    legs = (leg for route in routes for leg in route.legs)
    street = {work.job_id: leg.path[0].segment_id for leg in legs for work in leg.works}
    return {job_id: street[job_id] for job_id in sorted(job_ids, key=lambda one: (ends[one], one))}


def _truck(before: Route | None, after: Route | None) -> TruckDifference:
    known = before or after
    if known is None:
        raise ValueError("a truck: expected a route of it, got none")
    old, new = _works(before), _works(after)
    return TruckDifference(
        shift_id=known.shift_id,
        vehicle_id=known.vehicle_id,
        moves_before=_moves(before),
        moves_after=_moves(after),
        gained=_streets(new, old),
        lost=_streets(old, new),
        ends_before=_ends(before),
        ends_after=_ends(after),
    )


def _works(route: Route | None) -> dict[WorkPass, SegmentId]:
    """Return the passes of a route in driving order, each with its street."""
    legs = route.legs if route else ()
    return {work: leg.path[0].segment_id for leg in legs for work in leg.works}


def _streets(
    mine: Mapping[WorkPass, SegmentId], others: Mapping[WorkPass, SegmentId]
) -> tuple[SegmentId, ...]:
    """Return the streets of passes that the others lack, each once, in driving order."""
    own = (street for work, street in mine.items() if work not in others)
    return tuple(dict.fromkeys(own))


def _moves(route: Route | None) -> tuple[DirectedSegment, ...]:
    legs = route.legs if route else ()
    return tuple(leg.path[0] for leg in legs if leg.kind is LegKind.WORK)[:NEXT_MOVES]


def _ends(route: Route | None) -> datetime | None:
    return route.legs[-1].ends_at if route and route.legs else None
