"""Depots, reload sites and vehicles as rows; the fleet file is their source."""

from collections.abc import Collection

from sqlalchemy import Table, delete, insert, select, update

from data.model import (
    Depot,
    ReloadSite,
    Vehicle,
    VehicleId,
)
from data.setup.fleet_file import FleetFile
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, records, row_of
from data.store.schema import depot, reload_site, vehicle


def save_fleet(tx: Tx, fleet: FleetFile) -> None:
    """Make the rows say what the file says; names are identity.

    A vehicle that left the file is retired, since shifts and positions still name it. A depot that
    left stays while a retired vehicle names it; a reload site goes.
    """
    depot_ids = {site.id: _upsert(tx, depot, row_of(site, depot)) for site in fleet.depots}
    tx.execute(delete(reload_site))
    for reload in fleet.reload_sites:
        _upsert(tx, reload_site, row_of(reload, reload_site))
    tx.execute(update(vehicle).values(retired=True))
    for machine in fleet.vehicles:
        depot_id = depot_ids[machine.depot_id]
        _upsert(tx, vehicle, row_of(machine, vehicle, depot_id=depot_id, retired=False))
    still_named = select(vehicle.c.depot_id)
    tx.execute(
        delete(depot).where(depot.c.id.not_in(depot_ids.values()), depot.c.id.not_in(still_named))
    )


def get_fleet(tx: Tx) -> FleetFile:
    """Return what is in force, as the rows say it: ids are theirs, assumed depots among them."""
    return FleetFile(tuple(list_depots(tx)), tuple(list_reload_sites(tx)), tuple(list_vehicles(tx)))


def rename_vehicle(tx: Tx, old: str, new: str) -> None:
    """Let a vehicle keep its past under a new name; the caller knows that the name is free."""
    tx.execute(update(vehicle).where(vehicle.c.name == old).values(name=new))


def rename_depot(tx: Tx, old: str, new: str) -> None:
    """Rename a depot; one of that name that only retired vehicles remember becomes the same."""
    depot_id = tx.execute(select(depot.c.id).where(depot.c.name == old)).scalar_one()
    hidden = select(depot.c.id).where(depot.c.name == new).scalar_subquery()
    tx.execute(update(vehicle).where(vehicle.c.depot_id == hidden).values(depot_id=depot_id))
    tx.execute(delete(depot).where(depot.c.name == new))
    tx.execute(update(depot).where(depot.c.id == depot_id).values(name=new))


def is_retired(tx: Tx, name: str) -> bool:
    """Whether a vehicle of this name has left the fleet."""
    query = select(vehicle.c.retired).where(vehicle.c.name == name)
    return bool(tx.execute(query).scalar())


def list_depots(tx: Tx) -> list[Depot]:
    """Return the depots that a vehicle in use may start from, by id."""
    in_use = select(vehicle.c.depot_id).where(vehicle.c.retired.is_(False))
    named_only_by_retired = depot.c.id.in_(
        select(vehicle.c.depot_id).where(vehicle.c.retired)
    ) & depot.c.id.not_in(in_use)
    rows = tx.execute(select(depot).where(~named_only_by_retired).order_by(depot.c.id))
    return records(Depot, rows)


def list_reload_sites(tx: Tx) -> list[ReloadSite]:
    """Return the reload sites, by id."""
    return records(ReloadSite, tx.execute(select(reload_site).order_by(reload_site.c.id)))


def list_vehicles(tx: Tx) -> list[Vehicle]:
    """Return the vehicles in use, by id."""
    query = select(vehicle).where(vehicle.c.retired.is_(False)).order_by(vehicle.c.id)
    return records(Vehicle, tx.execute(query))


def list_named_vehicles(tx: Tx, vehicle_ids: Collection[VehicleId]) -> list[Vehicle]:
    """Return these vehicles, retired or not, by id."""
    query = select(vehicle).where(vehicle.c.id.in_(vehicle_ids)).order_by(vehicle.c.id)
    return records(Vehicle, tx.execute(query))


def get_vehicle(tx: Tx, vehicle_id: VehicleId) -> Vehicle:
    """Return the vehicle, retired or not."""
    return get_record(
        Vehicle,
        tx.execute(select(vehicle).where(vehicle.c.id == vehicle_id)),
        "vehicle",
        vehicle_id,
    )


def find_vehicle_by_name(tx: Tx, name: str) -> Vehicle | None:
    """Return the vehicle in use of this name."""
    query = select(vehicle).where(vehicle.c.name == name, vehicle.c.retired.is_(False))
    return first_record(Vehicle, tx.execute(query))


def _upsert(tx: Tx, table: Table, values: dict[str, object]) -> int:
    found = tx.execute(select(table.c.id).where(table.c.name == values["name"])).scalar()
    if found is not None:
        tx.execute(update(table).where(table.c.id == found).values(values))
        return int(found)
    new = tx.execute(insert(table).values(values).returning(table.c.id))
    return int(new.scalar_one())
