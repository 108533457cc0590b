"""The drives of storms, read from what was stored of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from data.model import DirectedSegment, Route, Storm, VehicleId
from data.model.work import SkipReason
from data.store.coverage.coverage import list_work_and_drives
from data.store.database.engine import Tx
from data.store.planning.plans import list_plans
from data.store.replay import list_vehicles_with_fixes
from data.store.setup.city import get_city
from data.store.setup.machines import list_reload_sites
from data.store.shifts.blockages import list_blockages
from data.store.shifts.shifts import list_shifts
from data.store.storms.closures import list_all_closures
from data.streets.network import StreetNetwork
from fleet.coverage.route_expectations import ExpectationCache, published_at
from fleet.coverage.snow_accumulation import accumulation_of
from fleet.learning.street_drives import StormDrives, StormFacts, drives_of
from fleet.learning.street_exits import DrivenRoutes, exits_of
from fleet.learning.stretches import rows_of

NEVER = datetime.max.replace(tzinfo=UTC)


def drives_in(
    tx: Tx, storms: Iterable[Storm], network: StreetNetwork, now: datetime
) -> StormDrives:
    """Return what was driven in storms, one after another; streets of former files are left out."""
    found = StormDrives()
    for storm in storms:
        found += _drives_in(tx, storm, network, storm.ended_at or now)
    return found


def _drives_in(tx: Tx, storm: Storm, network: StreetNetwork, until: datetime) -> StormDrives:
    seen = list_work_and_drives(tx, storm.id, {segment.id for segment in network.segments})
    zone = ZoneInfo(get_city(tx).timezone)
    orders = ExpectationCache().during(tx, [storm.id])

    def local_hour(at: datetime) -> float:
        here = at.astimezone(zone)
        return here.hour + here.minute / 60

    def on_route(vehicle_id: VehicleId, at: datetime, way: DirectedSegment) -> bool | None:
        order = orders.at(vehicle_id, at)
        return None if order is None else way in order.work or way in order.drive

    machines = list_vehicles_with_fixes(tx, storm.started_at, until)
    facts = StormFacts(
        storm_id=storm.id,
        network=network,
        machines={one.id: one for one in machines},
        sites=list_reload_sites(tx),
        lying_mm=accumulation_of(storm).lying_mm if storm.snowfall else None,
        local_hour=local_hour,
        on_route=on_route,
    )
    rows = rows_of((one for passes in seen.values() for one in passes), facts.machines)
    exits = exits_of(rows, facts, _driven_routes(tx, storm))
    return replace(drives_of(rows, facts), exits=tuple(exits))


def _driven_routes(tx: Tx, storm: Storm) -> DrivenRoutes:
    routes: defaultdict[VehicleId, list[tuple[datetime, Route]]] = defaultdict(list)
    for plan in list_plans(tx, storm.id):
        for at in published_at(tx, plan.id):
            for route in plan.routes:
                routes[route.vehicle_id].append((at, route))
    shifts, closures = list_shifts(tx, storm.id), list_all_closures(tx, storm.id)
    reports = [one for one in list_blockages(tx, storm.id) if one.reason is SkipReason.BLOCKED]

    def driver(vehicle_id: VehicleId, at: datetime) -> str:
        mine = (each for each in shifts if each.vehicle_id == vehicle_id)
        known = [each.driver_id for each in mine if each.starts_at <= at < each.ends_at]
        unknown = f"of machine {vehicle_id}"
        return unknown if not known or known[-1] is None else str(known[-1])

    def shut(way: DirectedSegment, at: datetime) -> bool:
        closed = (
            each.segment_id == way.segment_id
            and each.forward in (None, way.forward)
            and each.holds_at(at)
            for each in closures
        )
        return any(closed) or any(
            each.segment_id == way.segment_id
            and each.reported_at <= at < (each.cleared_at or NEVER)
            for each in reports
        )

    ordered = {one: sorted(known, key=lambda each: each[0]) for one, known in routes.items()}
    return DrivenRoutes(ordered, driver, shut)
