"""Completion of legs, pure: which pass did which leg of a plan, street by street.

A whole traversal counts for the truck's own next leg over that direction, and only where it has
none left for somebody else's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from data.model import (
    DirectedSegment,
    JobId,
    Leg,
    LegKind,
    Pass,
    Plan,
    Treatment,
    VehicleId,
)
from data.policy.evidence_rules import EvidenceRules
from fleet.coverage.street_coverage import (
    BEGUN,
    counting,
    union,
    visits,
    whole_m,
)

MADE_BEFORE = timedelta(minutes=2)
"""Work that began so shortly before a plan was made may still be its first legs."""


class LegPlace(NamedTuple):
    """A leg of a plan: index of its route, index in the route."""

    route: int
    leg: int


@dataclass(frozen=True, slots=True)
class Served:
    """Evidence that a leg was done: when, and by which vehicle."""

    at: datetime
    vehicle_id: VehicleId


class PlanIndex:
    """Work legs of a plan by direction and job, in the planned order.

    `unserved` says why each job that the plan leaves undone is left so.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.legs_on: dict[DirectedSegment, list[LegPlace]] = defaultdict(list)
        self.legs_for: dict[JobId, list[LegPlace]] = defaultdict(list)
        self.unserved = {left.job_id: left.reason for left in plan.unserved}
        for number, route in enumerate(plan.routes):
            for i, leg in enumerate(route.legs):
                if leg.kind is not LegKind.WORK:
                    continue
                for step in leg.path:
                    self.legs_on[step].append(LegPlace(number, i))
                for job_id in leg.job_ids:
                    self.legs_for[job_id].append(LegPlace(number, i))
        for places in (each for each in self.legs_on.values() if len(each) > 1):
            places.sort(key=lambda at: (self.leg(at).ends_at, at))

    def leg(self, at: LegPlace) -> Leg:
        """Return a leg."""
        return self.plan.routes[at.route].legs[at.leg]

    def vehicle_of(self, at: LegPlace) -> VehicleId:
        """Return the vehicle of a leg."""
        return self.plan.routes[at.route].vehicle_id


@dataclass(frozen=True, slots=True)
class StreetWork:
    """Completion of the legs over one direction: done ones, and those begun.

    `driven` says when those who have a leg left there drove over all of it, at work or not.
    """

    served: Mapping[LegPlace, Served]
    begun: frozenset[LegPlace]
    driven: Mapping[VehicleId, tuple[datetime, ...]]


NOTHING_SEEN = StreetWork({}, frozenset(), {})
"""Nobody was there."""


def known_before(index: PlanIndex, passes: Mapping[JobId, int]) -> frozenset[DirectedSegment]:
    """Return the directions of which a plan knew passes: it has fewer legs there than a job takes.

    `passes` are how many each job takes that takes several.
    """
    return frozenset(
        step for step, places in index.legs_on.items() if _knew_some(index, places, passes)
    )


def _knew_some(index: PlanIndex, places: Iterable[LegPlace], passes: Mapping[JobId, int]) -> bool:
    legs = Counter(job_id for at in places for job_id in index.leg(at).job_ids)
    return any(count < passes.get(job_id, 1) for job_id, count in legs.items())


def work_on(
    index: PlanIndex,
    directed: DirectedSegment,
    length_m: float,
    seen: Iterable[Pass],
    rules: EvidenceRules,
    *,
    known: bool = False,
) -> StreetWork:
    """Return the legs over a direction that are done and begun; only good evidence counts.

    Of a direction that is `known`, as `known_before` says, work from before the plan was made is
    not in it any more.
    """
    since = index.plan.since - (timedelta(0) if known else MADE_BEFORE)
    fresh = [one for one in seen if one.ended_at >= since]
    if not fresh:
        return NOTHING_SEEN
    good = counting(fresh, rules)
    served: dict[LegPlace, Served] = {}
    begun: set[LegPlace] = set()
    for treatment in Treatment:
        left = [at for at in index.legs_on.get(directed, ()) if _wants(index.leg(at), treatment)]
        fitting = [one for one in good if one.treatment is treatment]
        for one in _whole(fitting, length_m):
            at = _leg_for(index, left, one.vehicle_id)
            if at is not None:
                left.remove(at)
                served[at] = one
        for vehicle_id in _beginners(fitting, length_m):
            began = next((at for at in left if index.vehicle_of(at) == vehicle_id), None)
            if began is not None:
                begun.add(began)
    return StreetWork(served, frozenset(begun), _driven(index, directed, length_m, fresh, served))


def _driven(
    index: PlanIndex,
    directed: DirectedSegment,
    length_m: float,
    seen: Sequence[Pass],
    served: Mapping[LegPlace, Served],
) -> dict[VehicleId, tuple[datetime, ...]]:
    """Return when vehicles with an undone leg drove over the whole direction."""
    left = {index.vehicle_of(at) for at in index.legs_on.get(directed, ()) if at not in served}
    found: dict[VehicleId, tuple[datetime, ...]] = {}
    for vehicle_id in left:
        mine = [one for one in seen if one.vehicle_id == vehicle_id]
        if times := tuple(one.at for one in _whole(mine, length_m)):
            found[vehicle_id] = times
    return found


def _wants(leg: Leg, treatment: Treatment) -> bool:
    return (Treatment.PLOW if leg.blade else Treatment.SALT) is treatment


def _whole(passes: Sequence[Pass], length_m: float) -> list[Served]:
    """Return the whole traversals of a direction, oldest first; two halves make one at the later.

    Less exact than `fleet.coverage`, which knows depths, but it knows who drove.
    """
    found: list[Served] = []
    rest: list[tuple[float, float]] = []
    need_m = whole_m(length_m)
    for visit in visits(passes):
        if visit[0].vehicle_id is None:  # seen clear on the spot: no truck did a leg by that
            continue
        parts = [(one.from_m, one.to_m) for one in visit]
        who = Served(max(one.ended_at for one in visit), visit[0].vehicle_id)
        if _length_m(parts) >= need_m:
            found.append(who)
        elif _length_m([*rest, *parts]) >= need_m:
            found.append(who)
            rest = []
        else:
            rest += parts
    return found


def _length_m(parts: Iterable[tuple[float, float]]) -> float:
    return sum(end - start for start, end in union(parts))


def _beginners(passes: Sequence[Pass], length_m: float) -> set[VehicleId]:
    """Return the vehicles that did a part of a street worth showing, but not all of it."""
    parts: dict[VehicleId, list[tuple[float, float]]] = defaultdict(list)
    for one in passes:
        if one.vehicle_id is not None:
            parts[one.vehicle_id].append((one.from_m, one.to_m))
    return {
        vehicle_id
        for vehicle_id, mine in parts.items()
        if BEGUN * length_m <= _length_m(mine) < whole_m(length_m)
    }


def _leg_for(index: PlanIndex, left: Sequence[LegPlace], vehicle_id: VehicleId) -> LegPlace | None:
    own = next((at for at in left if index.vehicle_of(at) == vehicle_id), None)
    return own if own is not None else next(iter(left), None)
