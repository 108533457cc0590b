"""The published plan in memory: its legs, their progress, and expected arrivals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import RLock

from data.model import Plan, SegmentId, ShiftId, StormId
from data.policy.city_policy import Policy
from data.store.coverage.coverage import find_newest_pass, list_streets_seen_since
from data.store.database.engine import Tx
from data.store.planning.plans import find_published_plan_id, get_plan
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
    took away is missed until a street is named as changed, or another plan is published.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._index: PlanIndex | None = None
        self._desk: RouteProgress | None = None
        self._read_until = 0

    def keep(self, plan: Plan) -> None:
        """Cache a plan that was just published, so that it is not read again."""
        with self._lock:
            self._index = PlanIndex(plan)

    def forget(self) -> None:
        """Read all evidence again at the next question: news of it may be lost."""
        with self._lock:
            self._desk = None

    def driven(self, tx: Tx, storm_id: StormId) -> PlanIndex | None:
        """Return the published plan of a storm; read only when it changed."""
        plan_id = find_published_plan_id(tx, storm_id)
        if plan_id is None:
            return None
        with self._lock:
            if self._index is None or self._index.plan.id != plan_id:
                self._index = PlanIndex(get_plan(tx, plan_id))
            return self._index

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
            desk = self._caught_up(city, storm_id, changed)
            if desk is None:
                return None
            if tapped is not None:
                desk.read_taps(city.tx, tapped)
            else:
                for shift_id, taps in list_progress_of_plan(city.tx, desk.plan.id).items():
                    desk.tapped(shift_id, taps)
            return PlanCheck(desk.plan, desk.checks(city.now))

    def arrivals(self, city: CityContext, storm_id: StormId) -> Arrivals | None:
        """Return expected arrivals by the published plan; `None` without one."""
        with self._lock:
            desk = self._caught_up(city, storm_id)
        if desk is None:
            return None
        return Arrivals(desk.index, lambda number: self._route(city, desk, number), city.now)

    def _route(self, city: CityContext, desk: RouteProgress, number: int) -> RouteCheck:
        with self._lock:
            desk.read_taps(city.tx, [desk.plan.routes[number].shift_id])
            return desk.check(number, city.now)

    def _caught_up(
        self, city: CityContext, storm_id: StormId, changed: Iterable[SegmentId] = ()
    ) -> RouteProgress | None:
        """Return the plan's progress with all stored evidence; `None` without a plan."""
        tx, rules = city.tx, city.policy.evidence
        index = self.driven(tx, storm_id)
        if index is None:
            self._desk = None
            return None
        newest, desk = find_newest_pass(tx), self._desk
        if desk is None or not desk.stands_on(index, city.network, rules):
            desk = self._desk = RouteProgress(index, city.network, rules)
            desk.load(tx)
            self._read_until = newest
        else:
            again = set(changed)
            if newest > self._read_until:
                again |= list_streets_seen_since(tx, storm_id, self._read_until)
                self._read_until = newest
            desk.read(tx, again)
        desk.ended = list_ended_shifts(tx, storm_id)
        desk.closed = closed_streets(tx, storm_id, city.now)
        return desk


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
        desk = RouteProgress(PlanIndex(plan), self.network, self.policy.evidence)
        desk.load(tx)
        desk.ended = list_ended_shifts(tx, plan.storm_id)
        desk.closed = closed_streets(tx, plan.storm_id, now)
        return Arrivals(desk.index, lambda number: desk.check(number, now), now)

    def _city(self, tx: Tx, now: datetime) -> CityContext:
        return CityContext(tx, self.network, self.policy, now)
