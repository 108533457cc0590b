"""Shifts and the progress of their legs, as rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.model import (
    LegOutcome,
    LegProgress,
    PlanId,
    Shift,
    ShiftId,
    ShiftState,
    StormId,
    UserId,
    VehicleId,
)
from data.store.audit.changed_rows import mark_added, mark_changed
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.database.vehicle_parts import ALL_PARTS, Parts, is_in_parts
from data.store.schema import leg_progress, plan, shift


def add_shifts(tx: Tx, shifts: Iterable[Shift]) -> None:
    """Add shifts; their ids are ignored, the database gives new ones."""
    rows = [row_of(turn, shift) for turn in shifts]
    if rows:
        mark_added(tx, shift, tx.scalars(insert(shift).returning(shift.c.id), rows))


def add_shift(tx: Tx, new: Shift) -> Shift:
    """Add a shift; its id is ignored, the database gives a new one."""
    added = tx.execute(insert(shift).values(row_of(new, shift)).returning(shift))
    kept = only_record(Shift, added)
    mark_added(tx, shift, [kept.id])
    return kept


def get_shift(tx: Tx, shift_id: ShiftId) -> Shift:
    """Return the shift."""
    return get_record(
        Shift, tx.execute(select(shift).where(shift.c.id == shift_id)), "shift", shift_id
    )


def list_shifts(tx: Tx, storm_id: StormId) -> list[Shift]:
    """Return the shifts of a storm, by id."""
    query = select(shift).where(shift.c.storm_id == storm_id).order_by(shift.c.id)
    return records(Shift, tx.execute(query))


def list_shifts_between(tx: Tx, since: datetime, until: datetime) -> list[Shift]:
    """Return the shifts of all storms that touch a time, by their start."""
    query = select(shift).where(shift.c.starts_at < until, shift.c.ends_at > since)
    return records(Shift, tx.execute(query.order_by(shift.c.starts_at, shift.c.id)))


def list_shifts_of_driver(tx: Tx, driver_id: UserId) -> list[Shift]:
    """Return the shifts of a driver in all storms, by their start."""
    query = select(shift).where(shift.c.driver_id == driver_id)
    return records(Shift, tx.execute(query.order_by(shift.c.starts_at, shift.c.id)))


def save_shift(tx: Tx, changed: Shift) -> None:
    """Write driver, times and state of a shift over what was; the caller writes the event."""
    values = {
        "driver_id": changed.driver_id,
        "starts_at": changed.starts_at,
        "ends_at": changed.ends_at,
        "state": changed.state,
    }
    _change(tx, changed.id, values)


def list_ended_shifts(tx: Tx, storm_id: StormId) -> set[ShiftId]:
    """Return the shifts of a storm that are over."""
    query = select(shift.c.id).where(
        shift.c.storm_id == storm_id,
        shift.c.state.in_([ShiftState.ENDED, ShiftState.CANCELLED]),
    )
    return {ShiftId(each) for each in tx.scalars(query)}


def set_driver(tx: Tx, shift_id: ShiftId, driver_id: UserId) -> None:
    """Say who drives a shift; the caller writes the event."""
    _change(tx, shift_id, {"driver_id": driver_id})


def set_shift_state(tx: Tx, shift_id: ShiftId, state: ShiftState) -> None:
    """Put a shift into a state; the caller checked the old one and writes the event."""
    _change(tx, shift_id, {"state": state})


def set_shift_start(tx: Tx, shift_id: ShiftId, starts_at: datetime) -> None:
    """Say when a shift begins; the caller writes the event."""
    _change(tx, shift_id, {"starts_at": starts_at})


def _change(tx: Tx, shift_id: ShiftId, values: Mapping[str, object]) -> None:
    tx.execute(update(shift).where(shift.c.id == shift_id).values(**values))
    mark_changed(tx, shift, [shift_id])


def save_progress(tx: Tx, progress: LegProgress) -> None:
    """Write what happened to a leg over what was known before."""
    key = {
        "plan_id": progress.plan_id,
        "shift_id": progress.shift_id,
        "leg": progress.leg,
    }
    values = {
        "state": progress.state,
        "started_at": progress.started_at,
        "ended_at": progress.ended_at,
        "reason": progress.reason,
        "at_end": progress.at_end,
    }
    row = upsert(leg_progress).values(**key, **values)
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))


def remove_progress(tx: Tx, progress: LegProgress) -> None:
    """Forget what happened to a leg; the caller writes the event."""
    tx.execute(
        delete(leg_progress).where(
            leg_progress.c.plan_id == progress.plan_id,
            leg_progress.c.shift_id == progress.shift_id,
            leg_progress.c.leg == progress.leg,
        )
    )


def list_progress(tx: Tx, plan_id: PlanId, shift_id: ShiftId) -> list[LegProgress]:
    """Return what happened to the legs of a route so far, by leg."""
    query = select(leg_progress).where(
        leg_progress.c.plan_id == plan_id, leg_progress.c.shift_id == shift_id
    )
    return records(LegProgress, tx.execute(query.order_by(leg_progress.c.leg)))


def list_progress_of_shift(tx: Tx, storm_id: StormId, shift_id: ShiftId) -> list[LegProgress]:
    """Return what happened to the legs of all routes that a shift of a storm had so far."""
    plans = select(plan.c.id).where(plan.c.storm_id == storm_id)
    query = select(leg_progress).where(
        leg_progress.c.plan_id.in_(plans), leg_progress.c.shift_id == shift_id
    )
    ordered = query.order_by(leg_progress.c.plan_id, leg_progress.c.leg)
    return records(LegProgress, tx.execute(ordered))


def list_progress_of_plan(tx: Tx, plan_id: PlanId) -> dict[ShiftId, list[LegProgress]]:
    """Return what happened to the legs of all routes of a plan, by shift and leg."""
    query = select(leg_progress).where(leg_progress.c.plan_id == plan_id)
    found: dict[ShiftId, list[LegProgress]] = defaultdict(list)
    ordered = query.order_by(leg_progress.c.shift_id, leg_progress.c.leg)
    for one in records(LegProgress, tx.execute(ordered)):
        found[one.shift_id].append(one)
    return found


def list_unproved(
    tx: Tx,
    storm_id: StormId,
    state: LegOutcome,
    until: datetime,
    limit: int,
    parts: Parts = ALL_PARTS,
) -> list[LegProgress]:
    """Return the legs of a storm that came to a state by a time and are no evidence yet.

    Of the vehicles in `parts` only.
    """
    query = _legs_in(storm_id, state, proved=False).where(
        leg_progress.c.ended_at <= until, is_in_parts(shift.c.vehicle_id, parts)
    )
    return records(LegProgress, tx.execute(query.limit(limit)))


def list_proved(
    tx: Tx, storm_id: StormId, vehicle_id: VehicleId, state: LegOutcome, since: datetime
) -> list[LegProgress]:
    """Return a vehicle's legs that came to a state at a time or later and are evidence already."""
    query = _legs_in(storm_id, state, proved=True).where(
        shift.c.vehicle_id == vehicle_id, leg_progress.c.ended_at >= since
    )
    return records(LegProgress, tx.execute(query))


def _legs_in(storm_id: StormId, state: LegOutcome, *, proved: bool) -> Select[Any]:
    """Return the question for a storm's legs in a state, in the order in which they ended.

    Not for those of which a driver said so at the end of his shift: that is no evidence.
    """
    return (
        select(leg_progress)
        .join(shift, shift.c.id == leg_progress.c.shift_id)
        .where(
            shift.c.storm_id == storm_id,
            leg_progress.c.state == state,
            leg_progress.c.proved.is_(proved),
            leg_progress.c.at_end.is_(False),
        )
        .order_by(leg_progress.c.ended_at, leg_progress.c.shift_id, leg_progress.c.leg)
    )


def mark_proved(tx: Tx, legs: Iterable[LegProgress]) -> None:
    """Remember that these legs became evidence."""
    change = update(leg_progress).where(
        leg_progress.c.plan_id == bindparam("of_plan"),
        leg_progress.c.shift_id == bindparam("of_shift"),
        leg_progress.c.leg == bindparam("of_leg"),
    )
    keys = [
        {"of_plan": each.plan_id, "of_shift": each.shift_id, "of_leg": each.leg} for each in legs
    ]
    if keys:
        tx.execute(change.values(proved=True), keys)
