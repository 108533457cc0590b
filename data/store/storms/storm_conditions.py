"""Snowfall entries, moves from phase to phase, machines and reload sites of a storm, as rows."""

from datetime import datetime

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from data.model import (
    OWN,
    MachineOut,
    MachineService,
    ReloadSiteId,
    SnowEntry,
    SnowEntryId,
    StormId,
    StormMove,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import loan, snow_entry, storm_machine, storm_move, storm_site, vehicle
from data.store.setup.loans import AWAY


def add_move(tx: Tx, storm_id: StormId, move: StormMove) -> None:
    """Note that a storm came into a phase."""
    tx.execute(
        insert(storm_move).values(
            storm_id=storm_id, phase=move.phase, at=move.at, moved_by=move.moved_by
        )
    )


def list_moves(tx: Tx, storm_id: StormId) -> list[StormMove]:
    """Return how a storm went from phase to phase, oldest first."""
    query = select(storm_move).where(storm_move.c.storm_id == storm_id).order_by(storm_move.c.id)
    return records(StormMove, tx.execute(query))


def add_snow_entry(tx: Tx, new: SnowEntry) -> SnowEntry:
    """Add a snowfall entry; its id is ignored, the database gives a new one."""
    return only_record(
        SnowEntry,
        tx.execute(insert(snow_entry).values(row_of(new, snow_entry)).returning(snow_entry)),
    )


def get_snow_entry(tx: Tx, entry_id: SnowEntryId) -> SnowEntry:
    """Return the snowfall entry, also one that was withdrawn."""
    return get_record(
        SnowEntry,
        tx.execute(select(snow_entry).where(snow_entry.c.id == entry_id)),
        "snow_entry",
        entry_id,
    )


def list_snow_entries(tx: Tx, storm_id: StormId) -> list[SnowEntry]:
    """Return the snowfall entries of a storm in the order they were made, withdrawn ones too."""
    query = select(snow_entry).where(snow_entry.c.storm_id == storm_id).order_by(snow_entry.c.id)
    return records(SnowEntry, tx.execute(query))


def set_withdrawn(
    tx: Tx, entry_id: SnowEntryId, withdrawn_at: datetime | None, withdrawn_by: str
) -> None:
    """Let a snowfall entry hold no more, or again (`None`)."""
    change = update(snow_entry).where(snow_entry.c.id == entry_id)
    tx.execute(change.values(withdrawn_at=withdrawn_at, withdrawn_by=withdrawn_by))


def list_machines_out(tx: Tx, storm_id: StormId) -> frozenset[VehicleId]:
    """Return the machines that are not in service in a storm.

    The city's own are, unless somebody took them out; others are once they were taken in. What
    another city has is not.
    """
    said = (storm_machine.c.vehicle_id == vehicle.c.id) & (storm_machine.c.storm_id == storm_id)
    serves = func.coalesce(storm_machine.c.in_service, vehicle.c.owner == OWN)
    lent = vehicle.c.id.in_(select(loan.c.vehicle_id).where(loan.c.state.in_(AWAY)))
    query = select(vehicle.c.id).outerjoin(storm_machine, said).where(or_(~serves, lent))
    return frozenset(VehicleId(one) for one in tx.scalars(query))


def list_machines_taken_out(tx: Tx, storm_id: StormId) -> dict[VehicleId, MachineOut]:
    """Return the machines that somebody took out of service in a storm, with why."""
    query = select(
        storm_machine.c.vehicle_id,
        storm_machine.c.reason,
        storm_machine.c.note,
        storm_machine.c.changed_at.label("since"),
        storm_machine.c.changed_by.label("by"),
    ).where(storm_machine.c.storm_id == storm_id, storm_machine.c.in_service.is_(False))
    return {each.vehicle_id: each for each in records(MachineOut, tx.execute(query))}


def set_machine_in_service(
    tx: Tx,
    storm_id: StormId,
    vehicle_id: VehicleId,
    service: MachineService,
    changed_at: datetime,
    changed_by: str,
) -> None:
    """Say whether a machine is in service in a storm, and why it is not."""
    key = {"storm_id": storm_id, "vehicle_id": vehicle_id}
    values = {
        "in_service": service.in_service,
        "changed_at": changed_at,
        "changed_by": changed_by,
        "reason": service.reason,
        "note": service.note,
    }
    new = insert_or_update(storm_machine).values(**key, **values)
    tx.execute(new.on_conflict_do_update(index_elements=[*key], set_=values))


def list_sites_out(tx: Tx, storm_id: StormId) -> frozenset[ReloadSiteId]:
    """Return the reload sites that are not in use in a storm."""
    query = select(storm_site.c.reload_site_id).where(
        storm_site.c.storm_id == storm_id, storm_site.c.in_use.is_(False)
    )
    return frozenset(ReloadSiteId(one) for one in tx.scalars(query))


def set_site_in_use(
    tx: Tx,
    storm_id: StormId,
    site_id: ReloadSiteId,
    changed_at: datetime,
    changed_by: str,
    *,
    in_use: bool,
) -> None:
    """Say whether a reload site is in use in a storm."""
    key = {"storm_id": storm_id, "reload_site_id": site_id}
    values = {"in_use": in_use, "changed_at": changed_at, "changed_by": changed_by}
    new = insert_or_update(storm_site).values(**key, **values)
    tx.execute(new.on_conflict_do_update(index_elements=[*key], set_=values))
