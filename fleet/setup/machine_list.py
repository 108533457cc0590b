"""Machines, depots and reload sites for lists and choices on pages."""

from typing import NamedTuple

from data.model import Depot, ReloadSite, Vehicle, VehicleId
from data.store.database.engine import Tx
from data.store.setup.machines import get_vehicle, list_depots, list_reload_sites, list_vehicles


class Sites(NamedTuple):
    """Depots and reload sites."""

    depots: tuple[Depot, ...]
    reload_sites: tuple[ReloadSite, ...]

    def depot_name(self, machine: Vehicle) -> str:
        """Return the name of a machine's depot; empty for one that was removed."""
        return next((one.name for one in self.depots if one.id == machine.depot_id), "")


def all_sites(tx: Tx) -> Sites:
    """Return all depots in use and all reload sites."""
    return Sites(tuple(list_depots(tx)), tuple(list_reload_sites(tx)))


def machines_in_use(tx: Tx) -> list[Vehicle]:
    """Return the machines in use, by id."""
    return list_vehicles(tx)


def known_machine(tx: Tx, vehicle_id: VehicleId) -> Vehicle:
    """Return a machine, retired or not; raise `NotFoundError`."""
    return get_vehicle(tx, vehicle_id)


def machine_names(tx: Tx) -> dict[VehicleId, str]:
    """Return what each machine in use is called."""
    return {one.id: one.name for one in list_vehicles(tx)}
