"""The score of the driver of a truck in a training, pure: what became of the legs of its routes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import LegKind, Role, VehicleId
from data.model.work import SkipReason
from fleet.routes.plan_vs_actual import LegState
from fleet.routes.route_compliance import driven_ahead
from fleet.routes.route_progress import PlanCheck
from fleet.training.scores.passes_in_turn import DRIVEN, passes_in_turn
from fleet.training.scores.score_rules import Measured, Score, score_of
from fleet.training.seat_spans import Sitting, Sittings

CLEARED = (LegState.DONE, LegState.OUT_OF_ORDER, LegState.TOLD)
"""States of legs that their own truck cleared."""

BEEN = DRIVEN | {LegState.TOLD}
"""States of legs that their own truck has come to."""


@dataclass(frozen=True, slots=True)
class DrivenPlan:
    """A plan as it was driven from a moment until another one, checked then."""

    since: datetime
    until: datetime
    check: PlanCheck


def driver_score(plans: Iterable[DrivenPlan], vehicle_id: VehicleId, seated: Sittings) -> Score:
    """Return the score of who drove a truck, by all plans that it drove after each other.

    What the truck did while its driver was not `seated`, the simulation did. Who never lowers the
    blade clears nothing by which legs could be passed: streets driven in their turn count so too.
    """
    states: Counter[LegState] = Counter()
    for one in plans:
        states.update(_states(one, vehicle_id, seated))
    cleared, unproved = sum(states[each] for each in CLEARED), states[LegState.UNPROVED]
    ordered = states[LegState.DONE] + states[LegState.OUT_OF_ORDER]
    reached = cleared + unproved + states[LegState.SKIPPED]
    measures = [
        _share("cleared", cleared, reached),
        _share("in_order", states[LegState.DONE], ordered),
        _share("blade", cleared, cleared + unproved),
    ]
    return score_of(Role.DRIVER, measures)


def _states(driven: DrivenPlan, vehicle_id: VehicleId, seated: Sittings) -> Iterable[LegState]:
    """Yield what became of the work that a driver reached while a plan was driven."""
    mine = [Sitting(max(one.since, driven.since), min(one.until, driven.until)) for one in seated]
    sat = any(one.since < one.until for one in mine)
    for route, check in zip(driven.check.plan.routes, driven.check.routes, strict=True):
        if route.vehicle_id != vehicle_id:
            continue
        legs = passes_in_turn(route, check, driven.check.plan.published_at)
        behind = (one.at for one in legs[: check.next_leg] if one.state in DRIVEN)
        since = max((at for at in behind if at is not None), default=driven.since)
        unplowed = dict(driven_ahead(route, check, max(since, driven.since)))
        there = max((i for i, one in enumerate(legs) if one.state in BEEN), default=-1)
        for i, (leg, one) in enumerate(zip(route.legs, legs, strict=True)):
            at = unplowed.get(i, one.at)
            own = sat if at is None else driven.since < at and any(span.has(at) for span in mine)
            if one.reason == SkipReason.NO_TIME and i > there:  # who goes home has not been there
                continue
            if leg.kind is LegKind.WORK and own:
                yield LegState.UNPROVED if i in unplowed else one.state


def _share(name: str, part: int, of: int) -> Measured:
    return Measured(name, part / of if of else None, of)
