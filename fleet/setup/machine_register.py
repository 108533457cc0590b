"""The register of machines, depots and reload sites: single changes, files, and undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from data.errors import ConflictError, InvalidError, NotFoundError
from data.files.toml_writer import head_of
from data.model import (
    Actor,
    Depot,
    DepotId,
    Event,
    LonLat,
    ReloadSite,
    ReloadSiteId,
    Vehicle,
    VehicleId,
)
from data.setup.fleet_file import FleetFile, toml_from_fleet
from data.store.audit.audit_log import add_event, find_last_event
from data.store.database.engine import Tx
from data.store.setup.city import get_fleet_text, set_fleet_text
from data.store.setup.loans import list_loans_to_come
from data.store.setup.machines import (
    get_fleet,
    is_retired,
    list_vehicles,
    rename_depot,
    rename_vehicle,
)
from data.store.shifts.shifts import add_shifts, list_shifts
from data.store.storms.storms import find_active_storm, list_coming_storms
from data.streets.network import StreetNetwork
from fleet.setup.city_setup import set_fleet
from fleet.storms.storm_start import first_shifts
from fleet.tracking.geofences import holds

FLEET_SET = "fleet.set"
UNDONE = "undone"
FARTHEST_M = 2_000.0
"""How far from the streets of the city a yard may be: farther is a slip of the hand."""

NEW = 0
"""Id of a depot, site or machine that is to be added."""


@dataclass(frozen=True, slots=True)
class SiteArea:
    """Geofence of a yard or reload site as wished; `None` leaves it as it is.

    An empty `polygon` takes away what was drawn.
    """

    radius_m: float | None = None
    polygon: tuple[LonLat, ...] | None = None


UNSAID = SiteArea()
"""A site area stays as it is."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A change for the audit log: `what` happened to the thing of this `name`."""

    what: str
    name: str = ""
    depots: Mapping[str, str] = field(default_factory=dict)
    machines: Mapping[str, str] = field(default_factory=dict)

    def note(self) -> dict[str, object]:
        """Return the change as an event keeps it, old names with their new ones."""
        renamed = {"depots": dict(self.depots), "machines": dict(self.machines)}
        return {"what": self.what, "name": self.name, "renamed": renamed}


def fleet_text(tx: Tx) -> str:
    """Return the `fleet.toml` in force."""
    return get_fleet_text(tx) or toml_from_fleet(get_fleet(tx))


def find_last_change(tx: Tx) -> Event | None:
    """Return the last change of the fleet, which `undo_fleet` undoes."""
    return find_last_event(tx, FLEET_SET)


def save_depot(
    tx: Tx,
    actor: Actor,
    depot: Depot,
    base: int,
    network: StreetNetwork,
    now: datetime,
    area: SiteArea = UNSAID,
) -> FleetFile:
    """Add a depot or change the one of its id, which keeps its machines.

    `base` is the last change that the editor has seen, 0 for none: see `_unchanged`.
    """
    fleet = _unchanged(tx, base)
    _refuse_far_away(depot, network)
    old = _known("depot", fleet.depots, depot.id)
    _refuse_taken(depot, fleet.depots)
    renamed = {old.name: depot.name} if old is not None and old.name != depot.name else {}
    change = _Change("depot.changed" if old else "depot.added", depot.name, depots=renamed)
    new = replace(fleet, depots=_put(fleet.depots, _on(area, depot, old)))
    return _save(tx, actor, new, change, network, now)


def remove_depot(
    tx: Tx,
    actor: Actor,
    depot_id: DepotId,
    move_to: DepotId | None,
    base: int,
    network: StreetNetwork,
    now: datetime,
) -> FleetFile:
    """Remove a depot whose machines, if it has any, move to another one."""
    fleet = _unchanged(tx, base)
    depot = _existing("depot", fleet.depots, depot_id)
    if len(fleet.depots) == 1:
        raise ConflictError("the last depot cannot go", reason="last_depot", name=depot.name)
    users = [each for each in fleet.vehicles if each.depot_id == depot_id]
    if users and move_to is None:
        message = f"{len(users)} machines start at {depot.name!r}"
        raise ConflictError(message, reason="depot_used", name=depot.name, count=len(users))
    if move_to is not None:
        _existing("depot", [each for each in fleet.depots if each.id != depot_id], move_to)
    moved = tuple(
        replace(each, depot_id=move_to) if each.depot_id == depot_id and move_to else each
        for each in fleet.vehicles
    )
    left = replace(fleet, depots=_without(fleet.depots, depot_id), vehicles=moved)
    return _save(tx, actor, left, _Change("depot.removed", depot.name), network, now)


