"""What is printed of a plan's routes, for one truck at once or for all of them by a worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.processes.printing.training_word import training_word
from data.errors import NotFoundError
from data.model import PlanId, Route, SegmentId, ShiftId, StormId
from data.store.database.engine import Tx
from data.store.planning.plans import get_plan
from data.streets.network import StreetNetwork
from fleet.accounts.people import login_names
from fleet.learning.plan_pace import odds_of_ends
from fleet.setup.machine_list import all_sites, machines_in_use
from fleet.shifts.shift_handover import shifts_by_id
from fleet.storms.closures import impassable_streets
from fleet.storms.storm_lookup import known_storm
from maps.pages.i18n import Translator
from maps.routes.route_sheet import SheetRoute, sheets_data
from maps.routes.route_steps import Surroundings


@dataclass(frozen=True, slots=True)
class Printing:
    """Of which streets, by whose map data, when and in which language sheets are printed."""

    network: StreetNetwork
    attribution: str
    now: datetime
    t: Translator


def plan_sheets(
    tx: Tx, printing: Printing, plan_id: PlanId, shift_ids: Sequence[ShiftId] | None = None
) -> dict[str, object]:
    """Return what `sheets_pdf` prints of a plan: of some shifts, or of all that have work."""
    plan = get_plan(tx, plan_id)
    storm = known_storm(tx, plan.storm_id)
    shifts = shifts_by_id(tx, storm.id)
    routes = [
        one for one in plan.routes if (one.legs if shift_ids is None else one.shift_id in shift_ids)
    ]
    if not routes:
        raise NotFoundError("route", shift_ids[0] if shift_ids else plan_id)
    drivers = login_names(tx)
    vehicles = {vehicle.id: vehicle for vehicle in machines_in_use(tx)}
    sites = all_sites(tx)
    shut, odds = _shut(tx, storm.id, printing), odds_of_ends(tx, storm.id)

    def trip(route: Route) -> SheetRoute:
        vehicle, shift = vehicles[route.vehicle_id], shifts[route.shift_id]
        around = Surroundings(printing.network, sites.reload_sites, sites.depot_name(vehicle))
        driver = drivers.get(shift.driver_id, "") if shift.driver_id is not None else ""
        return SheetRoute(route, vehicle, shift, driver, around, shut, odds)

    trips = [trip(route) for route in routes]
    trips.sort(key=lambda one: one.vehicle.name)
    paper = sheets_data(storm, plan, trips, printing.attribution, printing.now, printing.t)
    return paper | training_word(tx, printing.t)


def _shut(tx: Tx, storm_id: StormId, printing: Printing) -> dict[SegmentId, str]:
    """Return the blocked and closed streets, with reasons."""
    t = printing.t
    blocked, closed = impassable_streets(tx, storm_id, printing.now)
    shut = {segment_id: t("blocked") for segment_id in blocked}
    for one in closed:
        shut[one.segment_id] = (
            t("closed: {reason}", reason=one.reason) if one.reason else t("closed")
        )
    return shut
