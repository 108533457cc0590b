"""The drives of storms, read from what was stored of them."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from data.model import DirectedSegment, SegmentId, Storm, VehicleId
from data.store.coverage.coverage import list_work_and_drives
from data.store.database.engine import Tx
from data.store.replay import list_vehicles_with_fixes
from data.store.setup.city import get_city
from data.store.setup.machines import list_named_vehicles, list_reload_sites
from data.streets.network import StreetNetwork
from fleet.coverage.route_expectations import ExpectationCache
from fleet.coverage.snow_accumulation import accumulation_of
from fleet.learning.deviations.driven_orders import driven_orders
from fleet.learning.deviations.storm_routes import driven_routes
from fleet.learning.deviations.untaken_ways import missed_ways, taken_ways
from fleet.learning.street_drives import StormDrives, StormFacts, TakenWay, drives_of
from fleet.learning.stretches import rows_of


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
    passes = [one for row in seen.values() for one in row]
    rows = rows_of(passes, facts.machines)
    led = driven_routes(tx, storm)
    return replace(
        drives_of(rows, facts),
        missed=tuple(missed_ways(rows, facts, led)),
        taken=taken_ways(passes, facts.machines, network),
        orders=tuple(driven_orders(rows, facts, led)),
    )


def taken_in(
    tx: Tx,
    storms: Iterable[Storm],
    network: StreetNetwork,
    segments: Collection[SegmentId],
) -> frozenset[TakenWay]:
    """Return which of these streets, and turns between them, were taken in storms at all."""
    found: frozenset[TakenWay] = frozenset()
    for storm in storms:
        seen = list_work_and_drives(tx, storm.id, segments)
        passes = [one for row in seen.values() for one in row]
        machines = list_named_vehicles(tx, {one.vehicle_id for one in passes if one.vehicle_id})
        found |= taken_ways(passes, {one.id: one for one in machines}, network)
    return found