def save_reload_site(
    tx: Tx,
    actor: Actor,
    site: ReloadSite,
    base: int,
    network: StreetNetwork,
    now: datetime,
    area: SiteArea = UNSAID,
) -> FleetFile:
    """Add a reload site or change the one of its id."""
    fleet = _unchanged(tx, base)
    _refuse_far_away(site, network)
    old = _known("reload_site", fleet.reload_sites, site.id)
    _refuse_taken(site, fleet.reload_sites)
    change = _Change("site.changed" if old else "site.added", site.name)
    new = replace(fleet, reload_sites=_put(fleet.reload_sites, _on(area, site, old)))
    return _save(tx, actor, new, change, network, now)


def remove_reload_site(
    tx: Tx, actor: Actor, site_id: ReloadSiteId, base: int, network: StreetNetwork, now: datetime
) -> FleetFile:
    """Remove a reload site, but not the last one."""
    fleet = _unchanged(tx, base)
    site = _existing("reload_site", fleet.reload_sites, site_id)
    if len(fleet.reload_sites) == 1:
        raise ConflictError("the last site cannot go", reason="last_site", name=site.name)
    left = replace(fleet, reload_sites=_without(fleet.reload_sites, site_id))
    return _save(tx, actor, left, _Change("site.removed", site.name), network, now)


def save_machine(
    tx: Tx, actor: Actor, machine: Vehicle, base: int, network: StreetNetwork, now: datetime
) -> FleetFile:
    """Add a machine or change the one of its id, which keeps its past under a new name too."""
    fleet = _unchanged(tx, base)
    old = _known("vehicle", fleet.vehicles, machine.id)
    _existing("depot", fleet.depots, machine.depot_id)
    _refuse_taken(machine, fleet.vehicles)
    renamed = {old.name: machine.name} if old is not None and old.name != machine.name else {}
    change = _Change("machine.changed" if old else "machine.added", machine.name, machines=renamed)
    new = replace(fleet, vehicles=_put(fleet.vehicles, machine))
    return _save(tx, actor, new, change, network, now)


def remove_machine(
    tx: Tx, actor: Actor, machine_id: VehicleId, base: int, network: StreetNetwork, now: datetime
) -> FleetFile:
    """Retire a machine; its history stays."""
    fleet = _unchanged(tx, base)
    machine = _existing("vehicle", fleet.vehicles, machine_id)
    if len(fleet.vehicles) == 1:
        raise ConflictError("the last machine cannot go", reason="last_machine", name=machine.name)
    left = replace(fleet, vehicles=_without(fleet.vehicles, machine_id))
    return _save(tx, actor, left, _Change("machine.removed", machine.name), network, now)


def take_fleet_file(
    tx: Tx, actor: Actor, text: str, base: int, network: StreetNetwork, now: datetime
) -> FleetFile:
    """Put a whole `fleet.toml` in force, byte for byte."""
    _unchanged(tx, base)
    return _set(tx, actor, text, _Change("file.taken"), network, now)


def undo_fleet(
    tx: Tx, actor: Actor, change: int, network: StreetNetwork, now: datetime
) -> FleetFile:
    """Undo the last change, which must still be this one; undoing again redoes it."""
    _unchanged(tx, change)
    last = find_last_change(tx)
    if last is None:
        raise ConflictError("nothing has been changed yet", reason="nothing_to_undo")
    back = _taken_back(last.after)
    return _set(tx, actor, str(last.before["fleet"]), back, network, now)


def _taken_back(after: Mapping[str, Any]) -> _Change:
    renamed = after.get("renamed", {})
    return _Change(
        UNDONE,
        str(after.get("name", "")),
        depots={new: old for old, new in renamed.get("depots", {}).items()},
        machines={new: old for old, new in renamed.get("machines", {}).items()},
    )


def _unchanged(tx: Tx, base: int) -> FleetFile:
    """Return the fleet; raise `ConflictError` where it changed since it was shown."""
    last = find_last_change(tx)
    if (last.id if last else 0) != base:
        raise ConflictError("somebody has changed the fleet meanwhile", reason="fleet_changed")
    return get_fleet(tx)


def _save(
    tx: Tx, actor: Actor, fleet: FleetFile, change: _Change, network: StreetNetwork, now: datetime
) -> FleetFile:
    return _set(tx, actor, text_of(tx, fleet), change, network, now)


