"""Reads and writes `fleet.toml`: depots, reload sites and machines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from data.files.toml_reader import InvalidFileError, read_table, read_toml, values_of
from data.files.toml_writer import written_toml
from data.model import Depot, ReloadSite, ReloadSiteId, Vehicle
from data.setup.fleet_columns import machine_terms
from data.setup.fleet_tables import (
    DEFAULT_FILL_MIN,
    DepotTable,
    FleetTable,
    ReloadTable,
    VehicleTable,
    unknown_depots,
    vehicles_from,
)

DEFAULT_FLEET = files("data.samples").joinpath("fleet-small.toml").read_text(encoding="utf-8")
"""Text of the fleet that a new city starts with, comments included."""


URMIA_FLEET = files("data.samples").joinpath("fleet-urmia.toml").read_text(encoding="utf-8")
"""Text of the sample with Urmia's 66 machines."""

BARFABAD_FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text(encoding="utf-8")
"""Text of the sample with the 14 machines of the drawn town."""


@dataclass(frozen=True, slots=True)
class FleetFile:
    """The contents of a `fleet.toml`; ids count from 1 in the order of the file."""

    depots: tuple[Depot, ...]
    reload_sites: tuple[ReloadSite, ...]
    vehicles: tuple[Vehicle, ...]


def fleet_from_toml(text: str) -> FleetFile:
    """Return the fleet of a `fleet.toml`.

    Raises `InvalidFileError` with every mistake, or `InvalidError` for what is no TOML.
    """
    table = read_table(FleetTable, read_toml(text, "fleet.toml"), "fleet.toml")
    depots = tuple(each.depot(n) for n, each in enumerate(table.depot, 1))
    sites = tuple(each.site(n) for n, each in enumerate(table.reload, 1))
    vehicles, too_many = vehicles_from(table.vehicle, depots)
    found = [*unknown_depots([each.depot for each in table.vehicle], depots), *too_many]
    if found:
        below = [each._replace(path=("vehicle", *each.path)) for each in found]
        raise InvalidFileError("fleet.toml", below)
    return FleetFile(depots, sites, vehicles)


def default_fleet(language: str = "") -> str:
    """Return the `fleet.toml` of a new city, with names of machines in its language."""
    text = DEFAULT_FLEET
    english, own = machine_terms("names", "en"), machine_terms("names", language or "en")
    for code, name in english.items():
        text = text.replace(f'"{name}"', f'"{own.get(code, name)}"')
    return text


def with_depots(fleet: FleetFile, depots: Sequence[Depot]) -> FleetFile:
    """Return the fleet with its machines distributed over these depots, if it has none itself.

    Where the file has no reload site either, every depot becomes one. A fleet with depots only
    gets the reload sites.
    """
    if not fleet.depots:
        vehicles = tuple(
            replace(vehicle, depot_id=depots[i % len(depots)].id)
            for i, vehicle in enumerate(fleet.vehicles)
        )
        fleet = replace(fleet, depots=tuple(depots), vehicles=vehicles)
    if not fleet.reload_sites:
        sites = tuple(
            ReloadSite(ReloadSiteId(n), depot.name, depot.location, DEFAULT_FILL_MIN * 60)
            for n, depot in enumerate(fleet.depots, 1)
        )
        fleet = replace(fleet, reload_sites=sites)
    return fleet


def toml_from_fleet(fleet: FleetFile, head: str = "") -> str:
    """Return a fleet as the text of a `fleet.toml`; `fleet_from_toml` reads back the same fleet."""
    names = {depot.id: depot.name for depot in fleet.depots}
    table = FleetTable(
        depot=tuple(map(DepotTable.of, fleet.depots)),
        reload=tuple(map(ReloadTable.of, fleet.reload_sites)),
        vehicle=tuple(VehicleTable.of(each, names.get(each.depot_id)) for each in fleet.vehicles),
    )
    return written_toml(values_of(table), head)


def with_depots_of(text: str, depots: Sequence[Depot]) -> str:
    """Return the text of a `fleet.toml` without depots, with these depots added."""
    table = FleetTable(depot=tuple(map(DepotTable.of, depots)))
    return f"{text}\n{written_toml(values_of(table))}"
