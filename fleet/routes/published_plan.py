"""The published plan in memory: its legs, their progress, and expected arrivals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import RLock

from data.model import Plan, SegmentId, ShiftId, StormId
from data.policy.city_policy import Policy
from data.policy.hours_rules import HoursRules
from data.store.coverage.coverage import find_newest_pass, list_streets_with_passes_since
from data.store.database.engine import Tx
from data.store.planning.plans import (
    find_plan_driven_at,
    find_published_plan_id,
    get_plan,
)
from data.store.shifts.driver_rests import list_rests_of_storm
from data.store.shifts.shifts import list_ended_shifts, list_progress_of_plan
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.routes.arrivals import Arrivals
from fleet.routes.leg_completion import PlanIndex
from fleet.routes.plan_vs_actual import RouteCheck
from fleet.routes.route_progress import PlanCheck, RouteProgress
from fleet.streets.closed_streets import closed_streets


class PublishedPlanCache:
    """Cache of the published plan and its progress; safe from any thread.

    Only what was stored since the last question is read. What a new computation of old positions
    took away is missed until a street is named as changed, or another plan is published. The plan
    before it is cached while somebody asks what was driven a while ago.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._index: PlanIndex | None = None
        self._former: PlanIndex | None = None
        self._progress: RouteProgress | None = None
        self._read_until = 0

    def keep(self, plan: Plan) -> None:
        """Cache a plan that was just published, so that it is not read again."""
        with self._lock:
            self._former, self._index = self._index, PlanIndex(plan)

    def forget(self) -> None:
        """Read all evidence again at the next question: news of it may be lost."""
        with self._lock:
            self._progress = None

    def driven(self, tx: Tx, storm_id: StormId) -> PlanIndex | None:
        """Return the published plan of a storm; read only when it changed."""
        plan_id = find_published_plan_id(tx, storm_id)
        if plan_id is None:
            return None
        with self._lock:
            if self._index is None or self._index.plan.id != plan_id:
                self._former, self._index = self._index, PlanIndex(get_plan(tx, plan_id))
            return self._index

    def driven_at(self, tx: Tx, storm_id: StormId, at: datetime) -> PlanIndex | None:
        """Return the plan of a storm that was driven at a moment."""
        plan_id = find_plan_driven_at(tx, storm_id, at)
        if plan_id is None:
            return None
        with self._lock:
            if self._index is not None and self._index.plan.id == plan_id:
                self._former = None
                return self._index
            if self._former is None or self._former.plan.id != plan_id:
                self._former = PlanIndex(get_plan(tx, plan_id))
            return self._former

    def check(
        self,
        city: CityContext,
        storm_id: StormId,
        changed: Iterable[SegmentId] = (),
        tapped: Iterable[ShiftId] | None = None,
    ) -> PlanCheck | None:
        """Return the published plan's check by now; `None` without one.

        Parameters
        ----------
        changed
            Streets whose evidence is read again, whether or not new passes were stored.
        tapped
            Shifts whose drivers tapped since the last question; `None` asks all of them.
        """
        with self._lock:
            progress = self._caught_up(city, storm_id, changed)
            if progress is None:
                return None
            if tapped is not None:
                progress.read_taps(city.tx, tapped)
            else:
                for shift_id, taps in list_progress_of_plan(city.tx, progress.plan.id).items():
                    progress.tapped(shift_id, taps)
            return PlanCheck(progress.plan, progress.checks(city.now))

    def arrivals(self, city: CityContext, storm_id: StormId) -> Arrivals | None:
        """Return expected arrivals by the published plan; `None` without one."""
        with self._lock:
            progress = self._caught_up(city, storm_id)
        if progress is None:
            return None
        return Arrivals(
            progress.index, lambda number: self._route(city, progress, number), city.now
        )

    def _route(self, city: CityContext, progress: RouteProgress, number: int) -> RouteCheck:
        with self._lock:
            progress.read_taps(city.tx, [progress.plan.routes[number].shift_id])
            return progress.check(number, city.now)

    def _caught_up(
        self, city: CityContext, storm_id: StormId, changed: Iterable[SegmentId] = ()
    ) -> RouteProgress | None:
        """Return the plan's progress with all stored evidence; `None` without a plan."""
        tx, rules = city.tx, city.policy.evidence
        index = self.driven(tx, storm_id)
        if index is None:
            self._progress = None
            return None
        newest, progress = find_newest_pass(tx), self._progress
        if progress is None or not progress.is_made_for(index, city.network, rules):
            progress = self._progress = RouteProgress(index, city.network, rules)
            progress.load(tx)
            self._read_until = newest
        else:
            again = set(changed)
            if newest > self._read_until:
                again |= list_streets_with_passes_since(tx, storm_id, self._read_until)
                self._read_until = newest
            progress.read(tx, again)
        progress.ended = list_ended_shifts(tx, storm_id)
        progress.closed = closed_streets(tx, storm_id, city.now)
        progress.rested = _rested(tx, storm_id, city.policy.hours, city.now)
        return progress


def _rested(tx: Tx, storm_id: StormId, rules: HoursRules, now: datetime) -> dict[ShiftId, datetime]:
    """Return when the last rest of each shift ended, or will."""
    rests = list_rests_of_storm(tx, storm_id)
    return {shift_id: mine[-1].until(rules.rest, now) for shift_id, mine in rests.items()}


@dataclass(frozen=True, slots=True)
class Estimates:
    """The published plan with the streets and evidence rules by which it is checked."""

    plans: PublishedPlanCache
    network: StreetNetwork
    policy: Policy

    def check(self, tx: Tx, storm_id: StormId, now: datetime) -> PlanCheck | None:
        """Return the published plan's check by now; `None` without one."""
        return self.plans.check(self._city(tx, now), storm_id)

    def arrivals(self, tx: Tx, storm_id: StormId, now: datetime) -> Arrivals | None:
        """Return expected arrivals by the published plan; `None` without one."""
        return self.plans.arrivals(self._city(tx, now), storm_id)

    def arrivals_of(self, tx: Tx, plan: Plan, now: datetime) -> Arrivals:
        """Return expected arrivals by a plan published in this very transaction."""
        progress = RouteProgress(PlanIndex(plan), self.network, self.policy.evidence)
        progress.load(tx)
        progress.ended = list_ended_shifts(tx, plan.storm_id)
        progress.closed = closed_streets(tx, plan.storm_id, now)
        progress.rested = _rested(tx, plan.storm_id, self.policy.hours, now)
        return Arrivals(progress.index, lambda number: progress.check(number, now), now)

    def _city(self, tx: Tx, now: datetime) -> CityContext:
        return CityContext(tx, self.network, self.policy, now)
