"""What simulated trucks have still to drive by what is stored, where a simulation begins anew."""

from datetime import datetime

from data.model import LonLat, Plan, Route, VehicleId
from data.policy.message_rules import COME_BACK
from data.store.database.engine import Tx
from data.store.messages.messages import list_messages
from data.store.planning.plans import find_published_plan, find_published_plan_id
from data.store.setup.city import get_policy
from data.store.shifts.shifts import list_shifts
from data.store.storms.storms import find_active_storm, get_storm
from data.store.tracking.positions import list_last_places
from data.streets.network import StreetNetwork
from fleet.planning.remaining_routes import routes_ahead
from fleet.routes.route_progress import check_plan

NEWEST = 500
"""Messages among which drivers look for what was written to them."""


def newer_plan(tx: Tx, driven: Plan | None) -> Plan | None:
    """Return the published plan of the storm that is on, unless it is the one that is driven."""
    storm = find_active_storm(tx)
    published = find_published_plan_id(tx, storm.id) if storm else None
    if storm is None or published is None or (driven and published == driven.id):
        return None
    return find_published_plan(tx, storm.id)


def last_places(tx: Tx, plan: Plan, now: datetime) -> dict[VehicleId, LonLat]:
    """Return where the trucks of a plan's storm were seen last; of none that has not left yet."""
    return list_last_places(tx, get_storm(tx, plan.storm_id).started_at, now)


def rest_of(tx: Tx, plan: Plan, network: StreetNetwork, now: datetime) -> tuple[Route, ...]:
    """Return the routes of a plan from the first leg on that is still to be driven."""
    check = check_plan(tx, plan.id, network, get_policy(tx), now)
    return routes_ahead(check, list_shifts(tx, plan.storm_id), now)


def called_home(tx: Tx, plan: Plan, former: Plan | None) -> list[Route]:
    """Return the routes that are driven no more: of a former plan, those of trucks left out since.

    Of the plan, those whose drivers were called back since, or whose shifts were ended.
    """
    going = {route.vehicle_id for route in plan.routes}
    left_out = [one for one in former.routes if one.vehicle_id not in going] if former else []
    messages = list_messages(tx, plan.storm_id, NEWEST)
    over = {shift.id for shift in list_shifts(tx, plan.storm_id) if shift.over}
    told = {
        one.vehicle_id
        for one in messages
        if one.words == COME_BACK and one.sent_at >= plan.driven_from
    }
    back = [route for route in plan.routes if route.vehicle_id in told or route.shift_id in over]
    return [*left_out, *back]