def _set(
    tx: Tx, actor: Actor, text: str, change: _Change, network: StreetNetwork, now: datetime
) -> FleetFile:
    set_fleet_text(tx, fleet_text(tx))  # names in it are those of now, for who takes this back
    before = list_vehicles(tx)
    for old, new in change.depots.items():
        rename_depot(tx, old, new)
    for old, new in change.machines.items():
        if is_retired(tx, new):
            message = f"a machine {new!r} has left the fleet"
            raise ConflictError(message, reason="name_of_retired", name=new)
        rename_vehicle(tx, old, new)
    fleet = set_fleet(tx, actor, text, network, now, change.note())
    _keep_lent(tx, before)
    _follow_storm(tx, actor, before, now)
    return fleet


def _keep_lent(tx: Tx, before: Sequence[Vehicle]) -> None:
    """Refuse to remove a machine that another city has or is to get."""
    kept = {each.id for each in list_vehicles(tx)}
    promised = {each.vehicle_id for each in list_loans_to_come(tx)}
    for each in before:
        if each.id in promised - kept:
            raise ConflictError(f"{each.name} is lent", reason="machine_lent", name=each.name)


def _follow_storm(tx: Tx, actor: Actor, before: Sequence[Vehicle], now: datetime) -> None:
    """Give new machines a shift in the active storm; refuse to remove one that has one.

    One that is on the roster of a coming storm is not removed either: that storm could not be
    planned.
    """
    storm, present = find_active_storm(tx), list_vehicles(tx)
    storms = [*([] if storm is None else [storm]), *list_coming_storms(tx)]
    busy = {
        turn.vehicle_id for each in storms for turn in list_shifts(tx, each.id) if not turn.over
    }
    known, kept = {each.id for each in before}, {each.id for each in present}
    lost = [each.name for each in before if each.id not in kept and each.id in busy]
    if lost:
        message = f"in service: {', '.join(lost)}"
        raise ConflictError(message, reason="machine_in_service", name=lost[0], count=len(lost))
    added = [each for each in present if each.owned and each.id not in known | busy]
    if added and storm is not None:
        add_shifts(tx, first_shifts(storm.id, added, now))
        after = {"vehicles": [each.name for each in added]}
        add_event(tx, now, actor, "storm.joined", f"storm:{storm.id}", after=after)


def text_of(tx: Tx, fleet: FleetFile) -> str:
    """Return a fleet as a file under the opening comment of the one in force."""
    return toml_from_fleet(fleet, head_of(get_fleet_text(tx)))


def _known[T: Depot | ReloadSite | Vehicle](kind: str, things: Sequence[T], key: int) -> T | None:
    return None if key == NEW else _existing(kind, things, key)


def _existing[T: Depot | ReloadSite | Vehicle](kind: str, things: Sequence[T], key: int) -> T:
    found = next((each for each in things if each.id == key), None)
    if found is None:
        raise NotFoundError(kind, key)
    return found


def _on[T: Depot | ReloadSite](area: SiteArea, site: T, old: T | None) -> T:
    """Return a site with the wished geofence, else the one it had.

    What was drawn stays where it was drawn, and goes with a pin that leaves it.
    """
    kept = old or site
    radius_m = kept.radius_m if area.radius_m is None else area.radius_m
    stays = old is None or old.location == site.location or holds(old.polygon, site.location)
    drawn = kept.polygon if stays else ()
    polygon = drawn if area.polygon is None else area.polygon
    return replace(site, radius_m=radius_m, polygon=polygon)


def _refuse_far_away(place: Depot | ReloadSite, network: StreetNetwork) -> None:
    if network.nearest(place.location, FARTHEST_M) is None:
        got = f"{place.location.lat:.4f}, {place.location.lon:.4f}"
        raise InvalidError("place", got, "a place within 2 km of a street")


def _refuse_taken[T: Depot | ReloadSite | Vehicle](thing: T, things: Sequence[T]) -> None:
    if any(each.name == thing.name and each.id != thing.id for each in things):
        message = f"{thing.name!r} is taken"
        raise ConflictError(message, reason="name_taken", name=thing.name)


def _put[T: Depot | ReloadSite | Vehicle](things: Sequence[T], thing: T) -> tuple[T, ...]:
    """Return the things with this one in its place, or at the end where it is new."""
    if thing.id == NEW:
        return (*things, thing)
    return tuple(thing if each.id == thing.id else each for each in things)


def _without[T: Depot | ReloadSite | Vehicle](things: Sequence[T], key: int) -> tuple[T, ...]:
    return tuple(each for each in things if each.id != key)
