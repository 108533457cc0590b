"""Changes of plans that drivers felt: whose next streets became others under way, pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import PlanId
from fleet.planning.plan_difference import difference, still_ahead
from fleet.routes.route_progress import PlanCheck


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A plan that took the place of another one, with how many trucks had work ahead.

    Of these, `felt` are the ones whose next streets it changed.
    """

    plan_id: PlanId
    at: datetime
    trucks: int
    felt: int


@dataclass(frozen=True, slots=True)
class PlanSwitch:
    """The plan that was driven until a moment and the one driven after it, each checked then."""

    at: datetime
    before: PlanCheck
    after: PlanCheck


def plan_changes(switches: Iterable[PlanSwitch]) -> tuple[PlanChange, ...]:
    """Return what drivers felt of each new plan.

    Work appended behind their next streets is not felt, nor does a truck count that had nothing to
    do before.
    """
    return tuple(_change(one) for one in switches)


def changes_per_truck(changes: Sequence[PlanChange], hours: float) -> float | None:
    """Return how often in an hour the driver of a truck was sent elsewhere; `None` without any."""
    trucks = max((one.trucks for one in changes), default=0)
    return sum(one.felt for one in changes) / (trucks * hours) if trucks and hours > 0 else None


def _change(one: PlanSwitch) -> PlanChange:
    found = difference(still_ahead(one.before), still_ahead(one.after))
    running = {route.shift_id for route in still_ahead(one.before) if route.legs}
    felt = sum(truck.next_moves_change for truck in found.trucks if truck.shift_id in running)
    return PlanChange(one.after.plan.id, one.at, len(running), felt)
