"""The driven plan's checks, kept in memory: only what was seen since the last look is read."""

from datetime import datetime

from data.model import StormId
from data.policy.city_policy import Policy
from data.store.coverage.coverage import find_newest_pass, list_streets_seen_since
from data.store.database.engine import Tx
from data.store.planning.plans import find_published_plan_id, get_plan
from data.store.shifts.shifts import list_progress_of_plan
from data.streets.network import StreetNetwork
from fleet.routes.route_progress import PlanCheck, RouteDesk


class PresentDesk:
    """How the published plan of a storm is driven; one thread uses it.

    What a new computation of old positions took away is not missed before the plan is another one.
    """

    def __init__(self) -> None:
        self._desk: RouteDesk | None = None
        self._read_until = 0

    def check(
        self, tx: Tx, storm_id: StormId, network: StreetNetwork, policy: Policy, now: datetime
    ) -> PlanCheck | None:
        """Return how the published plan was driven until now; `None` without one."""
        plan_id = find_published_plan_id(tx, storm_id)
        if plan_id is None:
            self._desk = None
            return None
        newest, desk = find_newest_pass(tx), self._desk
        if desk is None or desk.plan.id != plan_id or desk.network is not network:
            desk = self._desk = RouteDesk(get_plan(tx, plan_id), network, policy)
            desk.load(tx)
        else:
            desk.policy = policy
            desk.read(tx, list_streets_seen_since(tx, storm_id, self._read_until))
            for shift_id, tapped in list_progress_of_plan(tx, plan_id).items():
                desk.tapped(shift_id, tapped)
        self._read_until = newest
        return PlanCheck(desk.plan, desk.checks(now))
