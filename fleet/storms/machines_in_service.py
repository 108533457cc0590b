"""Machines in service and reload sites in use in a storm."""

from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError, InvalidError, Need, NotFoundError
from data.model import (
    Actor,
    MachineOut,
    MachineService,
    OutReason,
    ReloadSite,
    ReloadSiteId,
    ShiftState,
    Storm,
    StormId,
    Vehicle,
    VehicleId,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.loans import list_loans_away
from data.store.setup.machines import list_reload_sites, list_vehicles
from data.store.shifts.shifts import add_shifts, list_shifts, set_shift_state
from data.store.storms.storm_conditions import (
    list_machines_out,
    list_machines_taken_out,
    list_sites_out,
    set_machine_in_service,
    set_site_in_use,
)
from data.store.storms.storms import open_storm
from fleet.shifts.shift_handover import is_begun
from fleet.shifts.shift_progress import end_as_it_is
from fleet.storms.storm_start import first_shifts

NOTE_LETTERS = 200


def sites_in_use(tx: Tx, storm_id: StormId) -> list[ReloadSite]:
    """Return the reload sites in use in a storm."""
    out = list_sites_out(tx, storm_id)
    return [site for site in list_reload_sites(tx) if site.id not in out]


def switch_machine(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    vehicle_id: VehicleId,
    service: MachineService,
    now: datetime,
) -> None:
    """Take a machine into or out of service for a storm, with its shifts.

    Out of service it comes for a reason, with words where it is another one. Raises
    `ConflictError` where its driver is on the road, who ends the shift himself, and for a machine
    that another city has.
    """
    in_service, words = service.in_service, service.note.strip()
    if in_service:
        service = MachineService(in_service=True)
    else:
        _check_reason(service.reason, words)
        service = replace(service, note=words)
    storm = open_storm(tx, storm_id)
    vehicle = next((each for each in list_vehicles(tx) if each.id == vehicle_id), None)
    if vehicle is None:
        raise NotFoundError("vehicle", vehicle_id)
    if (vehicle_id not in list_machines_out(tx, storm_id)) == in_service:
        return
    if in_service and any(each.vehicle_id == vehicle_id for each in list_loans_away(tx)):
        raise ConflictError(f"{vehicle.name} is lent", reason="machine_lent", name=vehicle.name)
    set_machine_in_service(tx, storm_id, vehicle_id, service, now, actor.id)
    if storm.phase.on and in_service:
        add_shifts(tx, first_shifts(storm_id, [vehicle], now))
    elif not in_service:
        _end_shifts(tx, actor, storm, vehicle, now)
    verb = "storm.machine_in" if in_service else "storm.machine_out"
    after: dict[str, object] = {"vehicle": vehicle_id, "name": vehicle.name}
    if not in_service:
        after["reason"] = service.reason
    add_event(tx, now, actor, verb, f"storm:{storm_id}", after=after)


def switch_site(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    site_id: ReloadSiteId,
    now: datetime,
    *,
    in_use: bool,
) -> None:
    """Take a reload site into or out of use for a storm."""
    open_storm(tx, storm_id)
    site = next((each for each in list_reload_sites(tx) if each.id == site_id), None)
    if site is None:
        raise NotFoundError("reload_site", site_id)
    if (site_id not in list_sites_out(tx, storm_id)) == in_use:
        return
    set_site_in_use(tx, storm_id, site_id, now, actor.id, in_use=in_use)
    verb = "storm.site_in" if in_use else "storm.site_out"
    after = {"reload_site": site_id, "name": site.name}
    add_event(tx, now, actor, verb, f"storm:{storm_id}", after=after)


def _check_reason(reason: OutReason | None, note: str) -> None:
    if reason is None:
        raise InvalidError("reason", "", Need("why the machine is out of service"))
    if reason is OutReason.OTHER and not note:
        raise InvalidError("note", "", Need("some words, where the reason is another one"))
    if len(note) > NOTE_LETTERS:
        need = Need("at most {max_length} characters", max_length=NOTE_LETTERS)
        raise InvalidError("note", f"{len(note)} letters", need)


def _end_shifts(tx: Tx, actor: Actor, storm: Storm, vehicle: Vehicle, now: datetime) -> None:
    for shift in list_shifts(tx, storm.id):
        if shift.vehicle_id != vehicle.id or shift.over:
            continue
        if is_begun(shift, now):
            words, name = f"{vehicle.name} is on the road", vehicle.name
            raise ConflictError(words, reason="machine_driving", name=name)
        if shift.starts_at < now:
            end_as_it_is(tx, actor, shift, now)
        else:
            set_shift_state(tx, shift.id, ShiftState.CANCELLED)


def machines_taken_out(tx: Tx, storm: Storm | None) -> dict[VehicleId, MachineOut]:
    """Return the machines out of service in a storm, with reasons."""
    return list_machines_taken_out(tx, storm.id) if storm else {}
